using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

/// <summary>An order is called off by its customer or an operator: at once until it is confirmed, then if Shipping can still stop the parcel.</summary>
internal static class CancelOrder
{
    public sealed record Body(string Reason);

    public sealed record Answer(Guid Id, string Status);

    public sealed record Command(Guid OrderId, Caller Caller, string Reason) : ICommand<Answer>, IValidated
    {
        public void Validate(Rules rules) => rules.Text(Reason, "reason", most: 200);
    }

    // Takes no idempotency key: what is cancelled stays cancelled, and says so again.
    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapPost("/{orderId:guid}/cancel", async Task<Results<Ok<Answer>, Accepted<Answer>>> (Guid orderId, Body body, Caller caller, ISender sender, CancellationToken ct) =>
        {
            var answer = await sender.Send(new Command(orderId, caller, body.Reason), ct);
            return answer.Status == OrderStatus.Cancelling ? TypedResults.Accepted($"/v1/orders/{orderId}", answer) : TypedResults.Ok(answer);
        })
        .ForCustomers()
        .WithExample(new Body("ordered twice"))
        .WithName("CancelOrder")
        .WithSummary("Calls an order off. 202: it is confirmed, and is cancelled if its parcel can still be stopped.");

    public sealed class Handler(IDocumentSession db, Outbox outbox) : ICommandHandler<Command, Answer>
    {
        public async ValueTask<Answer> Handle(Command command, CancellationToken ct)
        {
            var order = await db.FetchOrder(command.OrderId, ct);
            var (id, now) = (command.OrderId, order.Aggregate!);
            command.Caller.MustOwn(now.CustomerId, $"order {id}");

            var fact = now.Cancel(command.Caller.IsOperator ? "operator" : "customer", command.Reason);
            if (fact is null) return new Answer(id, now.Status);

            order.AppendOne(fact);
            if (fact is Order.Cancelled cancelled) await outbox.Publish(new OrderCancelled(id, cancelled.Reason));
            if (fact is Order.CancellationRequested) await outbox.Publish(new OrderCancellationRequested(id));

            return new Answer(id, Order.After(now, id, fact).Status);
        }
    }
}
