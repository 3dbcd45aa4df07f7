using Marten;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Pinger.Contracts;
using Shared.Kernel;

namespace Bench;

/// <summary>The product: two modules in one host, whatever carries between them.</summary>
internal static class ModularHop
{
    public static async Task RunAsync(WebApplicationBuilder builder)
    {
        Module[] modules = [new PingerModule(), new PongerModule()];
        await using var host = await ModularHost.StartAsync(builder, modules, Manifest.Of(modules));
        await host.RunAsync();
    }

    private sealed class PingerModule : Module
    {
        public override string Name => "pinger";

        public override void Messages(MessageMap messages) => messages.Publishes<Pinged>();

        public override void Services(IServiceCollection services, IConfiguration configuration) { }

        public override void Store(StoreOptions store) => store.Schema.For<Ping>();

        public override void Endpoints(IEndpointRouteBuilder routes) => HopLoad.Map(routes, PublishAsync);

        private static async Task PublishAsync(IServiceProvider services, int events)
        {
            await using var scope = services.CreateAsyncScope();
            var session = scope.ServiceProvider.GetRequiredService<IDocumentSession>();
            var outbox = scope.ServiceProvider.GetRequiredService<Outbox>();
            for (var i = 0; i < events; i++)
            {
                var ping = new Ping(Guid.CreateVersion7());
                session.Insert(ping);
                await outbox.Publish(new Pinged(ping.Id, System.Diagnostics.Stopwatch.GetTimestamp()));
            }

            await session.SaveChangesAsync();
        }
    }

    private sealed class PongerModule : Module
    {
        public override string Name => "ponger";

        public override void Messages(MessageMap messages) => messages.Reacts<Pinged>("when-pinged", typeof(WhenPinged));

        public override void Services(IServiceCollection services, IConfiguration configuration) { }

        public override void Store(StoreOptions store)
        {
            store.Schema.For<Pong>();
            store.Listeners.Add(new Arrivals());
        }

        public override void Endpoints(IEndpointRouteBuilder routes) { }
    }
}
