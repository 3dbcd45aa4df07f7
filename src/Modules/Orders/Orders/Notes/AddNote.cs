using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Orders;

/// <summary>An operator writes something down about an order, in whatever state it is. Notes are neither changed nor taken back: a wrong one is followed by a better one.</summary>
internal static class AddNote
{
    public sealed record Body(string Text);

    public sealed record Command(Guid OrderId, Guid Author, string Text) : ICommand<ListNotes.Item>, IValidated
    {
        public void Validate(Rules rules) => rules.Text(Text, "text", most: 2_000);
    }

    public static void Map(IEndpointRouteBuilder orders) => orders
        .MapPost("/{orderId:guid}/notes", async (Guid orderId, Body body, Caller caller, ISender sender, CancellationToken ct) =>
            TypedResults.Created($"/v1/orders/{orderId}/notes", await sender.Send(new Command(orderId, caller.Id, body.Text), ct)))
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body("Asked by telephone to be delivered to a neighbour."))
        .WithName("AddOrderNote")
        .WithSummary("Writes something down about an order, for operators only.")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, ListNotes.Item>
    {
        public async ValueTask<ListNotes.Item> Handle(Command command, CancellationToken ct)
        {
            if (await db.LoadAsync<Order>(command.OrderId, ct) is null) throw new NotFoundException($"order {command.OrderId}");
            // Of several at the same moment one too many may get in: the limit keeps a list from growing for ever, and a few more do no harm.
            if (await db.Query<OrderNote>().CountAsync(note => note.OrderId == command.OrderId, ct) >= OrderNote.Most)
                throw new RefusedException("order.notes-full", $"Order {command.OrderId} has {OrderNote.Most} notes, which is as many as an order may have: write it down elsewhere.");

            var at = clock.GetUtcNow();
            var note = new OrderNote { Id = Guid.CreateVersion7(at), OrderId = command.OrderId, Author = command.Author, Text = command.Text, At = at };
            db.Insert(note);

            return ListNotes.Item.Of(note);
        }
    }
}
