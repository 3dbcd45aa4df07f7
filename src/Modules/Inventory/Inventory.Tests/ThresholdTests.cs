using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Inventory.Contracts;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class ThresholdTests(TheInventory inventory)
{
    [Fact]
    public async Task a_products_own_threshold_counts_until_it_is_taken_back()
    {
        var sku = ASku();
        await inventory.Receive((sku, 20));
        Assert.Equal((Threshold, false), await Read(sku));

        Assert.Equal(HttpStatusCode.OK, (await Set(sku, 10, "\"0\"")).StatusCode);
        Assert.Equal((10, true), await Read(sku));
        await inventory.Module.Deliver(AnOrder((sku, 11)));
        Assert.Equal([9], await LowOf(sku));

        Assert.Equal(HttpStatusCode.OK, (await Set(sku, null, "\"1\"")).StatusCode);
        Assert.Equal((Threshold, false), await Read(sku));
        await inventory.Module.Deliver(AnOrder((sku, 5)));
        Assert.Equal([9, 4], await LowOf(sku));
    }

    [Fact]
    public async Task low_is_told_again_only_after_it_was_above()
    {
        var sku = ASku();
        await inventory.Receive((sku, Threshold));
        var order = AnOrder((sku, 1));
        await inventory.Module.Deliver(order);
        await inventory.Module.Deliver(AnOrder((sku, 1)));
        await inventory.Post("corrections", new { sku, quantity = -1, reason = "broken" });
        Assert.Equal([4], await LowOf(sku));

        await inventory.Receive((sku, 1));
        await inventory.Module.Deliver(TheCancellationOf(order));
        await inventory.Post("corrections", new { sku, quantity = -1, reason = "broken" });
        Assert.Equal(3, (await inventory.CountersOf(sku)).OnHand);
        Assert.Equal([4], await LowOf(sku));

        await inventory.Receive((sku, Threshold));
        await inventory.Post("corrections", new { sku, quantity = -4, reason = "broken" });
        Assert.Equal([4, 4], await LowOf(sku));
    }

    [Fact]
    public async Task a_threshold_raised_above_what_there_is_tells_so_once_and_zero_never()
    {
        var sku = ASku();
        await inventory.Receive((sku, 20));

        await Set(sku, 21, "\"0\"");
        await Set(sku, 30, "\"1\"");
        Assert.Equal([20], await LowOf(sku));

        await Set(sku, 0, "\"2\"");
        await inventory.Module.Deliver(AnOrder((sku, 20)));
        Assert.Equal([20], await LowOf(sku));
    }

    [Fact]
    public async Task of_two_who_read_the_same_one_changes_it()
    {
        var sku = ASku();
        await inventory.Receive((sku, 20));

        var answers = await Task.WhenAll(Set(sku, 7, "\"0\""), Set(sku, 8, "\"0\""));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.PreconditionFailed], answers.Select(answer => answer.StatusCode).Order());
        var winner = answers.Single(answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal("\"1\"", winner.Headers.ETag!.Tag);
        Assert.Equal((int)(await winner.Content.ReadFromJsonAsync<JsonNode>())!["threshold"]!, (await Read(sku)).Threshold);
        Assert.Equal(HttpStatusCode.PreconditionFailed, (await Set(sku, 7, "\"0\"")).StatusCode);
    }

    [Fact]
    public async Task what_is_missing_or_breaks_a_rule_is_named()
    {
        var sku = ASku();
        await inventory.Receive((sku, 1));

        Assert.Equal(HttpStatusCode.PreconditionRequired, (await Set(sku, 1, null)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await Set(ASku(), 1, "*")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await inventory.Module.AsOperator().GetAsync($"/v1/inventory/stock/{ASku()}/threshold")).StatusCode);
        foreach (var wrong in new int?[] { -1, 1_000_001 })
        {
            var answer = await Set(sku, wrong, "*");
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["threshold"]);
        }

        foreach (var (client, status) in new[] { (inventory.Module.Anonymous(), HttpStatusCode.Unauthorized), (inventory.Module.As(Guid.NewGuid()), HttpStatusCode.Forbidden) })
        {
            Assert.Equal(status, (await Set(sku, 1, "*", client)).StatusCode);
            Assert.Equal(status, (await client.GetAsync($"/v1/inventory/stock/{sku}/threshold")).StatusCode);
        }
    }

    private async Task<HttpResponseMessage> Set(string sku, int? threshold, string? ifMatch, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/inventory/stock/{sku}/threshold") { Content = JsonContent.Create(new { threshold }) };
        if (ifMatch is not null) request.Headers.Add("If-Match", ifMatch);
        return await (client ?? inventory.Module.AsOperator()).SendAsync(request);
    }

    private async Task<(int Threshold, bool IsOwn)> Read(string sku)
    {
        var view = await inventory.Get($"stock/{sku}/threshold");
        return ((int)view["threshold"]!, (bool)view["isOwn"]!);
    }

    private async Task<IEnumerable<int>> LowOf(string sku) => (await inventory.Module.Published<StockLow>()).Where(low => low.Sku == sku).Select(low => low.Available);
}
