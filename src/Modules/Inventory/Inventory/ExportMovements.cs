using System.Buffers;
using System.Globalization;
using System.Text;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Inventory;

/// <summary>The book, or a part of it, as CSV. Sent page by page: neither a slow reader nor a long book holds memory, a connection or a transaction here.</summary>
internal static class ExportMovements
{
    internal const int PageSize = 1_000;

    public sealed record Query(MovementFilter Filter, Guid After) : IQuery<IReadOnlyList<MovementEntry>>, IValidated
    {
        public void Validate(Rules rules) => Filter.Validate(rules);
    }

    public static void Map(IEndpointRouteBuilder inventory) => inventory
        .MapGet("/movements/export", async (string? sku, string? kind, DateTimeOffset? from, DateTimeOffset? to, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var filter = new MovementFilter(sku, kind, from, to);
            var page = await sender.Send(new Query(filter, Guid.Empty), ct);
            response.ContentType = "text/csv; charset=utf-8";
            response.Headers.ContentDisposition = "attachment; filename=\"movements.csv\"";
            await response.WriteAsync("id,at,sku,kind,quantity,order,reference\r\n", ct);

            // Once begun it cannot be answered by a problem any more: what fails breaks the connection off, and the reader sees that the file is not whole.
            for (; page.Count > 0; page = page.Count < PageSize ? [] : await sender.Send(new Query(filter, page[^1].Id), ct))
            {
                await response.WriteAsync(Lines(page), ct);
                await response.Body.FlushAsync(ct);
            }
        })
        .ForOperators()
        .WithName("ExportMovements")
        .WithSummary("Movements as CSV, oldest first; of one product, of one kind, or from a time to before another, if wanted.")
        .Produces<string>(StatusCodes.Status200OK, "text/csv");

    public sealed class Handler(IQuerySession db) : IQueryHandler<Query, IReadOnlyList<MovementEntry>>
    {
        public async ValueTask<IReadOnlyList<MovementEntry>> Handle(Query query, CancellationToken ct) => await db.ReadMovements(query.Filter, query.After, PageSize, ct);
    }

    private static string Lines(IReadOnlyList<MovementEntry> page)
    {
        var lines = new StringBuilder();
        foreach (var entry in page)
            lines.Append(CultureInfo.InvariantCulture, $"{entry.Id},{entry.At:O},{entry.Sku},{entry.Kind},{entry.Quantity},{entry.OrderId},{Quoted(entry.Reference ?? "")}\r\n");
        return lines.ToString();
    }

    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    // The reference is a person's text; nothing else can hold what has to be quoted, or what a spreadsheet would run.
    private static string Quoted(string text) => text is ['=' or '+' or '-' or '@', ..] ? Quoted($"'{text}") : text.AsSpan().ContainsAny(Special) ? $"\"{text.Replace("\"", "\"\"")}\"" : text;
}
