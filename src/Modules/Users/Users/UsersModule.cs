using Billing.Contracts;
using Inventory.Contracts;
using Marten;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;
using Users.Contracts;

namespace Users;

/// <summary>Who may sign in, the OpenID provider by which they do, and the shop's mails: only this module knows addresses.</summary>
public sealed class UsersModule : Module
{
    public override string Name => "users";

    public override void Messages(MessageMap messages) => messages
        .Publishes<UserRegistered>()
        .Reacts<OrderPlaced>("when-order-placed", typeof(WhenOrderPlaced))
        .Reacts<OrderConfirmed>("when-order-confirmed", typeof(WhenOrderConfirmed))
        .Reacts<OrderCancelled>("when-order-cancelled", typeof(WhenOrderCancelled))
        .Reacts<ShipmentDispatched>("when-shipment-dispatched", typeof(WhenShipmentDispatched))
        .Reacts<PartDropped>("when-part-dropped", typeof(WhenPartDropped))
        .Reacts<PaymentRefunded>("when-payment-refunded", typeof(WhenPaymentRefunded))
        .Reacts<ReminderIssued>("when-reminder-issued", typeof(WhenReminderIssued))
        .Reacts<StockLow>("when-stock-low", typeof(WhenStockLow))
        .Reacts<DeadLettersNoticed>("when-dead-letters-noticed", typeof(WhenDeadLettersNoticed))
        .Does<SendMail>("send-mail", typeof(WhenSendMail));

    public override void Services(IServiceCollection services, IConfiguration configuration)
    {
        services.AddMediator(options =>
        {
            options.Namespace = "Users";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });
        var (settings, provider) = (UsersSettings.Of(configuration), ProviderSettings.Of(configuration));
        services.AddSingleton(settings);
        services.AddSingleton(provider);
        services.AddSingleton(KeySettings.Of(configuration, provider.LongestToken));
        services.AddSingleton<KeyRing>();
        services.AddSingleton(module => new Totps(module.GetRequiredService<IDataProtectionProvider>(), module.GetRequiredService<TimeProvider>()));
        var mail = MailSettings.Of(configuration);
        services.AddSingleton(mail);
        services.AddSingleton<Mailbox>();
        services.AddSingleton(module => new Mailing(
            mail, MailTemplates.Of(mail.Templates), mail.Smtp is { } server ? new Smtp(mail, server) : module.GetRequiredService<Mailbox>(),
            HasLinks(mail, provider) ? new SealedLinks(module.GetRequiredService<IDataProtectionProvider>(), mail.Links!) : null, module.GetRequiredService<TimeProvider>()));
        if (mail.IsOn) services.AddHostedService<ForgetMails>();
        if (provider.IsOn || mail.Provider == MailProvider.Mailbox) Pages.Add(services, provider);
        if (provider.IsOn) Provider.Add(services, provider, settings.Issuer);
    }

    public override void Store(StoreOptions store)
    {
        // The role: of very many accounts few are operators', who are looked for at each start.
        store.Schema.For<Account>().UniqueIndex("accounts_email", account => account.Email).Index(account => account.Role);
        store.Schema.For<SigningKey>();
        store.Schema.For<Invitation>();
        store.Schema.For<SecondFactor>();
        store.Schema.For<Grant>()
            .UseNumericRevisions(true).Metadata(metadata => metadata.Revision.MapTo(grant => grant.Version))
            .Duplicate(grant => grant.CreatedAt, configure: index => index.IsUnique = false)
            // Not a column of its own: an instance of the release before could not write its rows any more.
            .Index(grant => grant.RevokedAt!)
            .Index(grant => grant.Subject!);
        store.Schema.For<TokenEntry>()
            .UseNumericRevisions(true).Metadata(metadata => metadata.Revision.MapTo(token => token.Version))
            .Duplicate(token => token.GrantId)
            .Duplicate(token => token.ExpiresAt)
            .Index(token => token.RevokedAt!)
            .UniqueIndex("tokenentry_reference", token => token.ReferenceId!);
        store.Schema.For<Mail>().Duplicate(mail => mail.DecidedAt).Index(mail => mail.Template);
        store.Storage.ExtendedSchemaObjects.Add(ProtectionKeys.Table(Name));
        store.Storage.ExtendedSchemaObjects.Add(Mailbox.Table(Name));
        store.Storage.ExtendedSchemaObjects.Add(Links.Table(Name));
        store.Storage.ExtendedSchemaObjects.Add(OrderCustomers.Table(Name));
    }

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        RegisterAccount.Map(routes);
        OpenAccount.Map(routes);
        GetAccount.Map(routes);
        ListAccounts.Map(routes);

        var (provider, mail) = (routes.ServiceProvider.GetRequiredService<ProviderSettings>(), routes.ServiceProvider.GetRequiredService<MailSettings>());
        if (provider.IsOn) Provider.Map(routes);
        if (HasLinks(mail, provider)) MapLinks(routes);
        if (mail.Provider == MailProvider.Mailbox) MailboxPages.Map(routes);
    }

    /// <summary>What is done by a link in a mail takes pages, mails, and an address for the two to meet at.</summary>
    internal static bool HasLinks(MailSettings mail, ProviderSettings provider) => provider.IsOn && mail is { IsOn: true, Links: not null };

    private static void MapLinks(IEndpointRouteBuilder routes)
    {
        SendConfirmation.Map(routes);
        AskForMailPage.Confirmation.Map(routes);
        ConfirmEmailPage.Map(routes);
        ChangeEmailPage.Map(routes);
        AskForMailPage.ForgottenPassword.Map(routes);
        ResetPasswordPage.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string> { ["accounts"] = "select count(*) from mt_doc_account" };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment) => UsersSettings.Faults(configuration);
}
