using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>Counted quantities in CSV: each row is compared with the book and becomes a correction, in batches after the answer.</summary>
internal static class TakeStock
{
    /// <param name="Refused">Rows that are refused already, whatever the stock is.</param>
    public sealed record Started(Guid Id, int Rows, int Refused);

    public sealed record Command(IReadOnlyList<CountedRow> Rows) : ICommand<Started>;

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapPost("/stocktakes", async (HttpRequest request, ISender sender, CancellationToken ct) =>
        {
            var started = await sender.Send(new Command(await StocktakeFile.Read(request.Body, ct)), ct);
            return TypedResults.Accepted($"/v1/inventory/stocktakes/{started.Id}", started);
        })
        .WithName("TakeStock")
        .WithSummary("Corrects stock to what was counted, from CSV: sku,counted and, if wanted, note; at most 20,000 rows and 5 MB. What is set aside is counted too.")
        .Accepts<string>("text/csv")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .WithMetadata(new RequestSizeLimitAttribute(5 * 1024 * 1024))
        .ForOperators()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, Started>
    {
        public async ValueTask<Started> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var id = Guid.CreateVersion7(now);

            db.StartStocktake(id, command.Rows, now);
            await outbox.Later(new StocktakeBatch(id, AfterRow: 0));

            return new Started(id, command.Rows.Count, command.Rows.Count(row => row.Reason is not null));
        }
    }
}
