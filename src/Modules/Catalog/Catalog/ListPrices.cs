using System.Security.Claims;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Shared.Kernel;

namespace Catalog;

/// <summary>What a product has cost, newest first.</summary>
internal static class ListPrices
{
    public sealed record Entry(decimal Price, string Currency, DateTimeOffset Since, long Version);

    public sealed record Query(string Sku, bool ByOperator, long Before, int Limit) : IQuery<Page<Entry>>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Limit is >= 1 and <= Page<Entry>.Most, "limit", $"must be from 1 to {Page<Entry>.Most}");
    }

    public static void Map(IEndpointRouteBuilder products) => products
        .MapGet("/{sku}/prices", async (string sku, long? after, int? limit, ClaimsPrincipal caller, ISender sender, CancellationToken ct) =>
            TypedResults.Ok(await sender.Send(new Query(sku, caller.IsInRole(Policies.Operator), after ?? long.MaxValue, limit ?? Page<Entry>.Usual), ct)))
        .WithName("ListPrices")
        .WithSummary("What a product has cost, newest first.")
        .ProducesProblem(StatusCodes.Status404NotFound)
        .ForAnyone();

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, Page<Entry>>
    {
        public async ValueTask<Page<Entry>> Handle(Query query, CancellationToken ct)
        {
            await db.Product(query.Sku, query.ByOperator, ct);

            var command = new NpgsqlCommand("select price, currency, since, version from prices where sku = $1 and version < $2 order by version desc limit $3")
            {
                Parameters = { new() { Value = query.Sku }, new() { Value = query.Before }, new() { Value = query.Limit + 1 } },
            };
            await using var reader = await db.ExecuteReaderAsync(command, ct);
            var found = new List<Entry>();
            while (await reader.ReadAsync(ct)) found.Add(new Entry(reader.GetDecimal(0), reader.GetString(1), reader.GetFieldValue<DateTimeOffset>(2), reader.GetInt64(3)));

            return Page<Entry>.From(found, query.Limit, entry => entry.Version.ToString());
        }
    }
}
