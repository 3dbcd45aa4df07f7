using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Replay;

/// <summary>What orders need: their customers, the products at the first price the file has, and exactly the stock that all the clean sales take.</summary>
internal sealed class Preparation(ShopClient shop, Plan plan, int connections)
{
    private const int ProductsAtOnce = 5_000, StockLinesAtOnce = 1_000;

    private readonly ConcurrentDictionary<string, Guid> _customers = new();
    private readonly List<string> _refused = [];

    /// <summary>The file's customer → the account.</summary>
    public IReadOnlyDictionary<string, Guid> Customers => _customers;

    /// <summary>Product rows that the catalogue did not take, with its reasons.</summary>
    public IReadOnlyList<string> RefusedProducts => _refused;

    public async Task Run(CancellationToken ct)
    {
        var customers = plan.Orders.Select(order => order.Customer).Distinct().ToList();
        var products = plan.Sales.Products;
        Tally registered = new("customers registered", customers.Count), imported = new("products imported", products.Count), received = new("products received", products.Count);

        await Show.While(Register(customers, registered, ct), registered);
        await Show.While(Import(products, imported, ct), imported);
        await Show.While(Receive(products, received, ct), received);
    }

    private async Task Register(List<string> customers, Tally tally, CancellationToken ct)
    {
        tally.Begin();
        await Parallel.ForEachAsync(customers, new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = ct }, async (customer, cancel) =>
        {
            var answer = await shop.Post("/v1/users/accounts", $"replay-customer-{customer}", new { email = $"customer-{customer}@replay.example", name = $"Customer {customer}" }, cancel);
            _customers[customer] = IdOf(answer, $"customer {customer}");
            tally.One();
        });
    }

    private async Task Import(IReadOnlyList<SoldProduct> products, Tally tally, CancellationToken ct)
    {
        tally.Begin();
        foreach (var chunk in products.Chunk(ProductsAtOnce))
        {
            var csv = string.Join('\n', chunk.Select(product => Csv.Write(product.Code, product.Description, $"{product.Price}", "GBP")).Prepend("sku,name,price,currency"));
            var answer = await shop.PostCsv("/v1/catalog/imports", $"replay-products-{Digest(csv)}", csv, ct);
            if (!answer.Succeeded) throw new ShopException($"The catalogue refuses the import: {answer.Problem}");

            _refused.AddRange(answer.Body.GetProperty("refused").EnumerateArray().Select(row => $"product {row.GetProperty("sku")}: {row.GetProperty("reason")}"));
            tally.One(chunk.Length);
        }
    }

    // Always for the whole file: a longer replay finds what a shorter one received, under the same keys.
    private async Task Receive(IReadOnlyList<SoldProduct> products, Tally tally, CancellationToken ct)
    {
        tally.Begin();
        foreach (var chunk in products.Chunk(StockLinesAtOnce))
        {
            var lines = chunk.Select(product => new { sku = product.Code, quantity = product.Units }).ToList();
            var digest = Digest(string.Join('\n', lines));
            IdOf(await shop.Post("/v1/inventory/receipts", $"replay-receipt-{digest}", new { reference = $"{Reconciliation.ReceiptPrefix}{digest}", lines }, ct), "the receipt");
            tally.One(chunk.Length);
        }
    }

    private static Guid IdOf(Answer answer, string what) =>
        answer.Succeeded && Guid.TryParse(answer.Text("id"), out var id) ? id : throw new ShopException($"The shop refuses {what}: {answer.Problem}");

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 8));
}
