using System.Text.Json;

namespace Host;

/// <summary>A shop's customers, products, stock and orders as files that other programs read, while it runs; each entry as it is when it is read.</summary>
internal sealed class Export(ShopApi shop, string folder)
{
    private sealed record Account(Guid Id, string Email, string Name, string Role, DateTimeOffset RegisteredAt);

    private sealed record Listed(Guid Id);

    public async Task RunAsync(CancellationToken ct)
    {
        var addresses = new Dictionary<Guid, string>();
        await Write(ExchangeFiles.Customers, "customers", Customers());
        await shop.Save("/v1/catalog/export", Path.Combine(folder, ExchangeFiles.Products), ct);
        Console.WriteLine($"{"products",-20}{ExchangeFiles.Products}");
        await Write(ExchangeFiles.Stock, "stock", shop.All<StockRow>("/v1/inventory/stock", ct));
        await Write(ExchangeFiles.Orders, "orders", Orders());

        async IAsyncEnumerable<CustomerRow> Customers()
        {
            await foreach (var account in shop.All<Account>("/v1/users", ct))
            {
                addresses[account.Id] = account.Email;
                if (account.Role == "customer") yield return new CustomerRow(account.Id, account.Email, account.Name, account.RegisteredAt);
            }
        }

        async IAsyncEnumerable<OrderRow> Orders()
        {
            await foreach (var listed in shop.All<Listed>("/v1/orders", ct))
            {
                var order = await shop.Get<OrderRow>($"/v1/orders/{listed.Id}", ct);
                yield return order with { Customer = addresses.GetValueOrDefault(order.CustomerId) };
            }
        }

        async Task Write<T>(string file, string what, IAsyncEnumerable<T> rows)
        {
            await using var lines = File.CreateText(Path.Combine(folder, file));
            var count = 0;
            await foreach (var row in rows)
            {
                await lines.WriteLineAsync(JsonSerializer.Serialize(row, JsonSerializerOptions.Web));
                count++;
            }

            Console.WriteLine($"{what,-10}{count,8}  {file}");
        }
    }
}
