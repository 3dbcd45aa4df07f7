using System.Text.Json.Nodes;
using Shared.Testing;

namespace Replay;

/// <summary>
/// What the replay came to, in the file's own words: no ids, no times, and nothing that a race decides. Lines of JSON in one order, so that the same file
/// through any topology gives the same bytes.
/// </summary>
internal static class BusinessResult
{
    /// <param name="customers">The file's customer → the account.</param>
    /// <param name="orders">Order id → the sale it was made of.</param>
    public static async Task<string> Of(Oracle oracle, IReadOnlyDictionary<string, Guid> customers, IReadOnlyDictionary<Guid, Sale> orders, CancellationToken ct)
    {
        await using var copy = await oracle.CopyAsync(ct);
        var accounts = (await copy.Ask("select id from accounts", row => row.GetGuid(0), ct)).ToHashSet();
        var stock = (await copy.Ask("select sku, received, corrected, on_hand, reserved, shipped from stock", row => new JsonObject
        {
            ["product"] = row.GetString(0), ["received"] = row.GetInt64(1), ["corrected"] = row.GetInt64(2), ["onHand"] = row.GetInt64(3), ["reserved"] = row.GetInt64(4), ["shipped"] = row.GetInt64(5),
        }, ct)).ToDictionary(product => (string)product["product"]!);

        var lines = await Details("select order_id, sku, quantity, price, amount from order_lines", row => new JsonObject
        {
            ["sku"] = row.GetString(1), ["quantity"] = row.GetInt64(2), ["price"] = Number(row.GetDecimal(3)), ["amount"] = Money(row.GetDecimal(4)),
        });
        var shipped = await Details("select order_id, sku, sum(quantity)::bigint from movements where kind = 'shipped' group by 1, 2", row => new JsonObject { ["sku"] = row.GetString(1), ["quantity"] = row.GetInt64(2) });
        var delivered = await Details("select order_id, sku, sum(quantity)::bigint from shipment_lines join shipments using (order_id) where state = 'delivered' group by 1, 2", row => new JsonObject { ["sku"] = row.GetString(1), ["quantity"] = row.GetInt64(2) });

        // A cancelled order may have been paid and paid back, or never paid: the balance is decided, the way to it is not. The same holds for its history.
        var balances = await Details("select order_id, case account when 'provider' then 'provider' else 'revenue' end, sum(credit - debit) from ledger group by 1, 2 having sum(credit - debit) <> 0", row => new JsonObject { ["account"] = row.GetString(1), ["balance"] = Money(row.GetDecimal(2)) });
        var facts = await Details("select order_id, type from facts join orders using (order_id) where status = 'completed'", row => JsonValue.Create(row.GetString(1)));

        var placed = (await copy.Ask("""
            select order_id, customer_id, status, orders.total, coalesce(payments.captured - payments.refunded, 0), coalesce(provider.captured - provider.refunded, 0)
            from orders left join payments using (order_id) left join provider using (order_id)
            """, row => (Id: row.GetGuid(0), Customer: row.GetGuid(1), Status: row.GetString(2), Total: row.GetDecimal(3), Paid: row.GetDecimal(4), Provider: row.GetDecimal(5)), ct))
            .Where(order => orders.ContainsKey(order.Id)).ToList();

        var numbers = customers.ToDictionary(customer => customer.Value, customer => customer.Key);
        return string.Concat(Records().Select(record => record.ToJsonString() + "\n"));

        IEnumerable<JsonObject> Records()
        {
            yield return new JsonObject
            {
                ["orders"] = placed.Count, ["completed"] = placed.Count(order => order.Status == "completed"), ["cancelled"] = placed.Count(order => order.Status == "cancelled"),
                ["total"] = Money(placed.Sum(order => order.Total)), ["paid"] = Money(placed.Sum(order => order.Paid)),
            };
            foreach (var customer in Sorted(customers.Keys)) yield return new JsonObject { ["customer"] = customer, ["hasAccount"] = accounts.Contains(customers[customer]) };
            foreach (var product in Sorted(stock.Keys)) yield return stock[product];
            foreach (var order in placed.OrderBy(order => orders[order.Id].Invoice, StringComparer.Ordinal))
                yield return new JsonObject
                {
                    ["order"] = orders[order.Id].Invoice, ["customer"] = numbers.GetValueOrDefault(order.Customer), ["state"] = order.Status,
                    ["total"] = Money(order.Total), ["paid"] = Money(order.Paid), ["atProvider"] = Money(order.Provider),
                    ["lines"] = lines(order.Id), ["ledger"] = balances(order.Id), ["shipped"] = shipped(order.Id), ["delivered"] = delivered(order.Id), ["history"] = facts(order.Id),
                };
        }

        // Equal records are the same bytes, so that their order is decided by those alone.
        async Task<Func<Guid, JsonArray>> Details(string sql, Func<Npgsql.NpgsqlDataReader, JsonNode> row)
        {
            var found = (await copy.Ask(sql, each => (Id: each.GetGuid(0), Json: row(each)), ct)).ToLookup(each => each.Id, each => each.Json);
            return id => [.. found[id].OrderBy(json => json.ToJsonString(), StringComparer.Ordinal)];
        }
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);

    private static JsonValue Money(decimal amount) => decimal.Round(amount, 2) == amount ? JsonValue.Create(decimal.Round(amount, 2) + 0.00m) : Number(amount);

    // 2.50 and 2.5 are one price.
    private static JsonValue Number(decimal number) => JsonValue.Create(number / 1.0000000000000000000000000000m);
}
