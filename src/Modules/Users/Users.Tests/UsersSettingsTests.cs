using Microsoft.Extensions.Configuration;

namespace Users.Tests;

public sealed class UsersSettingsTests
{
    [Fact]
    public void without_settings_there_is_no_fault_and_no_issuer()
    {
        Assert.Empty(FaultsOf("Production"));
        Assert.False(UsersSettings.Of(Settings()).DevelopmentTokens);
    }

    [Fact]
    public void development_tokens_are_a_fault_in_production()
    {
        var fault = Assert.Single(FaultsOf("Production", ("Users:DevelopmentTokens", "true")));

        Assert.Contains("Users:DevelopmentTokens", fault, StringComparison.Ordinal);
        Assert.Contains("Tokens:Authority", fault, StringComparison.Ordinal);
        Assert.Empty(FaultsOf("Development", ("Users:DevelopmentTokens", "true")));
        Assert.Empty(FaultsOf("Production", ("Users:DevelopmentTokens", "false")));
    }

    [Theory]
    [InlineData("Users:DevelopmentTokens", "yes")]
    [InlineData("Users:SignIn:Failures", "0")]
    [InlineData("Users:SignIn:Failures", "many")]
    [InlineData("Users:SignIn:LockedFor", "-00:01:00")]
    [InlineData("Users:SignIn:LockedFor", "2.00:00:00")]
    [InlineData("Users:SignIn:LockedFor", "soon")]
    public void a_wrong_setting_is_named_with_what_was_read(string setting, string value)
    {
        var fault = Assert.Single(FaultsOf("Development", (setting, value)));

        Assert.StartsWith($"{setting} is '{value}'", fault, StringComparison.Ordinal);
    }

    private static IEnumerable<string> FaultsOf(string environment, params (string Name, string Value)[] settings) => new UsersModule().Faults(Settings(settings), environment);

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build();
}
