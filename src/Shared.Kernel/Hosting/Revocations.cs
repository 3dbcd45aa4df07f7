using System.Net.Http.Json;
using System.Security.Claims;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>
/// Access tokens that ended before their time. How a host learns of them is left to it and the issuer (RFC 7009, 3): here the issuer's discovery document may name
/// a list, as <c>revocation_list_uri</c>, a JSON object of claims and of the values which no token may have there. A token is refused by every host at most
/// <see cref="Age"/> after the list has named it. While the issuer is away its last list holds, and the others go on.
/// </summary>
internal sealed partial class Revocations(IHttpClientFactory clients, TimeProvider clock, ILogger<Revocations> logger) : IDisposable
{
    public const string Metadata = "revocation_list_uri";

    public static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _reading = new(1);
    private Dictionary<string, HashSet<string>> _revoked = [];
    private long? _readAt;

    public async Task<bool> HasAsync(ClaimsPrincipal token, Uri list, CancellationToken ct)
    {
        if (!IsFresh) await ReadAsync(list, ct);
        return token.Claims.Any(claim => _revoked.GetValueOrDefault(claim.Type)?.Contains(claim.Value) == true);
    }

    public void Dispose() => _reading.Dispose();

    private bool IsFresh => _readAt is { } at && clock.GetElapsedTime(at) < Age;

    private async Task ReadAsync(Uri list, CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            if (IsFresh) return;

            var asked = clock.GetTimestamp();
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
            patience.CancelAfter(s_patience);
            using var client = clients.CreateClient();
            try
            {
                _revoked = await client.GetFromJsonAsync<Dictionary<string, HashSet<string>>>(list, patience.Token) ?? throw new JsonException("It is null.");
            }
            catch (Exception fault) when (fault is HttpRequestException or JsonException or OperationCanceledException && !ct.IsCancellationRequested)
            {
                LogAway(logger, list, fault.Message);
            }
            // After a fault too: not every request waits for who does not answer.
            _readAt = asked;
        }
        finally
        {
            _reading.Release();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The list of revoked tokens at {Address} cannot be read, the last one holds: {Fault}")]
    private static partial void LogAway(ILogger logger, Uri address, string fault);
}
