using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Shared.Kernel;

/// <summary>What a module says of itself to the start page and to readiness checks: counts only.</summary>
/// <param name="Waiting">Messages in the inbox that are due.</param>
/// <param name="Scheduled">Messages for later.</param>
/// <param name="Sending">Messages that the receiver or a carrier has not accepted yet.</param>
/// <param name="Dead">Messages that a person must look at.</param>
/// <param name="Database">The same for two hosts exactly if they use the same database of the same server; says nothing else.</param>
public sealed record ModuleStatus(string Module, IReadOnlyDictionary<string, long> Counts, long Waiting, long Scheduled, long Sending, long Dead, string Database)
{
    private const string Messages = """
        select (select count(*) from wolverine_incoming_envelopes where status = 'Incoming'),
               (select count(*) from wolverine_incoming_envelopes where status = 'Scheduled'),
               (select count(*) from wolverine_outgoing_envelopes),
               (select count(*) from wolverine_dead_letters),
               (select md5(system_identifier || '/' || current_database()) from pg_control_system())
        """;

    internal static void Map(IEndpointRouteBuilder routes, Module module)
    {
        // Anybody may ask, and whole tables are counted: who asks meanwhile, or within two seconds, gets the same answer.
        var (turn, at, kept) = (new Lock(), 0L, (Task<ModuleStatus>?)null);
        routes.MapGet("/status", async (NpgsqlDataSource database, CancellationToken ct) =>
        {
            lock (turn) if (kept is null or { IsFaulted: true } || (kept.IsCompleted && Environment.TickCount64 > at + 2_000)) (at, kept) = (Environment.TickCount64, ReadAsync(module, database, CancellationToken.None));
            return TypedResults.Ok(await kept.WaitAsync(ct));
        }).WithName($"{module.Name}-status").WithSummary("Counts of the module's things and messages.").ForAnyone();
    }

    private static async Task<ModuleStatus> ReadAsync(Module module, NpgsqlDataSource database, CancellationToken ct)
    {
        var counts = new Dictionary<string, long>();
        foreach (var (label, sql) in module.Counts)
        {
            await using var count = database.CreateCommand(sql);
            counts[label] = (long)(await count.ExecuteScalarAsync(ct))!;
        }

        await using var command = database.CreateCommand(Messages);
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        return new ModuleStatus(module.Name, counts, reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetString(4));
    }
}
