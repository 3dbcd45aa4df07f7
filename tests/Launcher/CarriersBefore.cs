using Npgsql;
using Shared.Kernel;

namespace Launcher;

/// <summary>
/// The carriers that each module's schema remembers, since messages may wait in them. Asked and made to forget while no host runs, when what is counted is all there is:
/// so a run that left nothing behind needs no draining.
/// </summary>
internal sealed class CarriersBefore(Servers servers, IReadOnlyDictionary<string, string> administrators)
{
    /// <summary>Those with messages in them; the others are forgotten, but for <paramref name="inUse"/>.</summary>
    public async Task<IReadOnlyList<Carrier>> StillFullAsync(Carrier inUse = Carrier.None)
    {
        var remembered = (await Task.WhenAll(administrators.Select(module => RunAsync(module.Key, module.Value, "select carrier from {0}.modular_carriers where carrier <> $1", inUse)))).SelectMany(carriers => carriers);
        var full = new List<Carrier>();
        foreach (var carrier in remembered.Distinct().ToArray())
        {
            if (await servers.WaitingInAsync(carrier) > 0) full.Add(carrier);
            else foreach (var (module, administrator) in administrators) await RunAsync(module, administrator, "delete from {0}.modular_carriers where carrier = $1", carrier);
        }

        return full;
    }

    private static async Task<IReadOnlyList<Carrier>> RunAsync(string module, string administrator, string sql, Carrier carrier)
    {
        await using var source = NpgsqlDataSource.Create(administrator + ";Pooling=false");
        await using var command = source.CreateCommand(string.Format(null, sql, module));
        command.Parameters.Add(new NpgsqlParameter { Value = $"{carrier}" });
        try
        {
            await using var reader = await command.ExecuteReaderAsync();
            var carriers = new List<Carrier>();
            while (await reader.ReadAsync()) carriers.Add(Enum.Parse<Carrier>(reader.GetString(0)));
            return carriers;
        }
        catch (PostgresException fault) when (Servers.IsMissing(fault))
        {
            return [];
        }
    }
}
