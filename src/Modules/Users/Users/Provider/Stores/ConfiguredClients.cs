using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenIddict.Abstractions;
using OpenIddict.Core;

namespace Users;

/// <summary>A client's secret is long and random: one round of SHA-256 is as good as many, and a request costs microseconds instead of a tenth of a second.</summary>
internal sealed class ConfiguredClients(
    IOpenIddictApplicationCache<Client> cache, ILogger<OpenIddictApplicationManager<Client>> logger, IOptionsMonitor<OpenIddictCoreOptions> options, IOpenIddictApplicationStore<Client> store)
    : OpenIddictApplicationManager<Client>(cache, logger, options, store)
{
    protected override ValueTask<bool> ValidateClientSecretAsync(string secret, string comparand, CancellationToken cancellationToken) =>
        new(CryptographicOperations.FixedTimeEquals(Client.Hash(secret), Convert.FromBase64String(comparand)));
}
