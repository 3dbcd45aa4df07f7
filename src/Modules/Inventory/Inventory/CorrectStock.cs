using Inventory.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>A count in the house found more or fewer than the book says.</summary>
internal static class CorrectStock
{
    public sealed record Body(string Sku, int Quantity, string Reason);

    public sealed record Correction(Guid Id, string Sku, long OnHand);

    public sealed record Command(string Sku, int Quantity, string Reason) : ICommand<Correction>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Sku(Sku, "sku");
            rules.Require(Quantity is not 0 and >= -1_000_000 and <= 1_000_000, "quantity", "must be -1,000,000 to 1,000,000 and not 0");
            rules.Text(Reason, "reason", most: 200);
        }
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapPost("/corrections", async (Body body, ISender sender, CancellationToken ct) =>
        {
            var correction = await sender.Send(new Command(body.Sku, body.Quantity, body.Reason), ct);
            return TypedResults.Created($"/v1/inventory/stock/{Uri.EscapeDataString(correction.Sku)}/movements", correction);
        })
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body("EARL-GREY-250", -1, "a tin fell from the shelf"))
        .WithName("CorrectStock")
        .WithSummary("Adds to, or takes from, what can be sold of a product, after a count.");

    public sealed class Handler(IDocumentSession db, Outbox outbox, LowStock low, TimeProvider clock) : ICommandHandler<Command, Correction>
    {
        public async ValueTask<Correction> Handle(Command command, CancellationToken ct)
        {
            var before = (await db.LockStock([command.Sku], ct)).GetValueOrDefault(command.Sku) ?? throw new NotFoundException($"stock of {command.Sku}");

            var after = before.Correct(command.Quantity);
            var entries = db.Move(Movement.Corrected, [new Line(after.Sku, command.Quantity)], clock.GetUtcNow(), reference: command.Reason);
            if (low.IsCrossed(before, after)) await outbox.Publish(new StockLow(after.Sku, (int)after.OnHand));

            return new Correction(entries[0], after.Sku, after.OnHand);
        }
    }
}
