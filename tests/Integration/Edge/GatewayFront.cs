using System.Net.Http.Headers;
using Host;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shared.Kernel;
using Shared.Testing;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Integration;

/// <summary>One host with one module here, <c>here</c>, and all others elsewhere, played by stand-ins.</summary>
public sealed class GatewayFront : IAsyncLifetime
{
    public const string Timeout = "00:00:03";

    private readonly Dictionary<string, StandIn[]> _standIns = new()
    {
        ["alone"] = [new StandIn()],
        ["pair"] = [new StandIn(), new StandIn()],
        ["four"] = [new StandIn(), new StandIn(), new StandIn(), new StandIn()],
        ["none"] = [new StandIn(), new StandIn()],
        ["half"] = [new StandIn(), new StandIn()],
        ["every"] = [new StandIn(), new StandIn()],
        ["users"] = [new StandIn(), new StandIn()],
    };

    private ModularHost? _host;
    private IProxyStateLookup? _known;
    private string _database = "";
    private Uri? _broker;

    /// <summary>The instances of a module, the canary last where there is one, started anew and known to be healthy.</summary>
    internal async Task<StandIn[]> FreshAsync(string module)
    {
        foreach (var standIn in _standIns[module]) await standIn.StartAsync();
        var instances = _known!.TryGetCluster(module, out var cluster) ? cluster.DestinationsState.AllDestinations : throw new InvalidOperationException(module);
        await Eventually.True(() => Task.FromResult(instances.All(instance => instance.Health is { Active: DestinationHealth.Healthy, Passive: not DestinationHealth.Unhealthy })), $"the instances of {module} are healthy");
        return _standIns[module];
    }

    public HttpClient Http() => new() { BaseAddress = _host!.Address };

    public async ValueTask InitializeAsync()
    {
        _database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _broker = await (await RabbitMqServer.SharedAsync()).CreateVirtualHostAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Modules"] = "here",
            ["Carrier"] = "RabbitMq",
            ["RabbitMq"] = _broker.ToString(),
            ["Database:Administrator"] = _database,
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Gateway:Timeout"] = Timeout,
            ["Gateway:Probes"] = "00:00:00.2",
            ["Logging:LogLevel:Default"] = "Critical",
        });
        foreach (var module in new[] { "alone", "pair", "four", "users" })
            builder.Configuration.AddInMemoryCollection([KeyValuePair.Create<string, string?>($"Addresses:{module}", string.Join(", ", _standIns[module].Select(instance => instance.Address)))]);
        foreach (var (module, weight) in new[] { ("none", "0"), ("half", "50"), ("every", "100") })
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                [$"Addresses:{module}"] = _standIns[module][0].Address,
                [$"Canary:{module}:Addresses"] = _standIns[module][1].Address,
                [$"Canary:{module}:Weight"] = weight,
                [$"Canary:{module}:Header"] = module == "half" ? "X-Try" : null,
            });

        Module[] modules = [new SilentModule("here"), .. _standIns.Keys.Select(name => new SilentModule(name))];
        var manifest = Manifest.Of(modules);
        Gateway.Add(builder, manifest);
        _host = await ModularHost.StartAsync(builder, modules, manifest, (front, topology) =>
        {
            Gateway.Map(front, topology);
            _known = front.Services.GetRequiredService<IProxyStateLookup>();
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        foreach (var standIn in _standIns.Values.SelectMany(instances => instances)) await standIn.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database);
        if (_broker is not null) await (await RabbitMqServer.SharedAsync()).DeleteVirtualHostAsync(_broker);
    }

    private sealed class SilentModule(string name) : Module
    {
        public override string Name => name;

        public override void Messages(MessageMap messages) { }

        public override void Services(IServiceCollection services, IConfiguration configuration) { }

        public override void Store(StoreOptions store) { }

        public override void Endpoints(IEndpointRouteBuilder routes)
        {
            routes.Map("/echo", (HttpContext context) => Echo.AnswerAsync(context)).ForAnyone();
            routes.MapGet("/mine", () => "yours").ForOperators();
        }
    }
}

/// <summary>A body whose second half is sent only when the test lets it go on. The first is larger than what a connection keeps back.</summary>
internal sealed class TwoHalves(Task goOn) : HttpContent
{
    public const int Half = 200_000;

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context)
    {
        await stream.WriteAsync(new byte[Half]);
        await stream.FlushAsync();
        await goOn.WaitAsync(TimeSpan.FromSeconds(30));
        await stream.WriteAsync(new byte[Half]);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    public static HttpRequestMessage Post(string path, Task goOn)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new TwoHalves(goOn) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        return request;
    }
}
