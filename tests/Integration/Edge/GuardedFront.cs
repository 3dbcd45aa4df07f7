using System.Net.Http.Headers;
using Host;
using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>A gateway with settings of its own in this process; its one module, <c>echo</c>, is elsewhere and played.</summary>
internal sealed class GuardedFront : IAsyncDisposable
{
    private readonly StandIn _module = new();
    private readonly TestIssuer _issuer;
    private ModularHost? _host;

    private GuardedFront(TestIssuer issuer) => _issuer = issuer;

    /// <exception cref="ConfigurationFaultsException">The settings are wrong.</exception>
    public static async Task<GuardedFront> StartAsync(params (string Name, string Value)[] settings)
    {
        var front = new GuardedFront(await TestIssuer.SharedAsync());
        try
        {
            await front.StartHostAsync(settings);
            return front;
        }
        catch
        {
            await front.DisposeAsync();
            throw;
        }
    }

    /// <param name="subject">Who is signed in; nobody, if it is not given.</param>
    public HttpClient Client(Guid? subject = null) => new() { BaseAddress = _host!.Address, DefaultRequestHeaders = { Authorization = subject is { } who ? new AuthenticationHeaderValue("Bearer", _issuer.Token(Policies.Customer, who)) : null } };

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        await _module.DisposeAsync();
    }

    private async Task StartHostAsync((string Name, string Value)[] settings)
    {
        await _module.StartAsync();
        var builder = WebApplication.CreateSlimBuilder([.. ModularHost.SettingsOnce]);
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Modules"] = "none",
            ["Addresses:echo"] = _module.Address,
            ["Tokens:Authority"] = _issuer.Address.ToString(),
            ["Logging:LogLevel:Default"] = "Critical",
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        Module[] modules = [new EchoModule()];
        var faults = new List<string>();
        var edge = Host.Edge.Read(builder.Configuration, faults);
        Host.Edge.Add(builder, Manifest.Of(modules));
        Gateway.Add(builder, Manifest.Of(modules));
        _host = await ModularHost.StartAsync(builder, modules, Manifest.Of(modules), (front, topology) =>
        {
            edge.Use(front, topology);
            Gateway.Map(front, topology);
        }, faults);
    }

    private sealed class EchoModule : Module
    {
        public override string Name => "echo";

        public override void Messages(MessageMap messages) { }

        public override void Services(IServiceCollection services, IConfiguration configuration) { }

        public override void Store(StoreOptions store) { }

        public override void Endpoints(IEndpointRouteBuilder routes) { }
    }
}
