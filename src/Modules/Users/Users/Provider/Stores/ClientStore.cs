using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>The clients of the configuration, as OpenIddict asks for them. Nothing changes them while the host runs.</summary>
internal sealed class ClientStore(ProviderSettings settings) : IOpenIddictApplicationStore<Client>
{
    private const string Instead = "clients are in the configuration, Users:Clients.";

    private static readonly string[] s_signsIn =
    [
        Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.Endpoints.EndSession, Permissions.Endpoints.Revocation,
        Permissions.GrantTypes.AuthorizationCode, Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code,
        Permissions.Scopes.Email, Permissions.Scopes.Profile,
    ];

    private static readonly string[] s_actsItself = [Permissions.Endpoints.Token, Permissions.Endpoints.Revocation, Permissions.GrantTypes.ClientCredentials];

    public ValueTask<Client?> FindByIdAsync(string id, CancellationToken ct) => new(settings.Clients.SingleOrDefault(client => client.Id == id));

    public ValueTask<Client?> FindByClientIdAsync(string id, CancellationToken ct) => FindByIdAsync(id, ct);

    public IAsyncEnumerable<Client> FindByPostLogoutRedirectUriAsync(string uri, CancellationToken ct) => settings.Clients.Where(client => client.SignedOutUris.Contains(uri)).ToAsyncEnumerable();

    public IAsyncEnumerable<Client> FindByRedirectUriAsync(string uri, CancellationToken ct) => settings.Clients.Where(client => client.RedirectUris.Contains(uri)).ToAsyncEnumerable();

    public ValueTask<ImmutableArray<string>> GetPermissionsAsync(Client client, CancellationToken ct) =>
        new([.. client.RedirectUris.Count > 0 ? s_signsIn : [], .. client.Role is null ? [] : s_actsItself]);

    public ValueTask<string?> GetIdAsync(Client client, CancellationToken ct) => new(client.Id);

    public ValueTask<string?> GetClientIdAsync(Client client, CancellationToken ct) => new(client.Id);

    public ValueTask<string?> GetClientSecretAsync(Client client, CancellationToken ct) => new(client.SecretHash is null ? null : Convert.ToBase64String(client.SecretHash));

    public ValueTask<string?> GetClientTypeAsync(Client client, CancellationToken ct) => new(client.SecretHash is null ? ClientTypes.Public : ClientTypes.Confidential);

    public ValueTask<string?> GetApplicationTypeAsync(Client client, CancellationToken ct) => new(ApplicationTypes.Web);

    public ValueTask<string?> GetConsentTypeAsync(Client client, CancellationToken ct) => new(ConsentTypes.Implicit);

    public ValueTask<string?> GetDisplayNameAsync(Client client, CancellationToken ct) => new(client.Id);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(Client client, CancellationToken ct) => new(ImmutableDictionary<CultureInfo, string>.Empty);

    public ValueTask<JsonWebKeySet?> GetJsonWebKeySetAsync(Client client, CancellationToken ct) => new((JsonWebKeySet?)null);

    public ValueTask<ImmutableArray<string>> GetRedirectUrisAsync(Client client, CancellationToken ct) => new([.. client.RedirectUris]);

    public ValueTask<ImmutableArray<string>> GetPostLogoutRedirectUrisAsync(Client client, CancellationToken ct) => new([.. client.SignedOutUris]);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(Client client, CancellationToken ct) => new(ImmutableDictionary<string, JsonElement>.Empty);

    public ValueTask<ImmutableArray<string>> GetRequirementsAsync(Client client, CancellationToken ct) => new([Requirements.Features.ProofKeyForCodeExchange]);

    public ValueTask<ImmutableDictionary<string, string>> GetSettingsAsync(Client client, CancellationToken ct) => new(ImmutableDictionary<string, string>.Empty);

    public ValueTask<long> CountAsync(CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<Client>, IQueryable<TResult>> query, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<Client>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<Client> ListAsync(int? count, int? offset, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<Client>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask DeleteAsync(Client client, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask CreateAsync(Client client, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask UpdateAsync(Client client, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<Client> InstantiateAsync(CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetApplicationTypeAsync(Client client, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetClientIdAsync(Client client, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetClientSecretAsync(Client client, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetClientTypeAsync(Client client, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetConsentTypeAsync(Client client, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetDisplayNameAsync(Client client, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetDisplayNamesAsync(Client client, ImmutableDictionary<CultureInfo, string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetJsonWebKeySetAsync(Client client, JsonWebKeySet? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetPermissionsAsync(Client client, ImmutableArray<string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetPostLogoutRedirectUrisAsync(Client client, ImmutableArray<string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetPropertiesAsync(Client client, ImmutableDictionary<string, JsonElement> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetRedirectUrisAsync(Client client, ImmutableArray<string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetRequirementsAsync(Client client, ImmutableArray<string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetSettingsAsync(Client client, ImmutableDictionary<string, string> value, CancellationToken ct) => throw Unneeded.Call(Instead);
}
