using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Orders.Contracts;
using Shared.Testing;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

/// <summary>Everything that changes stock, by 64 clients at once on the same ten products: what they were told is what the shop has.</summary>
public sealed class SixtyFourClientsTests(TheInventory inventory)
{
    private const int Clients = 64, Steps = 5, AtFirst = 25;

    private readonly string[] _skus = [.. Enumerable.Range(0, 10).Select(_ => ASku())];
    private readonly ConcurrentDictionary<string, long> _received = [], _corrected = [];
    private readonly ConcurrentBag<OrderPlaced> _orders = [];
    private readonly ConcurrentBag<string> _stocktakes = [];

    [Fact]
    public async Task nothing_is_ever_below_zero_and_every_piece_is_accounted_for()
    {
        await inventory.Receive(_skus.Select(sku => (sku, AtFirst)).ToArray());

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Work(new Random(client))));
        foreach (var stocktake in _stocktakes) await Account(stocktake);

        var (reserved, shipped) = (await Held("reserved"), await Held("shipped"));
        foreach (var stock in await Stock())
        {
            var sku = (string)stock["sku"]!;
            Assert.Equal((AtFirst + _received.GetValueOrDefault(sku), _corrected.GetValueOrDefault(sku)), ((long)stock["received"]!, (long)stock["corrected"]!));
            Assert.Equal((reserved[sku].Sum(), shipped[sku].Sum()), ((long)stock["reserved"]!, (long)stock["shipped"]!));
            Assert.Equal((long)stock["received"]! + (long)stock["corrected"]!, (long)stock["onHand"]! + (long)stock["reserved"]! + (long)stock["shipped"]!);
            Assert.All(new[] { "onHand", "reserved", "shipped" }, figure => Assert.True((long)stock[figure]! >= 0, $"{figure} of {sku} is {stock[figure]}"));
            await inventory.CountersOf(sku);
        }

        // By waiting for each other's rows, not by failing at the table's checks or in deadlocks and being repeated.
        Assert.Equal(0, await inventory.Module.Query<int>(
            "select coalesce(max(attempts), 0) from wolverine_incoming_envelopes where received_at in ('module://inventory/when-order-placed', 'module://inventory/when-stocktake-goes-on')"));
    }

    private async Task Work(Random random)
    {
        for (var step = 0; step < Steps; step++)
        {
            var sku = random.GetItems(_skus, 1)[0];
            await (random.Next(6) switch
            {
                0 => Receive(random),
                1 => Correct(sku, random.Next(1, 9)),
                2 => Count(sku, random.Next(0, 40)),
                _ => Order(random),
            });
        }
    }

    private async Task Receive(Random random)
    {
        var lines = random.GetItems(_skus, 3).Select(sku => (sku, random.Next(1, 4))).ToArray();
        await inventory.Receive(lines);
        foreach (var (sku, quantity) in lines) _received.AddOrUpdate(sku, quantity, (_, sum) => sum + quantity);
    }

    private async Task Correct(string sku, int missing)
    {
        var answer = await inventory.Post("corrections", new { sku, quantity = -missing, reason = "broken" });
        if (answer.StatusCode == HttpStatusCode.Created) _corrected.AddOrUpdate(sku, -missing, (_, sum) => sum - missing);
        else Assert.Equal("stock.below-zero", (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
    }

    private async Task Count(string sku, int counted)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/inventory/stocktakes") { Content = new StringContent($"sku,counted\n{sku},{counted}\n", Encoding.UTF8, "text/csv") };
        request.Headers.Add("Idempotency-Key", $"{Guid.NewGuid()}");
        var answer = await inventory.Module.AsOperator().SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        _stocktakes.Add($"stocktakes/{(await answer.Content.ReadFromJsonAsync<JsonNode>())!["id"]}");
    }

    private async Task Order(Random random)
    {
        var order = AnOrder(random.GetItems(_skus, 4).Select(sku => (sku, random.Next(1, 4))).ToArray());
        _orders.Add(order);
        await inventory.Module.Deliver(order);
        if (await inventory.StateOf(order) != "reserved") return;

        if (random.Next(3) == 0) await inventory.Module.Deliver(TheCancellationOf(order));
        else if (random.Next(2) == 0) await inventory.Module.Deliver(TheDispatchOf(order));
    }

    private async Task Account(string stocktake)
    {
        await Eventually.True(async () => (await inventory.Get(stocktake))["doneAt"] is not null, "the stock-taking is done");
        foreach (var row in (await inventory.Get($"{stocktake}/rows"))["items"]!.AsArray())
            _corrected.AddOrUpdate((string)row!["sku"]!, (long)row["difference"]!, (_, sum) => sum + (long)row["difference"]!);
    }

    private async Task<ILookup<string, long>> Held(string state)
    {
        var held = new List<OrderLine>();
        foreach (var order in _orders) if (await inventory.StateOf(order) == state) held.AddRange(order.Lines);
        return held.ToLookup(line => line.Sku, line => (long)line.Quantity);
    }

    private async Task<IReadOnlyList<JsonNode>> Stock()
    {
        var found = new List<JsonNode>();
        foreach (var sku in _skus) found.AddRange((await inventory.Get($"stock?after={sku[..^1]}&limit=200"))["items"]!.AsArray().OfType<JsonNode>().Where(item => (string)item["sku"]! == sku));
        return found.Count == _skus.Length ? found : throw new InvalidOperationException($"{found.Count} of {_skus.Length} products are listed.");
    }
}
