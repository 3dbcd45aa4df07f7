using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>move MODULE --to CONNECTION: a stopped module's data to another server.</summary>
internal static class MoveCommand
{
    private const int Moved = 0, Different = 1, Refused = 2, Interrupted = 130;

    public static Command Create(IReadOnlyList<Module> modules)
    {
        var name = new Argument<string>("module") { Description = "The module, which no host may be running." };
        name.AcceptOnlyFromAmong([.. modules.Select(known => known.Name)]);
        var to = new Option<string?>("--to") { Description = "An administrator's connection string to the database it goes to; by default what the settings say." };
        var from = new Option<string?>("--from") { Description = "The same of the database where it is; by default what the settings say." };

        var command = new Command("move", "Moves a stopped module's whole schema to another server, and verifies it row for row. Interrupted, it goes on when started again.") { name, to, from };
        command.SetAction((parsed, ct) => RunAsync(modules, modules.Single(known => known.Name == parsed.GetValue(name)), parsed.GetValue(from), parsed.GetValue(to), ct));
        return command;
    }

    private static async Task<int> RunAsync(IReadOnlyList<Module> modules, Module module, string? from, string? to, CancellationToken ct)
    {
        try
        {
            var configuration = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], ContentRootPath = AppContext.BaseDirectory }).Configuration;
            (from, to) = (from ?? configuration["Move:From"], to ?? configuration["Move:To"]);
            if (from is null && to is null) throw new MoveException("Where to? Name the database by --to 'Host=…;Port=…;Database=…;Username=…;Password=…'.");

            await using var settings = from is null || to is null ? await SettingsDatabase.FindAsync(configuration, module.Name, ct) : null;
            await using var source = await End.OpenAsync("--from", from ?? settings!.Connection, isTarget: false, ct);
            await using var target = await End.OpenAsync("--to", to ?? settings!.Connection, isTarget: true, ct);
            var databases = to is null && settings!.IsEmbedded ? Databases.Embedded(settings.Connection) : DatabasesOf(module.Name, to ?? settings!.Connection, configuration);

            var move = new Move(module.Name, source, target, cancel => databases.ProvisionAsync([module.Name], cancel), cancel => MigrateAsync(modules, module, databases, configuration, cancel));
            return await move.RunAsync(ct) ? Moved : Different;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted. The same command goes on where this one stopped.");
            return Interrupted;
        }
        catch (Exception fault) when (fault is MoveException or EmbeddedPostgresException or NpgsqlException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return Refused;
        }
    }

    private static Databases DatabasesOf(string module, string administrator, ConfigurationManager configuration)
    {
        var faults = new List<string>();
        var settings = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [$"Database:Administrators:{module}"] = administrator, ["Database:Secret"] = configuration["Database:Secret"] }).Build();
        var databases = Databases.Read(settings, "Database", [module], faults);
        return faults.Count == 0 ? databases : throw new MoveException(string.Join('\n', faults));
    }

    /// <summary>By the module's own application, which is never started: the program has one mechanism that makes its tables.</summary>
    private static async Task MigrateAsync(IReadOnlyList<Module> modules, Module module, Databases databases, ConfigurationManager configuration, CancellationToken ct)
    {
        var topology = Topology.Read(new ConfigurationBuilder().Build(), [.. modules.Select(known => known.Name)], []);
        var manifest = Manifest.Read(CommandLine.ManifestPath);
        var calls = new Switchboard(CallSettings.Read(new ConfigurationBuilder().Build(), [], []), manifest);
        await using var application = ModuleApplication.Build(module, new ModuleSurroundings(topology, manifest, databases, databases, new InProcessCarrier(), calls, configuration, NullLoggerFactory.Instance, Environments.Production));
        await ModuleStore.MigrateAsync(module, application.Services, ct);
    }
}
