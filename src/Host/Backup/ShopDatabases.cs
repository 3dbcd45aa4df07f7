using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>One database of a shop.</summary>
/// <param name="HasBus">The carrier Postgres has its letters there, or would.</param>
internal sealed record ShopDatabase(End End, NpgsqlConnectionStringBuilder Connection, IReadOnlyList<string> Modules, bool HasBus)
{
    public async Task<int> MajorAsync(CancellationToken ct) => (await End.ReadAsync("select current_setting('server_version_num')::int / 10000", row => row.GetInt32(0), ct))[0];

    public IReadOnlyList<string> Schemas(bool bus) => [.. Modules, .. bus ? ["bus"] : (string[])[]];
}

/// <summary>All databases that a shop's settings name, as their administrators. The embedded server is started meanwhile if no host runs it.</summary>
internal sealed class ShopDatabases : IAsyncDisposable
{
    private EmbeddedPostgres? _started;

    public required Databases Roles { get; init; }

    public required IReadOnlyList<ShopDatabase> All { get; init; }

    /// <param name="make">A data folder without a server in it gets one.</param>
    public static async Task<ShopDatabases> FindAsync(IConfiguration configuration, IReadOnlyList<string> modules, bool make, CancellationToken ct)
    {
        if (!Databases.AreEmbedded(configuration))
        {
            var faults = new List<string>();
            var roles = Databases.Read(configuration, "Database", modules, faults);
            if (faults.Count > 0) throw new ConfigurationFaultsException(faults);
            return new() { Roles = roles, All = await GroupAsync(modules, AdministratorOf, configuration["Bus:Administrator"] ?? configuration["Database:Administrator"], ct) };
        }

        var data = Path.GetFullPath(configuration["Data"] ?? "data");
        if (!make && !Directory.Exists(Path.Combine(data, "postgres")))
            throw new BackupException($"There is no embedded PostgreSQL in {data}: name its folder by the setting Data, or a server by Database:Administrator.");

        var started = DataFolderLock.IsHeld(data) ? null
            : await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(data, configuration["Postgres:Binaries"], configuration.GetValue<int?>("Postgres:Port")), NullLogger.Instance, ct);
        var administrator = new NpgsqlConnectionStringBuilder(started?.AdministratorConnectionString ?? EmbeddedPostgres.FindRunning(data)) { Database = "shop" }.ConnectionString;
        return new() { Roles = Databases.Embedded(administrator), All = await GroupAsync(modules, _ => administrator, administrator, ct), _started = started };

        string AdministratorOf(string module) => configuration[$"Database:Administrators:{module}"] ?? configuration["Database:Administrator"]
            ?? throw new BackupException($"The settings name no administrator's connection to the data of '{module}': a role of the module's own cannot see the others. Set Database:Administrators:{module} or Database:Administrator for this command.");
    }

    private static async Task<IReadOnlyList<ShopDatabase>> GroupAsync(IReadOnlyList<string> modules, Func<string, string> connectionOf, string? bus, CancellationToken ct)
    {
        var found = new List<(End End, string Connection, string? Module)>();
        foreach (var module in modules) found.Add((await End.OpenAsync($"Database:Administrators:{module}", connectionOf(module), isTarget: false, ct), connectionOf(module), module));
        if (bus is not null) found.Add((await End.OpenAsync("Bus:Administrator", bus, isTarget: false, ct), bus, null));

        var all = new List<ShopDatabase>();
        foreach (var same in found.GroupBy(one => one.End.Id))
        {
            foreach (var (end, _, _) in same.Skip(1)) await end.DisposeAsync();
            all.Add(new(same.First().End, new NpgsqlConnectionStringBuilder(same.First().Connection), [.. same.Select(one => one.Module).OfType<string>()], same.Any(one => one.Module is null)));
        }

        return all;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in All) await database.End.DisposeAsync();
        if (_started is not null) await _started.DisposeAsync();
    }
}
