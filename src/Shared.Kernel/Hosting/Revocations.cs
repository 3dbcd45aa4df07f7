using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>
/// Access tokens that ended before their time. How a host learns of them is left to it and the issuer (RFC 7009, 3): here the issuer's discovery document may name
/// a list, as <c>revocation_list_uri</c>, a JSON object of claims and of the values which no token may have there. A token is refused by every host at most
/// <see cref="Age"/> after the list has named it. While the list cannot be read the last one holds, and requests go on; until it was read once, none is let in.
/// </summary>
internal sealed partial class Revocations(IHttpClientFactory clients, TimeProvider clock, ILogger<Revocations> logger)
{
    public const string Metadata = "revocation_list_uri";

    public static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    // Early enough that a host that is busy waits for no list.
    private static readonly TimeSpan s_renewedAfter = TimeSpan.FromSeconds(4);

    private readonly Lock _one = new();
    private Task _reading = Task.CompletedTask;
    private Dictionary<string, HashSet<string>>? _revoked;
    private Exception? _fault;
    private long? _knownAt;

    /// <summary>How long the issuer may take to answer.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(2);

    /// <exception cref="IssuerAwayException">The list was never read.</exception>
    public async Task<bool> HasAsync(ClaimsPrincipal token, string list, CancellationToken ct)
    {
        await KnownAsync(list).WaitAsync(ct);
        var revoked = _revoked ?? throw new IssuerAwayException(_fault!);
        return token.Claims.Any(claim => revoked.GetValueOrDefault(claim.Type)?.Contains(claim.Value) == true);
    }

    /// <summary>Ends when the list is new enough. Whoever comes first has it read, for all.</summary>
    private Task KnownAsync(string list)
    {
        lock (_one)
        {
            var age = _knownAt is { } at ? clock.GetElapsedTime(at) : TimeSpan.MaxValue;
            if (age >= s_renewedAfter && _reading.IsCompleted) _reading = Task.Run(() => ReadAsync(list));

            // An issuer that did not answer just now is not waited for: it is asked whether it is back, and requests go on.
            return age < Age || (_fault is not null && age < 2 * Age) ? Task.CompletedTask : _reading;
        }
    }

    private async Task ReadAsync(string list)
    {
        var asked = clock.GetTimestamp();
        var (revoked, fault) = (_revoked, (Exception?)null);
        try
        {
            using var patience = new CancellationTokenSource(Patience);
            using var client = clients.CreateClient();
            revoked = await client.GetFromJsonAsync<Dictionary<string, HashSet<string>>>(new Uri(list), patience.Token) ?? throw new JsonException("It is null.");
        }
        // Whatever it is, who is signed in goes on: it is said, once, and tried again.
        catch (Exception e)
        {
            fault = e;
            if (_fault is null) LogAway(logger, list, e.Message);
        }

        lock (_one) (_revoked, _fault, _knownAt) = (revoked, fault, asked);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of revoked tokens at {Address} cannot be read, the last one holds: {Fault}")]
    private static partial void LogAway(ILogger logger, string address, string fault);
}
