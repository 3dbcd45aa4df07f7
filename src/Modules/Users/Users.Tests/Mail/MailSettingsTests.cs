using MailKit.Security;
using Microsoft.Extensions.Configuration;

namespace Users.Tests;

public sealed class MailSettingsTests
{
    [Fact]
    public void without_settings_there_is_no_mail() => Assert.False(MailSettings.Of(Configured([])).IsOn);

    [Fact]
    public void the_least_that_a_mail_server_needs()
    {
        var settings = MailSettings.Of(Configured([("Provider", "smtp"), ("From", "The Shop <shop@example.com>"), ("Smtp:Host", "mail.example")]));

        Assert.Equal(("mail.example", 587, SecureSocketOptions.StartTls), (settings.Smtp!.Host, settings.Smtp.Port, settings.Smtp.Tls));
        Assert.Equal(("The Shop", "shop@example.com"), (settings.From!.Name, settings.From.Address));
    }

    [Theory]
    [InlineData("Provider", "pigeon", "must be mailbox or smtp")]
    [InlineData("From", "nobody", "must say whom mails come from")]
    [InlineData("From", "a@example.com\r\nBcc: b@example.com", "must say whom mails come from")]
    [InlineData("Operators", "ops@example.com, boss", "names 'boss'")]
    [InlineData("Language", "tlh", "of which there is no template")]
    [InlineData("Templates", "/no/such/folder", "where there is no folder")]
    [InlineData("Links", "shop.example", "where browsers reach the shop")]
    [InlineData("Links", "https://shop.example/v1/users", "where browsers reach the shop")]
    [InlineData("Sender", "shop@example.com", "is not known")]
    [InlineData("Smtp:Host", "", "must be the mail server's name")]
    [InlineData("Smtp:Port", "70000", "1 to 65535")]
    [InlineData("Smtp:Tls", "maybe", "starttls, implicit or none")]
    [InlineData("Smtp:Timeout", "soon", "must be a time")]
    [InlineData("Smtp:Pasword", "p", "is not known")]
    [InlineData("Smtp:User", "shop", "belong together")]
    public void a_wrong_setting_is_named(string name, string value, string said)
    {
        var fault = Assert.Single(FaultsOf([("Provider", "smtp"), ("From", "shop@example.com"), ("Smtp:Host", "mail.example"), (name, value)]));

        Assert.StartsWith($"Users:Mail:{name}", fault, StringComparison.Ordinal);
        Assert.Contains(said, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void where_people_sign_in_mails_have_links_to_an_address_that_is_known()
    {
        (string, string)[] mail = [("Users:Mail:Provider", "mailbox"), ("Users:Mail:From", "shop@example.com"), ("Users:Clients:shop:RedirectUris", TheProvider.Callback)];

        Assert.StartsWith("Users:Mail:Links is missing", Assert.Single(new UsersModule().Faults(All(mail), "Production")), StringComparison.Ordinal);
        Assert.Empty(new UsersModule().Faults(All([.. mail, ("Users:Mail:Links", "https://shop.example")]), "Production"));
        Assert.Equal("https://shop.example/", MailSettings.Of(All([.. mail, ("Tokens:Issuer", "https://shop.example/v1/users")])).Links!.AbsoluteUri);
    }

    [Fact]
    public void a_password_does_not_travel_readable_and_is_not_told()
    {
        var fault = Assert.Single(FaultsOf([("Provider", "smtp"), ("From", "shop@example.com"), ("Smtp:Host", "mail.example"), ("Smtp:Tls", "none"), ("Smtp:User", "shop"), ("Smtp:Password", "hunter2")]));

        Assert.Contains("would travel readable", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void settings_without_a_provider_are_a_mistake() => Assert.Contains("Users:Mail:Provider", Assert.Single(FaultsOf([("From", "shop@example.com")])), StringComparison.Ordinal);

    private static IEnumerable<string> FaultsOf((string Name, string Value)[] settings) => new UsersModule().Faults(Configured(settings), "Production");

    private static IConfiguration Configured((string Name, string Value)[] settings) => All([.. settings.Select(setting => ($"Users:Mail:{setting.Name}", setting.Value))]);

    private static IConfiguration All((string Name, string Value)[] settings)
    {
        var all = new Dictionary<string, string?>();
        foreach (var (name, value) in settings) all[name] = value;
        return new ConfigurationBuilder().AddInMemoryCollection(all).Build();
    }
}
