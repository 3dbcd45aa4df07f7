using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Inventory.Contracts;
using Shared.Testing;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class TakeStockTests(TheInventory inventory)
{
    [Fact]
    public async Task each_difference_becomes_a_correction_with_its_reason()
    {
        var (more, fewer, same) = (ASku(), ASku(), ASku());
        await inventory.Receive((more, 10), (fewer, 10), (same, 10));
        await inventory.Module.Deliver(AnOrder((more, 3), (fewer, 3), (same, 3)));

        var done = await Done(await Take($"sku,counted,note\n{more},12,behind the shelf\n{fewer},5\n{same},10,\n"));

        Assert.Equal("rows 3 waiting 0 corrected 2 unchanged 1 refused 0 found 2 missing 5", Outcome(done));
        Assert.Equal([new Counters(9, 3, 0), new Counters(2, 3, 0), new Counters(7, 3, 0)], [await inventory.CountersOf(more), await inventory.CountersOf(fewer), await inventory.CountersOf(same)]);
        Assert.Equal($"stock-taking {done["id"]}, row 2: behind the shelf", (string)(await inventory.Get($"stock/{more}/movements"))["items"]!.AsArray()[^1]!["reference"]!);
        Assert.Equal(new StockLow(fewer, 2), Assert.Single(await inventory.Module.Published<StockLow>(), low => low.Sku == fewer));
    }

    [Fact]
    public async Task every_refused_row_is_named_and_the_others_are_taken()
    {
        var (good, held, unknown) = (ASku(), ASku(), ASku());
        await inventory.Receive((good, 10), (held, 10));
        await inventory.Module.Deliver(AnOrder((held, 8)));

        var done = await Done(await Take($"sku,counted,note\n{good},1,\n{held},7,\n{unknown},1,\na/b\0,x,\n\n{good},2,\n{good},1,2,3\n{held},8.0,\n,-1,{new string('n', 201)}\n"));

        Assert.Equal("rows 8 waiting 0 corrected 1 unchanged 0 refused 7 found 0 missing 9", Outcome(done));
        var first = await inventory.Get($"stocktakes/{done["id"]}/rows?outcome=refused&limit=5");
        var refused = first["items"]!.AsArray().Concat((await inventory.Get($"stocktakes/{done["id"]}/rows?outcome=refused&after={first["next"]}"))["items"]!.AsArray())
            .ToDictionary(row => (int)row!["row"]!, row => (string)row!["reason"]!);
        Assert.Equal([3, 4, 5, 7, 8, 9, 10], refused.Keys.Order());
        Assert.StartsWith("counted must be 8 or more, which are set aside for orders: 7 was read", refused[3], StringComparison.Ordinal);
        Assert.StartsWith("sku never came into the house", refused[4], StringComparison.Ordinal);
        Assert.Equal(["sku", "counted"], refused[5].Split("; ").Select(reason => reason.Split(' ')[0]));
        Assert.Equal("sku must be in the file once, and was read in row 2 already", refused[7]);
        Assert.StartsWith("the row must have the columns", refused[8], StringComparison.Ordinal);
        Assert.StartsWith("counted must be a whole number", refused[9], StringComparison.Ordinal);
        Assert.Equal(["sku", "counted", "note"], refused[10].Split("; ").Select(reason => reason.Split(' ')[0]));
        Assert.Equal(new Counters(2, 8, 0), await inventory.CountersOf(held));
    }

    [Fact]
    public async Task the_same_upload_twice_at_once_counts_once_even_if_goods_moved_in_between()
    {
        var (sku, key) = (ASku(), $"{Guid.NewGuid()}");
        await inventory.Receive((sku, 10));
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ => await (await Take($"sku,counted\n{sku},4\n", key)).Content.ReadAsStringAsync()));
        await Done(await Take($"sku,counted\n{sku},4\n", key));
        await inventory.Receive((sku, 1));

        var done = await Done(await Take($"sku,counted\n{sku},4\n", key));

        Assert.Single(answers.Distinct());
        Assert.Equal("rows 1 waiting 0 corrected 1 unchanged 0 refused 0 found 0 missing 6", Outcome(done));
        Assert.Equal(new Counters(5, 0, 0), await inventory.CountersOf(sku));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await Take($"sku,counted\n{sku},5\n", key)).StatusCode);
        Assert.Equal("rows 1 waiting 0 corrected 0 unchanged 1 refused 0 found 0 missing 0", Outcome(await Done(await Take($"sku,counted\n{sku},5\n"))));
    }

    [Fact]
    public async Task what_moves_while_a_long_file_is_worked_through_is_not_lost()
    {
        var skus = Enumerable.Range(0, 2 * WhenStocktakeGoesOn.Batch + 1).Select(_ => ASku()).ToList();
        foreach (var delivery in skus.Chunk(1_000)) await inventory.Receive(delivery.Select(sku => (sku, 10)).ToArray());
        var last = skus[^1];

        var taking = Take("sku,counted\n" + string.Concat(skus.Select(sku => $"{sku},20\n")));
        var orders = Enumerable.Range(0, 8).Select(_ => AnOrder((last, 1), (skus[0], 1))).ToList();
        await Task.WhenAll(orders.Select(order => inventory.Module.Deliver(order)));
        var done = await Done(await taking);

        Assert.Equal($"rows {skus.Count} waiting 0 corrected {skus.Count} unchanged 0 refused 0 found {10 * skus.Count} missing 0", Outcome(done));
        Assert.Equal(new Counters(12, 8, 0), await inventory.CountersOf(last));
        Assert.Equal(skus.Count, await inventory.Module.Query<long>("select count(*) from movements where reference like $1", $"stock-taking {done["id"]}, row %"));
    }

    [Theory]
    [InlineData("", "row 1")]
    [InlineData("sku,quantity\na,1\n", "row 1")]
    [InlineData("sku,counted\n", "row 2")]
    [InlineData("sku,counted\na,1\nb,\"1\n", "row 3")]
    public async Task a_malformed_file_does_nothing_and_its_row_is_named(string csv, string row)
    {
        var answer = await Take(csv);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal([row], (await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsObject().Select(error => error.Key));
    }

    [Fact]
    public async Task too_many_rows_and_too_many_bytes_are_refused()
    {
        var rows = await Take("sku,counted\n" + string.Concat(Enumerable.Range(0, StocktakeFile.Most + 1).Select(i => $"s{i},1\n")));
        var bytes = await Take("sku,counted,note\n" + string.Concat(Enumerable.Range(0, 9_000).Select(i => $"s{i},1,{new string('n', 600)}\n")));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.RequestEntityTooLarge), (rows.StatusCode, bytes.StatusCode));
        Assert.NotNull((await rows.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![$"row {StocktakeFile.Most + 2}"]);
    }

    [Fact]
    public async Task only_csv_is_taken_and_only_from_operators()
    {
        const string csv = "sku,counted\na,1\n";

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await inventory.Post("stocktakes", "{}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Take(csv, key: "")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Take(csv, client: inventory.Module.As(Guid.NewGuid()))).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Take(csv, client: inventory.Module.Anonymous())).StatusCode);
    }

    [Theory]
    [InlineData("stocktakes/0199a0c0-0000-7000-8000-000000000000", HttpStatusCode.NotFound)]
    [InlineData("stocktakes/0199a0c0-0000-7000-8000-000000000000/rows", HttpStatusCode.NotFound)]
    [InlineData("stocktakes/0199a0c0-0000-7000-8000-000000000000/rows?outcome=lost", HttpStatusCode.BadRequest)]
    [InlineData("stocktakes/0199a0c0-0000-7000-8000-000000000000/rows?limit=201", HttpStatusCode.BadRequest)]
    public async Task what_cannot_be_read_is_a_problem_and_never_the_customers(string path, HttpStatusCode status)
    {
        Assert.Equal(status, (await inventory.Module.AsOperator().GetAsync($"/v1/inventory/{path}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await inventory.Module.As(Guid.NewGuid()).GetAsync($"/v1/inventory/{path}")).StatusCode);
    }

    private async Task<HttpResponseMessage> Take(string csv, string? key = null, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/inventory/stocktakes");
        request.Content = new StringContent(csv, Encoding.UTF8, new MediaTypeHeaderValue("text/csv"));
        request.Headers.Add("Idempotency-Key", key ?? $"{Guid.NewGuid()}");
        // Who is refused for the body's size hears so before sending it.
        request.Headers.ExpectContinue = true;
        return await (client ?? inventory.Module.AsOperator(TheOperator)).SendAsync(request);
    }

    private async Task<JsonNode> Done(HttpResponseMessage answer)
    {
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        var stocktake = answer.Headers.Location!.ToString()["/v1/inventory/".Length..];
        await Eventually.True(async () => (await inventory.Get(stocktake))["doneAt"] is not null, "the stock-taking is done");
        return await inventory.Get(stocktake);
    }

    private static string Outcome(JsonNode stocktake) =>
        string.Join(' ', stocktake.AsObject().Where(field => field.Key is not ("id" or "at" or "doneAt")).Select(field => $"{field.Key} {field.Value}"));
}
