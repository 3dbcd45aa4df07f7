using Answering.Contracts;
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

namespace Undeclared
{
    internal sealed class AsksWithoutSaying(Callee<Questions.QuestionsClient> questions)
    {
        public override string ToString() => $"{questions}";
    }

    internal sealed class TakesTheClientItself(Questions.QuestionsClient questions)
    {
        public override string ToString() => $"{questions}";
    }

    public sealed class UndeclaredModule : Module
    {
        public override string Name => "undeclared";

        public override void Messages(MessageMap messages) { }

        public override void Services(IServiceCollection services, IConfiguration configuration) { }

        public override void Store(StoreOptions store) { }

        public override void Endpoints(IEndpointRouteBuilder routes) { }
    }
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
        public async Task a_reaction_that_would_wait_for_another_module_stops_the_start() =>
            Assert.Contains("a reaction waits for no other module", await RefusalAsync(Reacting(typeof(TakesACallee))), StringComparison.Ordinal);

        [Fact]
        public async Task a_call_that_is_not_declared_stops_the_start()
        {
            var told = await RefusalAsync(new Undeclared.UndeclaredModule());

            Assert.Contains("AsksWithoutSaying takes QuestionsClient, which undeclared does not ask: say Asks<QuestionsClient>() in its Calls", told, StringComparison.Ordinal);
            Assert.Contains("TakesTheClientItself takes QuestionsClient, which undeclared does not ask", told, StringComparison.Ordinal);
        }

        [Fact]
        public async Task a_module_that_is_asked_and_neither_here_nor_has_an_address_stops_the_start() =>
            Assert.Contains("asking asks answering, which is not in this host: set Calls:Addresses:answering", await RefusalAsync(new AskingModule()), StringComparison.Ordinal);

        [Fact]
        public async Task a_neighbour_that_does_not_answer_what_it_is_asked_stops_the_start() =>
            Assert.Contains("answering asks answering.v1.Questions, which answering does not answer",
                await RefusalAsync(new Faulty { Asks = calls => calls.Asks<Questions.QuestionsClient>(), Known = "answering" }), StringComparison.Ordinal);

        [Fact]
        public async Task a_manifest_that_is_out_of_date_stops_the_start() =>
            Assert.Contains("modules.json says something else about the module 'faulty' than its code",
                await RefusalAsync(Reacting(typeof(TakesItsEvent<BallThrown>)), written: Manifest.Of([new ToysModule(), new Faulty()])), StringComparison.Ordinal);

        private static Faulty Reacting(Type handler) => new() { Map = map => map.Reacts<BallThrown>("when-ball-thrown", handler) };

        private static async Task<string> RefusalAsync(Module faulty, Manifest? written = null)
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

            public Action<CallMap> Asks { get; init; } = _ => { };

            public string Known { get; init; } = "faulty";

            public override string Name => Known;

            public override void Calls(CallMap calls) => Asks(calls);

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

        private static class TakesACallee
        {
            public static Task Handle(BallThrown _, Callee<Questions.QuestionsClient> __) => Task.CompletedTask;
        }

        private static class TakesASender
        {
            public static Task Handle(BallThrown _, ISender __) => Task.CompletedTask;
        }
    }
}
