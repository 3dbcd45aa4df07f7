using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Toys.Contracts;

namespace Toys.Contracts
{
    public sealed record BallThrown(Guid Id, string Behaviour);
}

namespace Catcher.Contracts
{
    public sealed record BallCaught(Guid Id);
}

namespace Toys
{
    /// <summary>A module of the tests' own that publishes.</summary>
    public sealed class ToysModule : Module
    {
        public override string Name => "toys";

        public override void Messages(MessageMap messages) => messages
            .Publishes<BallThrown>()
            .Does<LateBall>("throw-late-ball", typeof(ThrowLateBall));

        public override void Services(IServiceCollection services, IConfiguration configuration) => services.AddMediator(options =>
        {
            options.Namespace = "Toys";
            options.GenerateTypesAsInternal = true;
            options.ServiceLifetime = ServiceLifetime.Scoped;
        });

        public override void Store(StoreOptions store) => store.Schema.For<Ball>();

        public override void Endpoints(IEndpointRouteBuilder routes) => routes
            .MapPost("/balls", async (ThrowBall.Body body, ISender sender, CancellationToken ct) =>
            {
                var id = await sender.Send(new ThrowBall.Command(body.Behaviour), ct);
                return TypedResults.Created($"/v1/toys/balls/{id}", id);
            })
            .WithIdempotencyKey()
            .ForAnyone();
    }

    public sealed record Ball(Guid Id, string Behaviour);

    public sealed record LateBall(Guid Id);

    public static class ThrowLateBall
    {
        public static Task Handle(LateBall late, IDocumentSession db)
        {
            db.Insert(new Ball(late.Id, "late"));
            return Task.CompletedTask;
        }
    }

    internal static class ThrowBall
    {
        public sealed record Body(string Behaviour);

        public sealed record Command(string Behaviour) : ICommand<Guid>, IValidated
        {
            public void Validate(Rules rules) => rules.Text(Behaviour, "behaviour", most: 20);
        }

        public sealed class Handler(IDocumentSession db, Outbox outbox) : ICommandHandler<Command, Guid>
        {
            public async ValueTask<Guid> Handle(Command command, CancellationToken cancellationToken)
            {
                var ball = new Ball(Guid.CreateVersion7(), command.Behaviour);
                db.Insert(ball);
                await outbox.Publish(new BallThrown(ball.Id, command.Behaviour));
                if (command.Behaviour == "drop") throw new RefusedException("ball.dropped", "This ball is dropped after it was told of.");
                return ball.Id;
            }
        }
    }
}
