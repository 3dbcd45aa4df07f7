using System.Globalization;
using System.Text;
using Catalog.Contracts;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Catalog;

/// <summary>A price list in CSV: new products are published, changed prices change, all of it or nothing; each refused row is reported.</summary>
internal static class ImportProducts
{
    public sealed record Refused(int Row, string Sku, string Reason);

    /// <param name="Read">The sum of the others.</param>
    public sealed record Report(int Read, int Published, int Repriced, int Unchanged, IReadOnlyList<Refused> Refused);

    public sealed record Command(string Csv) : ICommand<Report>;

    public static void Map(IEndpointRouteBuilder catalog) => catalog
        .MapPost("/imports", async (HttpRequest request, ISender sender, CancellationToken ct) =>
        {
            // Bytes that are no UTF-8 become U+FFFD, which refuses their row.
            using var reader = new StreamReader(request.Body, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
            return TypedResults.Ok(await sender.Send(new Command(await reader.ReadToEndAsync(ct)), ct));
        })
        .WithName("ImportProducts")
        .WithSummary("Publishes and reprices products from CSV: sku,name,price,currency and, if wanted, weight; at most 10,000 rows and 10 MB.")
        .Accepts<string>("text/csv")
        .ProducesProblem(StatusCodes.Status400BadRequest)
        .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
        .WithMetadata(new RequestSizeLimitAttribute(10 * 1024 * 1024))
        .ForOperators()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, Report>
    {
        public async ValueTask<Report> Handle(Command command, CancellationToken ct)
        {
            var rows = CsvRows.Of(command.Csv);
            var known = (await db.LoadManyAsync<Product>(ct, rows.Select(row => row.Sku).Where(Product.IsSku).Distinct())).ToDictionary(product => product.Sku);
            var seen = new Dictionary<string, int>();
            var refused = new List<Refused>();
            var published = new List<Product>();
            var repriced = new List<Product>();

            foreach (var row in rows)
            {
                var product = known.GetValueOrDefault(row.Sku);
                if (Refusal(row, product, seen) is { } reason) refused.Add(new Refused(row.Number, row.Sku.Length <= 60 ? row.Sku : row.Sku[..60], reason));
                else if (product is null) published.Add(new Product { Sku = row.Sku, Name = row.Name, Price = PriceOf(row)!.Value, Currency = row.Currency, Weight = WeightOf(row)!.Value });
                else if (product.ChangePrice(PriceOf(row)!.Value, row.Currency)) repriced.Add(product);
            }

            db.Insert<Product>(published);
            foreach (var product in repriced) db.UpdateRevision(product, product.Version);
            db.EnterPrices(clock.GetUtcNow(), [.. published, .. repriced]);
            foreach (var product in published) await outbox.Publish(product.AsPublished());
            foreach (var product in repriced) await outbox.Publish(new PriceChanged(product.Sku, product.Price, product.Currency, product.Version));

            return new Report(rows.Count, published.Count, repriced.Count, rows.Count - published.Count - repriced.Count - refused.Count, refused);
        }
    }

    /// <returns>The rules that the row breaks and what was read; null if it is accepted.</returns>
    internal static string? Refusal(CsvRow row, Product? product, Dictionary<string, int> seen)
    {
        var broken = Product.Broken(row.Sku, row.Name, PriceOf(row) ?? 0, row.Currency, WeightOf(row)).Select(rule => $"{rule.Field} {rule.Rule}: {CsvRows.Shortened(Read(row, rule.Field))} was read").ToList();
        if (broken.Count > 0) return string.Join("; ", broken);

        if (!seen.TryAdd(row.Sku, row.Number)) return $"sku must be in the file once: \"{row.Sku}\" was read in row {seen[row.Sku]} already";
        if (product is { State: ProductState.Draft }) return $"sku must not be a draft's: \"{row.Sku}\" was read; publish it first";
        if (product is { State: ProductState.Withdrawn }) return $"sku must not be a withdrawn product's: \"{row.Sku}\" was read; publish it again first";
        return null;
    }

    private static decimal? PriceOf(CsvRow row) => decimal.TryParse(row.Price, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var price) ? price : null;

    private static int? WeightOf(CsvRow row) => row.Weight == "" ? 0 : int.TryParse(row.Weight, NumberStyles.None, CultureInfo.InvariantCulture, out var weight) ? weight : null;

    private static string Read(CsvRow row, string field) => field switch { "sku" => row.Sku, "name" => row.Name, "price" => row.Price, "weight" => row.Weight, _ => row.Currency };
}
