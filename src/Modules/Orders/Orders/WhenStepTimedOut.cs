using Marten;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>The time for a step, one of <see cref="OrderStep"/>, is over.</summary>
public sealed record StepTimedOut(Guid OrderId, string Step);

/// <summary>An order whose step is still open has waited long enough: it is cancelled.</summary>
public static class WhenStepTimedOut
{
    // Twice or late: a step that is over, or an order that is cancelled, takes no notice.
    public static async Task Handle(StepTimedOut timedOut, IDocumentSession db, Outbox outbox, CancellationToken ct)
    {
        var order = await db.FetchOrder(timedOut.OrderId, ct);
        if (order.Aggregate!.TimeOut(timedOut.Step) is not { } cancelled) return;

        order.AppendOne(cancelled);
        await outbox.Publish(new OrderCancelled(timedOut.OrderId, cancelled.Reason));
    }
}
