using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Users.Contracts;

namespace Users;

/// <summary>Who may sign in, the OpenID provider by which they do, and the issuer of development tokens.</summary>
public sealed class UsersModule : Module
{
    public override string Name => "users";

    public override void Messages(MessageMap messages) => messages.Publishes<UserRegistered>();

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
        services.AddSingleton<TokenIssuer>();
        if (provider.IsOn) Provider.Add(services, provider, settings.Issuer);
    }

    public override void Store(StoreOptions store)
    {
        // The role: of very many accounts few are operators', who are looked for at each start.
        store.Schema.For<Account>().UniqueIndex("accounts_email", account => account.Email).Index(account => account.Role);
        store.Schema.For<SigningKey>();
        store.Schema.For<Invitation>();
        store.Schema.For<Grant>()
            .UseNumericRevisions(true).Metadata(metadata => metadata.Revision.MapTo(grant => grant.Version))
            .Duplicate(grant => grant.CreatedAt, configure: index => index.IsUnique = false);
        store.Schema.For<TokenEntry>()
            .UseNumericRevisions(true).Metadata(metadata => metadata.Revision.MapTo(token => token.Version))
            .Duplicate(token => token.GrantId)
            .Duplicate(token => token.ExpiresAt)
            .UniqueIndex("tokenentry_reference", token => token.ReferenceId!);
        store.Storage.ExtendedSchemaObjects.Add(ProtectionKeys.Table(Name));
    }

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        RegisterAccount.Map(routes);
        OpenAccount.Map(routes);
        GetAccount.Map(routes);
        ListAccounts.Map(routes);

        var (development, provider) = (routes.ServiceProvider.GetRequiredService<UsersSettings>().DevelopmentTokens, routes.ServiceProvider.GetRequiredService<ProviderSettings>().IsOn);
        if (provider) Provider.Map(routes);
        if (development || provider) GetSigningKeys.Map(routes);
        if (!development) return;

        SignIn.Map(routes);
        IssueDevelopmentToken.Map(routes);
        // OpenIddict answers with more.
        if (!provider) GetDiscovery.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string> { ["accounts"] = "select count(*) from mt_doc_account" };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment) => UsersSettings.Faults(configuration, environment);
}
