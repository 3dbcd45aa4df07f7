using Microsoft.Extensions.Configuration;

namespace Users.Tests;

public sealed class UsersSettingsTests
{
    [Fact]
    public void without_settings_there_is_no_fault() => Assert.Empty(FaultsOf("Production"));

    [Theory]
    [InlineData("true")]
    [InlineData("false")]
    public void tokens_for_the_asking_are_a_fault_that_says_how_programs_get_theirs(string value)
    {
        var fault = Assert.Single(FaultsOf("Development", ("Users:DevelopmentTokens", value)));

        Assert.StartsWith("Users:DevelopmentTokens is no setting any more", fault, StringComparison.Ordinal);
        Assert.Contains("Users:Clients:<id>:Secret", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Users:SignIn:ConfirmedEmail", "perhaps")]
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

    [Fact]
    public void confirmed_addresses_are_asked_for_only_where_they_can_be_confirmed() =>
        Assert.Contains("Users:Mail:Provider", Assert.Single(FaultsOf("Production", ("Users:SignIn:ConfirmedEmail", "true"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Users:Lifetimes:Access", "1.00:00:01")]
    [InlineData("Users:Lifetimes:Refresh", "long")]
    [InlineData("Users:Lifetimes:Code", "00:11:00")]
    [InlineData("Users:Lifetimes:Session", "00:00:00")]
    [InlineData("Users:Keys:RotatedAfter", "never")]
    [InlineData("Users:Keys:PublishedAhead", "-1.00:00:00")]
    public void a_wrong_length_of_time_is_named_with_what_was_read(string setting, string value) =>
        Assert.StartsWith($"{setting} is '{value}': it must be a time", Assert.Single(FaultsOf("Production", (setting, value))), StringComparison.Ordinal);

    [Fact]
    public void a_secret_for_keys_is_long_and_its_value_is_not_told()
    {
        var fault = Assert.Single(FaultsOf("Production", ("Users:Keys:Secret", "too-short")));

        Assert.Contains("Users:Keys:Secret", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("too-short", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void a_key_signs_for_longer_than_its_successor_is_published_before() =>
        Assert.Contains("PublishedAhead", Assert.Single(FaultsOf("Production", ("Users:Keys:RotatedAfter", "1.00:00:00"))), StringComparison.Ordinal);

    [Theory]
    [InlineData("Shop", "RedirectUris", "https://shop.example/", "lower-case")]
    [InlineData("modular", "RedirectUris", "https://shop.example/", "Tokens:Audience")]
    [InlineData("shop", "RedirectUris", "http://shop.example/", "https://")]
    [InlineData("shop", "RedirectUris", "https://shop.example/#part", "fragment")]
    [InlineData("shop", "RedirectUris", "https://me@shop.example/", "https://")]
    [InlineData("shop", "RedirectUris", "javascript:alert(1)", "https://")]
    [InlineData("shop", "RedirectUris", "/callback", "https://")]
    [InlineData("shop", "SignedOutUris", "https://shop.example/bye", "neither RedirectUris")]
    [InlineData("shop", "Role", "customer", "without one anybody")]
    [InlineData("shop", "RedirectUri", "https://shop.example/", "is not known")]
    public void a_wrong_client_is_named_with_the_way_out(string client, string setting, string value, string said) =>
        Assert.Contains(FaultsOf("Production", ($"Users:Clients:{client}:{setting}", value)), fault => fault.StartsWith($"Users:Clients:{client}", StringComparison.Ordinal) && fault.Contains(said, StringComparison.Ordinal));

    [Theory]
    [InlineData("owner")]
    [InlineData("1")]
    [InlineData("")]
    public void a_client_has_a_role_that_there_is(string role) =>
        Assert.Contains("customer or operator", Assert.Single(FaultsOf("Production", ("Users:Clients:importer:Role", role), ("Users:Clients:importer:Secret", TheProvider.Secret))), StringComparison.Ordinal);

    [Fact]
    public void a_clients_secret_is_long_and_its_value_is_not_told()
    {
        var fault = Assert.Single(FaultsOf("Production", ("Users:Clients:importer:Role", "customer"), ("Users:Clients:importer:Secret", "guess-me")));

        Assert.Contains("Users:Clients:importer:Secret", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("guess-me", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Tokens:Authority", "https://login.example")]
    [InlineData("Tokens:Issuer", "modular")]
    public void a_provider_beside_another_one_or_without_an_address_is_a_fault(string setting, string value) =>
        Assert.Contains($"{setting} is '{value}'", Assert.Single(FaultsOf("Production", ("Users:Clients:shop:RedirectUris", TheProvider.Callback), (setting, value))), StringComparison.Ordinal);

    [Fact]
    public void clients_of_every_kind_are_no_fault() => Assert.Empty(FaultsOf("Production", [.. TheProvider.Settings.Where(setting => setting.Key.StartsWith("Users:Clients", StringComparison.Ordinal)).Select(setting => (setting.Key, setting.Value!)),
        ("Users:Clients:app:RedirectUris", "com.example.app:/callback,http://localhost:5000/callback,http://[::1]:5000/callback")]));

    private static IEnumerable<string> FaultsOf(string environment, params (string Name, string Value)[] settings) => new UsersModule().Faults(Settings(settings), environment);

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Name, string? (setting) => setting.Value)).Build();
}
