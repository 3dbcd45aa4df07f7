using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>A delivery has come: its lines can be sold.</summary>
internal static class ReceiveStock
{
    public sealed record Body(string Reference, IReadOnlyList<BodyLine?> Lines);

    public sealed record BodyLine(string Sku, int Quantity);

    public sealed record Receipt(Guid Id);

    public sealed record Command(string Reference, IReadOnlyList<BodyLine?> Lines) : ICommand<Receipt>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(Reference, "reference", most: 100);
            if (!rules.Require(Lines.Count is > 0 and <= 1_000, "lines", "must have 1 to 1,000 entries")) return;

            for (var i = 0; i < Lines.Count; i++)
            {
                rules.Sku(Lines[i]?.Sku, $"lines[{i}].sku");
                rules.Require(Lines[i]?.Quantity is >= 1 and <= 1_000_000, $"lines[{i}].quantity", "must be 1 to 1,000,000");
            }
        }
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapPost("/receipts", async (Body body, ISender sender, CancellationToken ct) =>
        {
            var receipt = await sender.Send(new Command(body.Reference, body.Lines), ct);
            return TypedResults.Created($"/v1/inventory/receipts/{receipt.Id}", receipt);
        })
        .ForOperators()
        .WithIdempotencyKey()
        .WithExample(new Body("delivery note 4711", [new BodyLine("EARL-GREY-250", 48)]))
        .WithName("ReceiveStock")
        .WithSummary("Books a delivery of up to 1,000 lines: it can be sold from now on.");

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, Receipt>
    {
        public ValueTask<Receipt> Handle(Command command, CancellationToken ct)
        {
            var receipt = new Receipt(Guid.CreateVersion7(clock.GetUtcNow()));

            db.Move(Movement.Received, command.Lines.Select(line => new Line(line!.Sku, line.Quantity)).ToList(), clock.GetUtcNow(),
                receiptId: receipt.Id, reference: command.Reference);

            return ValueTask.FromResult(receipt);
        }
    }
}
