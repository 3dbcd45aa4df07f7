using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shared.Kernel;
using Shared.Testing;
using Toys;
using Toys.Contracts;
using Unheard.Contracts;

namespace Unheard.Contracts
{
    public sealed record NothingHappened(Guid Id);
}

namespace Integration
{
    /// <summary>What is not wired does not start, and says what is missing.</summary>
    public sealed class WiringTests
    {
        [Fact]
        public async Task an_endpoint_without_a_policy_stops_the_start() =>
            Assert.Contains("/v1/faulty/open has no policy", await RefusalAsync(new Faulty { Routes = routes => routes.MapGet("/open", () => "all may see") }), StringComparison.Ordinal);

        [Fact]
        public async Task a_reaction_to_an_event_that_nobody_publishes_stops_the_start() =>
            Assert.Contains("faulty reacts to unheard.nothing-happened.v1 by when-nothing, but no module publishes it",
                await RefusalAsync(new Faulty { Map = map => map.Reacts<NothingHappened>("when-nothing", typeof(TakesItsEvent<NothingHappened>)) }), StringComparison.Ordinal);

        [Fact]
        public async Task a_reaction_that_asks_for_what_is_not_registered_stops_the_start() =>
            Assert.Contains("takes Random, which faulty does not register", await RefusalAsync(Reacting(typeof(TakesWhatIsNotThere))), StringComparison.Ordinal);

        [Fact]
        public async Task a_reaction_that_would_send_a_command_stops_the_start() =>
            Assert.Contains("takes ISender: a command would commit in a transaction of its own", await RefusalAsync(Reacting(typeof(TakesASender))), StringComparison.Ordinal);

        [Fact]
        public async Task a_reaction_of_another_shape_stops_the_start() =>
            Assert.Contains("must take the message BallThrown", await RefusalAsync(Reacting(typeof(TakesItsEvent<NothingHappened>))), StringComparison.Ordinal);

        [Fact]
        public async Task a_manifest_that_is_out_of_date_stops_the_start() =>
            Assert.Contains("modules.json says something else about the module 'faulty' than its code",
                await RefusalAsync(Reacting(typeof(TakesItsEvent<BallThrown>)), written: Manifest.Of([new ToysModule(), new Faulty()])), StringComparison.Ordinal);

        private static Faulty Reacting(Type handler) => new() { Map = map => map.Reacts<BallThrown>("when-ball-thrown", handler) };

        private static async Task<string> RefusalAsync(Faulty faulty, Manifest? written = null)
        {
            var server = await PostgresServer.SharedAsync();
            var database = await server.CreateDatabaseAsync();
            try
            {
                var builder = WebApplication.CreateSlimBuilder();
                builder.Logging.ClearProviders();
                builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Urls"] = "http://127.0.0.1:0", ["Database:Administrator"] = database, ["Database:Secret"] = ModuleUnderTest.Secret });
                Module[] modules = [new ToysModule(), faulty];

                var refusal = await Assert.ThrowsAnyAsync<Exception>(() => ModularHost.StartAsync(builder, modules, written ?? Manifest.Of(modules)));
                Assert.True(refusal is ConfigurationFaultsException or InvalidOperationException, refusal.ToString());
                return refusal.Message;
            }
            finally
            {
                await server.DropDatabaseAsync(database);
            }
        }

        private sealed class Faulty : Module
        {
            public Action<IEndpointRouteBuilder> Routes { get; init; } = _ => { };

            public Action<MessageMap> Map { get; init; } = _ => { };

            public override string Name => "faulty";

            public override void Messages(MessageMap messages) => Map(messages);

            public override void Services(IServiceCollection services, IConfiguration configuration) { }

            public override void Store(StoreOptions store) { }

            public override void Endpoints(IEndpointRouteBuilder routes) => Routes(routes);
        }

        private static class TakesItsEvent<TEvent>
        {
            public static Task Handle(TEvent _) => Task.CompletedTask;
        }

        private static class TakesWhatIsNotThere
        {
            public static Task Handle(BallThrown _, Random __) => Task.CompletedTask;
        }

        private static class TakesASender
        {
            public static Task Handle(BallThrown _, ISender __) => Task.CompletedTask;
        }
    }
}
