using System.Diagnostics;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Replay;

/// <summary>Where the oracle reads. Looked up each time: a host that came back has its embedded server at another port.</summary>
/// <param name="own">The oracle of a shop of our own, which knows its carriers too.</param>
internal sealed class ShopDatabase(string? connection, string dataFolder, TimeSpan patience, Oracle? own = null)
{
    private const string Database = "shop";

    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromSeconds(0.5);

    /// <exception cref="ShopException">No database is named, and no host runs its own in the data folder.</exception>
    public Oracle Find()
    {
        if (own is not null) return own;

        try
        {
            return new Oracle(connection ?? new NpgsqlConnectionStringBuilder(EmbeddedPostgres.FindRunning(dataFolder)) { Database = Database }.ConnectionString);
        }
        catch (EmbeddedPostgresException fault)
        {
            throw new ShopException($"{fault.Message} (--data names the folder; --database names a server of yours.)");
        }
    }

    public Task<Motion> Motion(CancellationToken ct) => Patiently(oracle => oracle.MotionAsync(ct), ct);

    /// <summary>Asks again while the server is away, as long as patience lasts.</summary>
    public async Task<T> Patiently<T>(Func<Oracle, Task<T>> ask, CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return await ask(Find());
            }
            catch (Exception fault) when ((fault is ShopException || (fault is NpgsqlException away && Rest.IsAway(away))) && Stopwatch.GetElapsedTime(begin) < patience)
            {
                await Task.Delay(BetweenAttempts, ct);
            }
        }
    }
}
