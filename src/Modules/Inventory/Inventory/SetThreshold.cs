using Inventory.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>An operator says below how many one product is reported as low, or leaves that to the shop's setting again.</summary>
internal static class SetThreshold
{
    /// <param name="Threshold">0 reports never; null is the shop's setting.</param>
    public sealed record Body(int? Threshold);

    public sealed record Command(string Sku, int? Threshold, string IfMatch) : ICommand<ThresholdView>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(Sku, "sku", most: 64);
            rules.Require(Threshold is null or (>= 0 and <= 1_000_000), "threshold", "must be 0 (report never) to 1,000,000, or null for the shop's setting");
        }
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapPut("/stock/{sku}/threshold", async Task<Results<Ok<ThresholdView>, ProblemHttpResult>> (
            string sku, Body body, [FromHeader(Name = "If-Match")] string? ifMatch, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            if (string.IsNullOrEmpty(ifMatch)) return VersionTag.Required("threshold");

            var threshold = await sender.Send(new Command(sku, body.Threshold, ifMatch), ct);
            response.Headers.ETag = VersionTag.Of(threshold.Version);
            return TypedResults.Ok(threshold);
        })
        .ForOperators()
        .WithExample(new Body(10))
        .WithName("SetThreshold")
        .WithSummary("Sets below how many a product is reported as low; null: as the shop's setting says. If-Match with the threshold's ETag is required.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ProducesProblem(StatusCodes.Status412PreconditionFailed)
        .ProducesProblem(StatusCodes.Status428PreconditionRequired);

    public sealed class Handler(IDocumentSession db, Outbox outbox, LowStock low) : ICommandHandler<Command, ThresholdView>
    {
        public async ValueTask<ThresholdView> Handle(Command command, CancellationToken ct)
        {
            var before = (await db.LockStock([command.Sku], ct)).GetValueOrDefault(command.Sku) ?? throw new NotFoundException($"stock of {command.Sku}");
            if (!VersionTag.Fits(command.IfMatch, before.ThresholdVersion)) throw new ChangedMeanwhileException($"threshold of {command.Sku}");

            var after = before.WarnBelow(command.Threshold);
            db.QueueSqlCommand("update stock set threshold = ?::int, threshold_version = ? where sku = ?", after.Threshold!, after.ThresholdVersion, after.Sku);
            if (low.IsCrossed(before, after)) await outbox.Publish(new StockLow(after.Sku, (int)after.OnHand));

            return ThresholdView.Of(after, low);
        }
    }
}
