using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>How many of a product can be bought now. What is set aside and shipped is the operator's business.</summary>
internal static class GetStock
{
    public sealed record Availability(string Sku, long Available);

    public sealed record Query(string Sku) : IQuery<Availability>, IValidated
    {
        public void Validate(Rules rules) => rules.Text(Sku, "sku", most: 64);
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/stock/{sku}", async (string sku, ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Query(sku), ct)))
        .ForAnyone()
        .WithName("GetStock")
        .WithSummary("How many of a product can be bought now.");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Availability>
    {
        public async ValueTask<Availability> Handle(Query query, CancellationToken ct) =>
            (await db.Read("select on_hand from stock where sku = $1", [query.Sku], row => new Availability(query.Sku, row.GetInt64(0)), ct)).SingleOrDefault()
            ?? throw new NotFoundException($"stock of {query.Sku}");
    }
}
