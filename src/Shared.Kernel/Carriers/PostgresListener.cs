using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Npgsql;
using Wolverine.Transports;

namespace Shared.Kernel;

/// <summary>Takes letters and deletes each when the inbox has stored it. They stay locked until then: a second instance skips them, a crash gives them back.</summary>
internal sealed class PostgresListener(Uri destination, IReceiver receiver, PostgresCarrier carrier, PostgresDoorbell doorbell, ILogger logger) : PersistentListener(destination, receiver, logger)
{
    private const int Batch = 100;

    protected override async Task TakeAsync(CancellationToken stopping)
    {
        var bus = await carrier.OpenAsync();
        var rung = doorbell.Of(Address);
        while (!stopping.IsCancellationRequested)
        {
            var (found, stored) = await TakeBatchAsync(bus, stopping);
            Opened();
            if (found < Batch || stored < found) await rung.WaitAsync(stopping);
        }
    }

    private async Task<(int Found, int Stored)> TakeBatchAsync(NpgsqlDataSource bus, CancellationToken stopping)
    {
        await using var connection = await bus.OpenConnectionAsync(stopping);
        await using var transaction = await connection.BeginTransactionAsync(stopping);
        var (ids, bodies) = (new List<long>(), new List<byte[]>());
        await using (var select = new NpgsqlCommand($"select id, body from bus.letters where destination = $1 order by id limit {Batch} for update skip locked", connection, transaction) { Parameters = { new() { Value = Address.ToString() } } })
        await using (var reader = await select.ExecuteReaderAsync(stopping))
            while (await reader.ReadAsync(stopping))
            {
                ids.Add(reader.GetInt64(0));
                bodies.Add(reader.GetFieldValue<byte[]>(1));
            }

        if (ids.Count == 0) return (0, 0);

        var stored = await StoreAsync([.. bodies.Select(Read)]);
        var gone = ids.Where((_, i) => stored[i]).ToArray();
        await using var delete = new NpgsqlCommand("delete from bus.letters where id = any($1)", connection, transaction) { Parameters = { new() { Value = gone } } };
        await delete.ExecuteNonQueryAsync(CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return (ids.Count, gone.Length);
    }
}

/// <summary>Wakes a module's listeners when letters arrive: by NOTIFY, and by a look every other second, since a connection may be lost unnoticed.</summary>
internal sealed partial class PostgresDoorbell : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, SemaphoreSlim> _bells = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly NpgsqlDataSource _bus;
    private readonly string _module;
    private readonly ILogger _logger;
    private readonly Lazy<Task> _running;

    public PostgresDoorbell(string module, NpgsqlDataSource bus, ILogger logger) => (_module, _bus, _logger, _running) = (module, bus, logger, new(() => Task.Run(RunAsync)));

    public static string ChannelOf(string module) => $"bus_{module}";

    /// <summary>Released when letters for the destination may be waiting.</summary>
    public SemaphoreSlim Of(Uri destination)
    {
        var bell = _bells.GetOrAdd(destination.ToString(), _ => new SemaphoreSlim(0));
        _ = _running.Value;
        return bell;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_running.IsValueCreated) await _running.Value;
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await ListenAsync();
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception fault)
            {
                LogLost(_module, fault.Message);
                // The listeners find out for themselves that the way is lost.
                foreach (var destination in _bells.Keys) Ring(destination);
                await Task.Delay(Look, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ListenAsync()
    {
        await using var connection = await _bus.OpenConnectionAsync(_stopping.Token);
        connection.Notification += (_, notification) => Ring(notification.Payload);
        await using (var listen = new NpgsqlCommand($"listen {ChannelOf(_module)}", connection)) await listen.ExecuteNonQueryAsync(_stopping.Token);
        while (true)
        {
            foreach (var destination in await WaitingAsync(connection)) Ring(destination);
            await connection.WaitAsync(Look, _stopping.Token);
        }
    }

    private async Task<IReadOnlyList<string>> WaitingAsync(NpgsqlConnection connection)
    {
        await using var select = new NpgsqlCommand("select d from unnest($1) d where exists (select 1 from bus.letters where destination = d)", connection) { Parameters = { new() { Value = _bells.Keys.ToArray() } } };
        await using var reader = await select.ExecuteReaderAsync(_stopping.Token);
        var waiting = new List<string>();
        while (await reader.ReadAsync(_stopping.Token)) waiting.Add(reader.GetString(0));
        return waiting;
    }

    private void Ring(string destination)
    {
        if (_bells.TryGetValue(destination, out var bell) && bell.CurrentCount == 0) bell.Release();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The doorbell of {Module}'s letters is lost and sought again: {Fault}")]
    private partial void LogLost(string module, string fault);
}
