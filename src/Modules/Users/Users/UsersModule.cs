using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Users.Contracts;

namespace Users;

/// <summary>Who may sign in, and the issuer of development tokens.</summary>
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
        services.AddSingleton(UsersSettings.Of(configuration));
        services.AddSingleton<TokenIssuer>();
    }

    public override void Store(StoreOptions store)
    {
        store.Schema.For<Account>().UniqueIndex("accounts_email", account => account.Email);
        store.Schema.For<SigningKey>();
    }

    public override void Endpoints(IEndpointRouteBuilder routes)
    {
        RegisterAccount.Map(routes);
        OpenAccount.Map(routes);
        GetAccount.Map(routes);
        ListAccounts.Map(routes);

        if (!routes.ServiceProvider.GetRequiredService<UsersSettings>().DevelopmentTokens) return;

        SignIn.Map(routes);
        IssueDevelopmentToken.Map(routes);
        GetSigningKeys.Map(routes);
        GetDiscovery.Map(routes);
    }

    public override IReadOnlyDictionary<string, string> Counts => new Dictionary<string, string> { ["accounts"] = "select count(*) from mt_doc_account" };

    public override IEnumerable<string> Faults(IConfiguration configuration, string environment) => UsersSettings.Faults(configuration, environment);
}
