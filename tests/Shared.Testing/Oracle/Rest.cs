using System.Diagnostics;
using Npgsql;

namespace Shared.Testing;

/// <summary>What still moves in the shop.</summary>
/// <param name="Outgoing">Messages that no receiver has accepted.</param>
/// <param name="Incoming">Messages that are not handled; those scheduled for later, such as time-outs, do not count unless they failed before.</param>
/// <param name="Orders">Orders that go on by themselves: placed, reserved, or being cancelled.</param>
/// <param name="Payments">Payments that are being captured or refunded.</param>
/// <param name="Handled">Messages handled so far: who looks twice and finds the same figure knows that nothing was handled between.</param>
/// <param name="Carried">Messages in a carrier, asked after all the others.</param>
public sealed record Motion(long Outgoing, long Incoming, long Orders, long Payments, long Handled, long Carried)
{
    public bool IsRest => this is { Outgoing: 0, Incoming: 0, Orders: 0, Payments: 0, Carried: 0 };

    public override string ToString() => IsRest ? "at rest" : $"{Outgoing:N0} outgoing, {Carried:N0} carried, {Incoming:N0} incoming, {Orders:N0} orders and {Payments:N0} payments on their way";
}

/// <summary>
/// At rest: nothing outgoing, nothing in a carrier, nothing incoming that is due, no order or payment that goes on by itself. Seen twice with nothing handled between, since a
/// message that has left a carrier before it was asked is in an inbox, or handled, when the databases are looked at again.
/// </summary>
public static class Rest
{
    /// <summary>A message that was tried before is on its way, however late its next try; one that was not and is scheduled is somebody's time-out.</summary>
    internal const string IsDue = "(status = 'Incoming' or attempts > 0 or execution_time <= now())";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    /// <summary>Looks until it has seen rest twice.</summary>
    /// <exception cref="TimeoutException">Something still moves: counted.</exception>
    public static async Task Until(Func<CancellationToken, Task<Motion>> look, TimeSpan timeout, Action<Motion>? progress, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        for (Motion? before = null; ;)
        {
            var motion = await look(ct);
            progress?.Invoke(motion);

            if (motion.IsRest && motion == before) return;
            before = motion;
            if (Stopwatch.GetElapsedTime(begin) > timeout) throw new TimeoutException($"The shop is not at rest after {timeout.TotalSeconds:N0} s: {motion}.");

            await Task.Delay(BetweenLooks, ct);
        }
    }

    /// <summary>The server is not there at the moment; it may come back.</summary>
    public static bool IsAway(NpgsqlException fault) =>
        fault.IsTransient || fault is PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown };

    internal static async Task<Motion> Look(IReadOnlyDictionary<string, string> databases, Func<CancellationToken, Task<long>>? carried, CancellationToken ct)
    {
        var motion = new Motion(0, 0, 0, 0, 0, 0);
        // One statement for each database: within it nothing can slip from one schema to another unseen.
        foreach (var modules in databases.GroupBy(module => module.Value, module => module.Key))
        {
            await using var connection = new NpgsqlConnection(modules.Key);
            await connection.OpenAsync(ct);
            await using var command = new NpgsqlCommand($"select {string.Join(", ", Enumerable.Range(0, 5).Select(figure => Sum(modules, figure)))}", connection);
            await using var reader = await command.ExecuteReaderAsync(ct);
            await reader.ReadAsync(ct);
            motion = new Motion(motion.Outgoing + reader.GetInt64(0), motion.Incoming + reader.GetInt64(1), motion.Orders + reader.GetInt64(2), motion.Payments + reader.GetInt64(3), motion.Handled + reader.GetInt64(4), 0);
        }

        return carried is null ? motion : motion with { Carried = await carried(ct) };
    }

    private static string Sum(IEnumerable<string> modules, int figure) =>
        string.Join(" + ", modules.Select(module => Figure(module, figure)).OfType<string>().Select(query => $"({query})").DefaultIfEmpty("0::bigint"));

    private static string? Figure(string module, int figure) => (figure, module) switch
    {
        (0, _) => $"select count(*) from {module}.wolverine_outgoing_envelopes",
        (1, _) => $"select count(*) from {module}.wolverine_incoming_envelopes where status <> 'Handled' and {IsDue}",
        (4, _) => $"select count(*) from {module}.wolverine_incoming_envelopes where status = 'Handled'",
        (2, "orders") => $"select count(*) from orders.mt_doc_order where data->>'status' in ({OrderInvariants.Moving})",
        (3, "billing") => "select count(*) from billing.mt_doc_payment where lower(data->>'state') in ('capturing', 'refunding')",
        _ => null,
    };
}
