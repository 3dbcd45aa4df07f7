using System.CommandLine;
using Microsoft.AspNetCore.Connections;
using Npgsql;
using Shared.Kernel;

namespace Host;

/// <summary>The host's commands. Without one it runs; settings are given as environment variables, in appsettings.json or as --Name=value.</summary>
internal static class CommandLine
{
    public static string ManifestPath => Path.Combine(AppContext.BaseDirectory, "modules.json");

    public static async Task<int> RunAsync(string[] args, IReadOnlyList<Module> modules)
    {
        if (args.Length == 0 || args[0].StartsWith("--", StringComparison.Ordinal) && args[0] is not ("--help" or "--version")) return await ServeAsync(args, modules);

        var root = new RootCommand("Modular: an online shop's backend, one process or one per module. Without a command it runs.")
        {
            Docs(modules),
            MessagesCommand.Create(modules),
            DefinitionsCommand.Create(modules),
            TopologyCommand.Create(modules, () => Manifest.Read(ManifestPath)),
            MoveCommand.Create(modules),
            HealthCommand.Create(),
            TokenCommand.Create(),
        };
        foreach (var command in BackupCommands.Create(modules).Concat(ExchangeCommands.Create())) root.Add(command);
        return await root.Parse(args).InvokeAsync();
    }

    private static async Task<int> ServeAsync(string[] args, IReadOnlyList<Module> modules)
    {
        try
        {
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. args, .. ModularHost.SettingsOnce], ContentRootPath = AppContext.BaseDirectory });
            // Not in appsettings.json, which would win over ASPNETCORE_URLS.
            if (builder.Configuration["urls"] is null && builder.Configuration["http_ports"] is null) builder.WebHost.UseUrls(OwnAddress.Default);
            // The slim builder leaves it out: certificates are files named by Kestrel:Certificates or Kestrel:Endpoints.
            builder.WebHost.UseKestrelHttpsConfiguration();
            var manifest = Manifest.Read(ManifestPath);
            var faults = new List<string>();
            var edge = Edge.Read(builder.Configuration, faults);
            Edge.Add(builder, manifest);
            Gateway.Add(builder, manifest);
            await using var host = await ModularHost.StartAsync(builder, modules, manifest, (front, topology) =>
            {
                edge.Use(front, topology);
                Gateway.Map(front, topology);
                Description.Map(front, topology);
                StartPage.Map(front, topology, manifest);
            }, faults);
            await host.RunAsync();
            return 0;
        }
        catch (Exception fault) when (fault is ConfigurationFaultsException or EmbeddedPostgresException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return 2;
        }
        catch (NpgsqlException fault)
        {
            await Console.Error.WriteLineAsync($"The database was asked for its schemas and said no: {fault.Message}. Look at Database:Administrator or Database:Modules, and whether the server runs.");
            return 2;
        }
        catch (IOException fault) when (fault.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"{fault.Message} Another program listens there: end it, or name another address by --Urls=http://….");
            return 2;
        }
    }

    private static Command Docs(IReadOnlyList<Module> modules)
    {
        var manifest = new Option<FileInfo>("--manifest") { Description = "Where modules.json is written.", Required = true };
        var page = new Option<FileInfo>("--page") { Description = "Where the page about the modules is written.", Required = true };
        var command = new Command("docs", "Writes modules.json and docs/modules.md from the code.") { manifest, page };
        command.SetAction(parsed =>
        {
            var now = Manifest.Of(modules);
            File.WriteAllText(parsed.GetValue(manifest)!.FullName, now.ToJson());
            File.WriteAllText(parsed.GetValue(page)!.FullName, ModulesPage.Write(now));
        });
        return command;
    }
}
