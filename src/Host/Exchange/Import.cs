using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Host;

/// <summary>
/// The files of an export, or of another shop's program, put into a shop: accounts without a password, products, stock as it was counted, and orders that are still open,
/// placed anew at their prices. What is there already stays as it is, and the folder remembers which orders were placed in which shop: an import that was interrupted is run
/// again and does what is left.
/// </summary>
/// <param name="payment">The means by which open orders are paid here.</param>
/// <param name="recount">The stock of products that have some here is corrected to that of the file.</param>
internal sealed class Import(ShopApi shop, string folder, string? payment, bool recount)
{
    private const int LinesAtOnce = 1_000, RowsAtOnce = 10_000, LargestLine = 1_000_000;
    private static readonly TimeSpan s_silence = TimeSpan.FromSeconds(2);

    private sealed record Account(Guid Id, string Email);

    private sealed record Progress(DateTimeOffset? FinishedAt, int Added, int Changed, int Unchanged, int Refused);

    private sealed record RefusedProduct(int Row, string Sku, string Reason);

    private sealed record Count(DateTimeOffset? DoneAt, long Corrected, long Unchanged);

    private sealed record RefusedCount(string Sku, string Reason);

    private int _refused;
    private long _said = Stopwatch.GetTimestamp();

    /// <summary>Whether the shop took all of it.</summary>
    public async Task<bool> RunAsync(CancellationToken ct)
    {
        string[] known = [ExchangeFiles.Customers, ExchangeFiles.Products, ExchangeFiles.Stock, ExchangeFiles.Orders];
        if (!known.Any(IsThere)) throw new ExchangeException($"{folder} has none of the files {string.Join(", ", known)}.");

        // Before anything is sent: an order that was placed cannot be taken back by correcting the command.
        if (payment is null && IsThere(ExchangeFiles.Orders) && await Rows<OrderRow>(ExchangeFiles.Orders, ct).AnyAsync(row => row.Row.IsOpen, ct))
            throw new ExchangeException($"{ExchangeFiles.Orders} has open orders, and what was paid for them elsewhere is not known here: say by --payment TOKEN how they are paid, or take the file out of the folder.");

        if (IsThere(ExchangeFiles.Customers)) await Customers(ct);
        if (IsThere(ExchangeFiles.Products)) await Products(ct);
        if (IsThere(ExchangeFiles.Stock)) await Stock(ct);
        if (IsThere(ExchangeFiles.Orders)) await Orders(ct);
        return _refused == 0;
    }

    private async Task Customers(CancellationToken ct)
    {
        var (opened, there) = (0, 0);
        await foreach (var (line, customer) in Rows<CustomerRow>(ExchangeFiles.Customers, ct))
        {
            var (done, code, refusal) = await shop.Put(HttpMethod.Post, "/v1/users/accounts", $"{Guid.CreateVersion7()}", () => JsonContent.Create(new { customer.Email, customer.Name }), ct);
            if (done is not null) opened++;
            else if (code == "user.email-taken") there++;
            else Refuse(ExchangeFiles.Customers, line, refusal);
            Tell("customers", line);
        }

        Say("customers", $"{opened} opened, {there} were there already");
    }

    private async Task Products(CancellationToken ct)
    {
        // Under an id of its own each time: what the catalogue says already stays as it is.
        var (id, file) = (Guid.CreateVersion7(), Path.Combine(folder, ExchangeFiles.Products));
        var (_, _, refusal) = await shop.Put(HttpMethod.Put, $"/v1/catalog/imports/{id}", key: null, () => Csv(new StreamContent(File.OpenRead(file))), ct);
        if (refusal is not null)
        {
            Refuse(ExchangeFiles.Products, 1, refusal);
            return;
        }

        var import = await Until(() => shop.Get<Progress>($"/v1/catalog/imports/{id}", ct), import => import.FinishedAt is not null, import => Tell("products", import.Added + import.Changed + import.Unchanged + import.Refused), ct);
        await foreach (var row in shop.All<RefusedProduct>($"/v1/catalog/imports/{id}/refusals", ct)) Refuse(ExchangeFiles.Products, row.Row, $"{row.Sku}: {row.Reason}");
        Say("products", $"{import.Added} added, {import.Changed} changed, {import.Unchanged} as they are");
    }

    /// <summary>What the shop does not know of has come by a delivery. What it knows of may have been sold since: it is counted only by whoever says so.</summary>
    private async Task Stock(CancellationToken ct)
    {
        var known = await shop.All<StockRow>("/v1/inventory/stock", ct).Select(row => row.Sku).ToHashSetAsync(cancellationToken: ct);
        var rows = await Rows<StockRow>(ExchangeFiles.Stock, ct).ToListAsync(ct);
        var (there, come) = (rows.Where(row => known.Contains(row.Row.Sku)).ToList(), rows.Where(row => !known.Contains(row.Row.Sku) && row.Row.OnHand + row.Row.Reserved > 0).ToList());

        var portions = come.SelectMany(row => Portions(row.Row.OnHand + row.Row.Reserved).Select(quantity => (row.Line, Came: new { row.Row.Sku, Quantity = quantity })));
        foreach (var lines in portions.Chunk(LinesAtOnce))
        {
            var key = ShopApi.Key("receipt", string.Join(';', lines.Select(line => $"{line.Came.Sku} {line.Came.Quantity}")));
            var (_, _, refusal) = await shop.Put(HttpMethod.Post, "/v1/inventory/receipts", key, () => JsonContent.Create(new { Reference = "import", Lines = lines.Select(line => line.Came) }), ct);
            if (refusal is not null) Refuse(ExchangeFiles.Stock, lines[0].Line, $"the delivery of lines {lines[0].Line} to {lines[^1].Line}: {refusal}");
            Tell("stock", lines[^1].Line);
        }

        var corrected = recount ? await Recount(there, ct) : 0;
        Say("stock", $"{come.Count} products received; {there.Count} have stock here already: {(recount ? $"{corrected} corrected" : "left as it is (--recount corrects it to the file)")}");
    }

    private async Task<long> Recount(List<(int Line, StockRow Row)> rows, CancellationToken ct)
    {
        var corrected = 0L;
        foreach (var counted in rows.Chunk(RowsAtOnce))
        {
            var csv = "sku,counted,note\n" + string.Concat(counted.Select(row => $"{row.Row.Sku},{row.Row.OnHand + row.Row.Reserved},import\n"));
            var (taken, _, refusal) = await shop.Put(HttpMethod.Post, "/v1/inventory/stocktakes", $"{Guid.CreateVersion7()}", () => Csv(new StringContent(csv)), ct);
            if (taken is not { } started)
            {
                Refuse(ExchangeFiles.Stock, counted[0].Line, $"the count of lines {counted[0].Line} to {counted[^1].Line}: {refusal}");
                continue;
            }

            var id = started.GetProperty("id").GetGuid();
            var count = await Until(() => shop.Get<Count>($"/v1/inventory/stocktakes/{id}", ct), count => count.DoneAt is not null, count => Tell("stock", corrected + count.Corrected + count.Unchanged), ct);
            corrected += count.Corrected;
            var lines = counted.ToLookup(row => row.Row.Sku, row => row.Line);
            await foreach (var row in shop.All<RefusedCount>($"/v1/inventory/stocktakes/{id}/rows?outcome=refused", ct)) Refuse(ExchangeFiles.Stock, lines[row.Sku].FirstOrDefault(), $"{row.Sku}: {row.Reason}");
        }

        return corrected;
    }

    private async Task Orders(CancellationToken ct)
    {
        var accounts = await shop.All<Account>("/v1/users", ct).ToDictionaryAsync(account => account.Email, account => account.Id, StringComparer.OrdinalIgnoreCase, ct);
        var remembered = Path.Combine(folder, ExchangeFiles.Placed);
        var earlier = IsThere(ExchangeFiles.Placed) ? (await File.ReadAllLinesAsync(remembered, ct)).ToHashSet() : [];
        var (placed, there, over) = (0, 0, 0);
        await foreach (var (line, order) in Rows<OrderRow>(ExchangeFiles.Orders, ct))
        {
            Tell("orders", line);
            if (order.Id == Guid.Empty || !order.IsKnown)
            {
                Refuse(ExchangeFiles.Orders, line, $"id and status must be given, and the status be one of {string.Join(", ", OrderRow.Statuses)}");
                continue;
            }

            if (!order.IsOpen)
            {
                over++;
                continue;
            }

            var entry = $"{shop.Address} {order.Id}";
            if (earlier.Contains(entry))
            {
                placed++;
                continue;
            }

            if (await shop.IsThere($"/v1/orders/{order.Id}", ct))
            {
                there++;
                continue;
            }

            if (order.Customer is null || !accounts.TryGetValue(order.Customer, out var customer))
            {
                Refuse(ExchangeFiles.Orders, line, $"order {order.Id} is of a customer who has no account here: import {ExchangeFiles.Customers} first");
                continue;
            }

            var body = new
            {
                Lines = order.Lines?.Select(wanted => wanted is null ? null : new { wanted.Sku, wanted.Quantity, wanted.UnitPrice }),
                PaymentToken = payment, CustomerId = customer, order.Currency, order.Country, order.Shipping, order.To,
            };
            var (_, _, refusal) = await shop.Put(HttpMethod.Post, "/v1/orders", ShopApi.Key("order", order.Id), () => JsonContent.Create(body), ct);
            if (refusal is not null)
            {
                Refuse(ExchangeFiles.Orders, line, refusal);
                continue;
            }

            placed++;
            await File.AppendAllTextAsync(remembered, entry + "\n", ct);
        }

        Say("orders", $"{placed} placed, here and by earlier runs, {there} are this shop's own; {over} that are sent, cancelled or completed stay in the file");
    }

    private bool IsThere(string file) => File.Exists(Path.Combine(folder, file));

    private async IAsyncEnumerable<(int Line, T Row)> Rows<T>(string file, [EnumeratorCancellation] CancellationToken ct)
    {
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(Path.Combine(folder, file), ct))
        {
            number++;
            if (line.Length > 0) yield return (number, Read(line));
        }

        T Read(string line)
        {
            try
            {
                return JsonSerializer.Deserialize<T>(line, JsonSerializerOptions.Web) ?? throw new JsonException("It must be an object, and is null.");
            }
            catch (JsonException fault)
            {
                throw new ExchangeException($"{file}, line {number}: {fault.Message} Correct the line, and run this again: what was done is not done twice.");
            }
        }
    }

    private void Refuse(string file, int line, string? reason)
    {
        _refused++;
        Console.Error.WriteLine($"refused: {file}, line {line}: {reason}");
    }

    private void Say(string what, string came) => Console.WriteLine($"{what,-10} {came}; {_refused} refused so far");

    private void Tell(string what, long done)
    {
        if (Stopwatch.GetElapsedTime(_said) < s_silence) return;

        _said = Stopwatch.GetTimestamp();
        Console.Error.WriteLine($"{what,-10} {done} lines so far …");
    }

    private static IEnumerable<long> Portions(long quantity)
    {
        for (; quantity > 0; quantity -= LargestLine) yield return Math.Min(quantity, LargestLine);
    }

    private static HttpContent Csv(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return content;
    }

    private static async Task<T> Until<T>(Func<Task<T>> read, Func<T, bool> isDone, Action<T> notYet, CancellationToken ct)
    {
        for (; ; await Task.Delay(TimeSpan.FromMilliseconds(300), ct))
        {
            var seen = await read();
            if (isDone(seen)) return seen;
            notYet(seen);
        }
    }
}
