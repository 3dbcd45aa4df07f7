using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Wolverine;

namespace Shared.Kernel;

/// <summary>What all modules of one process are given; none of it tells a module who its neighbours are.</summary>
internal sealed record ModuleSurroundings(Topology Topology, Manifest Manifest, Databases Databases, Databases Bus, InProcessCarrier InProcess, Switchboard Switchboard, IConfiguration Configuration, ILoggerFactory Logging, string Environment);

/// <summary>A module as an ordinary ASP.NET application: its own container, store, message runtime and HTTP pipeline.</summary>
internal sealed class ModuleApplication : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly NpgsqlDataSource _dataSource;
    private readonly ModuleCarriers _carriers;
    private readonly UsedCarriers _used;

    private ModuleApplication(Module module, WebApplication application, NpgsqlDataSource dataSource, ModuleCarriers carriers, UsedCarriers used, ModuleServer server) =>
        (Module, _application, _dataSource, _carriers, _used, Server) = (module, application, dataSource, carriers, used, server);

    public Module Module { get; }

    public IServiceProvider Services => _application.Services;

    public ModuleServer Server { get; }

    public static ModuleApplication Build(Module module, ModuleSurroundings surroundings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [.. ModularHost.SettingsOnce], ApplicationName = module.GetType().Assembly.GetName().Name, EnvironmentName = surroundings.Environment, ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddConfiguration(surroundings.Configuration);
        var dataSource = NpgsqlDataSource.Create(surroundings.Databases.ConnectionOf(module.Name));
        var messages = new MessageMap();
        module.Messages(messages);
        var carriers = new ModuleCarriers(surroundings.Topology, surroundings.InProcess, carrier => Open(carrier, module.Name, surroundings));
        var calls = CallMap.Of(module);

        WebApplication? application = null;
        builder.Services.AddSingleton(surroundings.Logging);
        builder.Services.AddSingleton(messages);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.RemoveAll<IHostLifetime>();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        ModuleStore.Add(builder.Services, module, dataSource);
        Behaviours.Add(builder.Services, surroundings.Topology.MostOutgoing);
        ModulePipeline.Add(builder.Services, module);
        calls.Add(builder.Services, module, surroundings.Switchboard);
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<TellDeadLetters>(services, module.Name, surroundings.Topology.DeadLettersEvery));
        module.Services(builder.Services, surroundings.Configuration);
        builder.Services.AddWolverine(ExtensionDiscovery.ManualOnly, options =>
            ModuleMessaging.Configure(options, module, messages, surroundings.Manifest, carriers, surroundings.Configuration, () => application!.Services));

        var server = new ModuleServer();
        builder.Services.AddSingleton<IServer>(server);
        application = builder.Build();
        ModulePipeline.Use(application, module);
        calls.Map(application);
        surroundings.Switchboard.Connect(module.Name, server);
        return new ModuleApplication(module, application, dataSource, carriers, new UsedCarriers(module.Name, dataSource, surroundings.Topology), server);
    }

    /// <summary>Endpoints without a policy, and reactions that ask for what the container does not have, each a fault.</summary>
    public IEnumerable<string> Faults() =>
        (from endpoint in ((IEndpointRouteBuilder)_application).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
         where endpoint.Metadata.GetMetadata<IAuthorizeData>() is null && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
         select $"The endpoint {endpoint.DisplayName} has no policy: say ForCustomers(), ForOperators() or ForAnyone().")
        .Concat(
         from reaction in Services.GetRequiredService<MessageMap>().Reactions
         from parameter in ReactionHandler<object>.HandleMethod(reaction).GetParameters()
         where parameter.ParameterType != reaction.Message && parameter.ParameterType != typeof(CancellationToken)
         where !Services.GetRequiredService<IServiceProviderIsService>().IsService(parameter.ParameterType)
         select $"{reaction.Handler.Name} takes {parameter.ParameterType.Name}, which {Module.Name} does not register in its Services.");

    /// <summary>Why it cannot serve now; null if it can.</summary>
    public async Task<string?> FaultAsync(CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(2));
        try
        {
            await using var command = _dataSource.CreateCommand("select 1");
            await command.ExecuteScalarAsync(patience.Token);
            return null;
        }
        catch (Exception fault) when (fault is NpgsqlException or OperationCanceledException)
        {
            return "database away";
        }
    }

    /// <summary>Brings the schema up to date, and answers the faults that only it knows of.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation)
    {
        if (await ModuleStore.ClosedAsync(_dataSource, Module.Name, cancellation) is { } closed) return [closed];

        await ModuleStore.MigrateAsync(Module, Services, cancellation);
        return await _used.FaultsAsync(cancellation);
    }

    public Task StartAsync(CancellationToken cancellation) => _application.StartAsync(cancellation);

    public async Task StopAsync(CancellationToken cancellation)
    {
        await _application.StopAsync(cancellation);
        await _used.ForgetEmptyAsync(_carriers, [.. Services.GetRequiredService<MessageMap>().Reactions.Select(reaction => ModuleTransport.Address(Module.Name, reaction.Destination))]);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await _carriers.DisposeAsync();
        await _dataSource.DisposeAsync();
    }

    private static ICarrier Open(Carrier carrier, string module, ModuleSurroundings surroundings) => carrier switch
    {
        Carrier.RabbitMq => new RabbitMqCarrier(module, surroundings.Topology.Broker!, surroundings.Topology.DeclaresQueues, surroundings.Logging),
        Carrier.Postgres => new PostgresCarrier(module, surroundings.Bus, surroundings.Logging),
        _ => throw new InvalidOperationException($"{carrier} takes nothing between processes."),
    };

    /// <summary>The host's front alone listens to signals, and stops the modules in order.</summary>
    internal sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
