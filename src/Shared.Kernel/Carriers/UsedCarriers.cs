using Npgsql;

namespace Shared.Kernel;

/// <summary>
/// Which carriers may still hold messages for a module, written down in its schema: a host that neither uses nor drains one of them would strand what is in it, and does not start.
/// </summary>
internal sealed class UsedCarriers(string module, NpgsqlDataSource data, Topology topology)
{
    public const string Sql = "create table if not exists modular_carriers (carrier text primary key)";

    /// <summary>Writes down those in use, and answers a fault for each that is forgotten.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync(CancellationToken cancellation)
    {
        var used = Enum.GetValues<Carrier>().Where(carrier => carrier != Carrier.None && topology.Uses(carrier)).Select(carrier => carrier.ToString()).ToArray();
        await using var command = data.CreateCommand("""
            with remembered as (insert into modular_carriers select unnest($1) on conflict do nothing)
            select carrier from modular_carriers where carrier <> all ($1) order by carrier
            """);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = used });
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        var faults = new List<string>();
        while (await reader.ReadAsync(cancellation))
            faults.Add($"{module} was reached by the carrier {reader.GetString(0)} before, and messages may still wait there: add Drain={reader.GetString(0)}, and its settings as before. It may be removed after a host has stopped in order with nothing left there.");
        return faults;
    }

    /// <summary>Forgets what was drained and is empty; called when nothing is taken any more.</summary>
    public async Task ForgetEmptyAsync(ModuleCarriers carriers, IReadOnlyList<Uri> destinations)
    {
        foreach (var drained in topology.Drain.Where(carrier => carrier != Carrier.None && carrier != topology.Carrier))
        {
            if (await carriers.WaitingAsync(drained, destinations) != 0) continue;

            await using var command = data.CreateCommand("delete from modular_carriers where carrier = $1");
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = drained.ToString() });
            await command.ExecuteNonQueryAsync();
        }
    }
}
