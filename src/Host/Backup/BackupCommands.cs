using System.CommandLine;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>backup FILE, restore FILE.</summary>
internal static class BackupCommands
{
    private const int Done = 0, Refused = 2, Interrupted = 130;

    private static Version Own => typeof(BackupCommands).Assembly.GetName().Version!;

    public static IEnumerable<Command> Create(IReadOnlyList<Module> modules)
    {
        string[] names = [.. modules.Select(module => module.Name)];
        yield return Command("backup", "Writes everything that the shop has in its databases, as it is at one moment, into a file. Passwords of roles and secrets of settings are not in it.", async (file, configuration, ct) =>
        {
            if (File.Exists(file)) throw new BackupException($"{file} is there already: a backup is never written over. Name another file.");
            if (!Directory.Exists(Path.GetDirectoryName(file))) throw new BackupException($"There is no folder {Path.GetDirectoryName(file)}: make it, or name another file.");

            await using var shop = await ShopDatabases.FindAsync(configuration, names, make: false, ct);
            await new Backup(shop, configuration, Manifest.Read(CommandLine.ManifestPath), TimeProvider.System).RunAsync(file, Own, ct);
        });
        yield return Command("restore", "Puts such a file into the databases that the settings name, which must have nothing of the shop yet. Any PostgreSQL of the same major version or a later one.", async (file, configuration, ct) =>
        {
            if (!File.Exists(file)) throw new BackupException($"There is no file {file}.");

            var contents = await BackupFile.CheckAsync(file, Own, ct);
            await using var shop = await ShopDatabases.FindAsync(configuration, names, make: true, ct);
            await new Restore(shop, configuration).RunAsync(file, contents, ct);
        });
    }

    private static Command Command(string name, string description, Func<string, IConfiguration, CancellationToken, Task> run)
    {
        var file = new Argument<string>("file") { Description = "The file." };
        var command = new Command(name, description) { file };
        command.SetAction(async (parsed, ct) =>
        {
            try
            {
                await run(Path.GetFullPath(parsed.GetValue(file)!), RunningSettings.Read(), ct);
                return Done;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync("Interrupted. Nothing half done is left under the file's name.");
                return Interrupted;
            }
            catch (Exception fault) when (fault is BackupException or MoveException or ConfigurationFaultsException or EmbeddedPostgresException or NpgsqlException or IOException or UnauthorizedAccessException)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                return Refused;
            }
        });
        return command;
    }
}
