using System.Collections.Concurrent;
using Catcher.Contracts;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Toys.Contracts;

namespace Toys;

/// <summary>A module of the tests' own that reacts: what the ball's behaviour says decides how its handling ends.</summary>
public sealed class CatcherModule : Module
{
    public override string Name => "catcher";

    public override void Messages(MessageMap messages) => messages
        .Publishes<BallCaught>()
        .Reacts<BallThrown>("when-ball-thrown", typeof(WhenBallThrown))
        .Reacts<BallThrown>("count-balls", typeof(CountBalls))
        .Reacts<DeadLettersNoticed>("when-dead-letters-noticed", typeof(WhenDeadLettersNoticed));

    public override void Services(IServiceCollection services, IConfiguration configuration) { }

    public override void Store(StoreOptions store)
    {
        store.Schema.For<Catch>().Index(caught => caught.Ball);
        store.Schema.For<DeadLettersNoticed>();
    }

    public override void Endpoints(IEndpointRouteBuilder routes) { }
}

public sealed record Catch(Guid Id, Guid Ball, string By);

/// <summary>The hand of a test in this process on one ball: it is held until it may go on, and drops until it is mended.</summary>
public sealed class Hand
{
    private static readonly ConcurrentDictionary<Guid, Hand> Hands = new();

    public TaskCompletionSource Entered { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    public bool Mended { get; set; }

    public static Hand On(Guid ball) => Hands.GetOrAdd(ball, _ => new Hand());
}

public static class WhenBallThrown
{
    public static async Task Handle(BallThrown thrown, IDocumentSession db, Outbox outbox)
    {
        if (thrown.Behaviour == "refuse") throw new RefusedException("ball.refused", "This ball is not caught.");
        if (thrown.Behaviour == "refuse until mended" && !Hand.On(thrown.Id).Mended) throw new RefusedException("ball.refused", "This ball is not caught yet.");
        if (thrown.Behaviour == "fail") throw new InvalidOperationException("dropped");
        if (thrown.Behaviour == "drop until mended" && !Hand.On(thrown.Id).Mended) throw new InvalidOperationException("dropped");
        if (thrown.Behaviour == "hold")
        {
            Hand.On(thrown.Id).Entered.TrySetResult();
            await Hand.On(thrown.Id).GoOn.Task;
        }

        db.Insert(new Catch(Guid.CreateVersion7(), thrown.Id, "hand"));
        await outbox.Publish(new BallCaught(thrown.Id));
    }
}

public static class CountBalls
{
    public static Task Handle(BallThrown thrown, IDocumentSession db)
    {
        db.Insert(new Catch(Guid.CreateVersion7(), thrown.Id, "count"));
        return Task.CompletedTask;
    }
}

public static class WhenDeadLettersNoticed
{
    public static Task Handle(DeadLettersNoticed noticed, IDocumentSession db)
    {
        db.Insert(noticed);
        return Task.CompletedTask;
    }
}
