using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shared.Kernel;

/// <summary>
/// A process that runs one or several modules behind one Kestrel. Starts the embedded PostgreSQL if no database is configured, then the modules, then the front;
/// stops them the other way round, so that no request or message in hand is lost.
/// </summary>
public sealed partial class ModularHost : IAsyncDisposable
{
    private readonly WebApplication _front;
    private readonly WebApplication? _calls;
    private bool _disposed;
    private readonly IReadOnlyList<ModuleApplication> _modules;
    private readonly EmbeddedPostgres? _postgres;
    private readonly ILogger _logger;

    private ModularHost(WebApplication front, WebApplication? calls, IReadOnlyList<ModuleApplication> modules, InProcessCarrier inProcess, EmbeddedPostgres? postgres) =>
        (_front, _calls, _modules, InProcess, _postgres, _logger) = (front, calls, modules, inProcess, postgres, front.Services.GetRequiredService<ILoggerFactory>().CreateLogger<ModularHost>());

    /// <summary>
    /// Arguments of every builder: settings are read once. Each builder would else watch their files with an inotify instance, of which a user has 128, a host of six modules eight.
    /// </summary>
    public static readonly IReadOnlyList<string> SettingsOnce = ["--hostBuilder:reloadConfigOnChange=false"];

    /// <summary>The address that the front listens on.</summary>
    public Uri Address => AddressOf(_front);

    internal InProcessCarrier InProcess { get; }

    /// <summary>The container of a module in this host; for tests and the command line.</summary>
    internal IServiceProvider ServicesOf(string module) => _modules.Single(application => application.Module.Name == module).Services;

    /// <param name="builder">The front's own builder; its configuration is the host's.</param>
    /// <param name="known">Every module of the program, whether it runs here or not.</param>
    /// <param name="manifest">Who subscribes to what.</param>
    /// <param name="gateway">What the program adds to the front: limits, forwarding, pages.</param>
    /// <param name="faultsSoFar">What the program found wrong in its own settings.</param>
    /// <exception cref="ConfigurationFaultsException">Nothing was started.</exception>
    public static async Task<ModularHost> StartAsync(WebApplicationBuilder builder, IReadOnlyList<Module> known, Manifest manifest, Action<WebApplication, Topology>? gateway = null, IEnumerable<string>? faultsSoFar = null, CancellationToken cancellation = default)
    {
        var configuration = builder.Configuration;
        var faults = new List<string>(faultsSoFar ?? []);
        var topology = Topology.Read(configuration, [.. known.Select(module => module.Name)], faults);
        var here = known.Where(module => topology.Here.Contains(module.Name)).ToArray();
        var databases = here.Length > 0 && Databases.AreEmbedded(configuration) ? null : Databases.Read(configuration, "Database", topology.Here, faults);
        var bus = topology.Uses(Carrier.Postgres) ? Databases.ReadBus(configuration, databases, topology.Here, faults) : null;
        var calls = CallSettings.Read(configuration, here, faults);
        foreach (var module in here)
        {
            faults.AddRange(manifest.FaultsOf(module));
            faults.AddRange(module.Faults(configuration, builder.Environment.EnvironmentName));
        }

        if (faults.Count > 0) throw new ConfigurationFaultsException(faults);

        Front.Add(builder, topology);
        var front = builder.Build();
        var logging = front.Services.GetRequiredService<ILoggerFactory>();
        EmbeddedPostgres? postgres = null;
        var modules = new List<ModuleApplication>();
        WebApplication? port = null;
        var running = false;
        try
        {
            if (databases is null)
            {
                postgres = await EmbeddedPostgres.StartAsync(new EmbeddedPostgresOptions(Path.GetFullPath(configuration["Data"] ?? "data"), configuration["Postgres:Binaries"], configuration.GetValue<int?>("Postgres:Port")), logging.CreateLogger<EmbeddedPostgres>(), cancellation);
                databases = Databases.Embedded(postgres.AdministratorConnectionString);
            }

            await databases.ProvisionAsync(topology.Here, cancellation);
            var surroundings = new ModuleSurroundings(topology, manifest, databases, bus ?? databases, new InProcessCarrier(), new Switchboard(calls, manifest), configuration, logging, builder.Environment.EnvironmentName);
            modules.AddRange(here.Select(module => ModuleApplication.Build(module, surroundings)));
            faults.AddRange(modules.SelectMany(module => module.Faults()));
            if (faults.Count > 0) throw new ConfigurationFaultsException(faults);

            foreach (var module in modules) faults.AddRange(await module.MigrateAsync(cancellation));
            if (faults.Count > 0) throw new ConfigurationFaultsException(faults);

            await Task.WhenAll(modules.Select(module => module.StartAsync(cancellation)));
            running = true;
            if (calls.Urls is { } urls) port = await CallPort.OpenAsync(urls, modules, surroundings, cancellation);
            Front.Use(front, modules, topology);
            gateway?.Invoke(front, topology);
            await front.StartAsync(cancellation);
            front.Services.GetRequiredService<Tokens.Authority>().Front = AddressOf(front);

            var host = new ModularHost(front, port, modules, surroundings.InProcess, postgres);
            host.LogStarted(here.Length == 0 ? "none" : string.Join(", ", topology.Here), host.Address);
            return host;
        }
        catch
        {
            await EndAsync(front, port, modules, running, postgres);
            throw;
        }
    }

    /// <summary>Runs until a signal asks to stop, or until the embedded server has ended on its own, which is a fault.</summary>
    public async Task RunAsync(CancellationToken cancellation = default)
    {
        var stopped = _front.WaitForShutdownAsync(cancellation);
        var serverEnded = _postgres?.Exited ?? new TaskCompletionSource<EmbeddedPostgresException>().Task;
        var ended = await Task.WhenAny(stopped, serverEnded);
        await DisposeAsync();
        if (ended == serverEnded) throw await serverEnded;
    }

    public async ValueTask DisposeAsync()
    {
        // A host that has run to its end is disposed once more by who started it.
        if (Interlocked.Exchange(ref _disposed, true)) return;

        await EndAsync(_front, _calls, _modules, running: true, _postgres);
    }

    private static async Task EndAsync(WebApplication front, WebApplication? calls, IReadOnlyList<ModuleApplication> modules, bool running, EmbeddedPostgres? postgres)
    {
        // A module that is disposed of while it runs may wait for itself without an end.
        if (running)
        {
            await front.StopAsync();
            if (calls is not null) await calls.StopAsync();
            await Task.WhenAll(modules.Select(module => module.StopAsync(CancellationToken.None)));
        }

        await Task.WhenAll(modules.Select(module => module.DisposeAsync().AsTask()));
        if (postgres is not null) await postgres.DisposeAsync();
        if (calls is not null) await calls.DisposeAsync();
        await front.DisposeAsync();
    }

    internal static Uri AddressOf(WebApplication front)
    {
        var address = front.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new Uri(address.Replace("//[::]", "//127.0.0.1").Replace("//0.0.0.0", "//127.0.0.1").Replace("//+", "//127.0.0.1").Replace("//*", "//127.0.0.1"));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Modules at {Address}: {Modules}.")]
    private partial void LogStarted(string modules, Uri address);
}
