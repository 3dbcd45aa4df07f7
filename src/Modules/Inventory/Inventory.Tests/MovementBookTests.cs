using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sylvan.Data.Csv;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

public sealed class MovementBookTests(TheInventory inventory)
{
    [Fact]
    public async Task the_book_is_asked_by_product_kind_and_period()
    {
        var (a, b) = (ASku(), ASku());
        await inventory.Receive((a, 10), (b, 10));
        await inventory.Module.Deliver(AnOrder((a, 1), (b, 1)));
        await inventory.Post("corrections", new { sku = a, quantity = -2, reason = "broken, twice" });
        var received = (await inventory.Get($"stock/{a}/movements"))["items"]![0]!;
        var corrected = (await inventory.Get($"stock/{a}/movements"))["items"]![2]!;

        Assert.Equal(["received", "reserved", "corrected"], await Kinds($"movements?sku={a}"));
        Assert.Equal(["corrected"], await Kinds($"stock/{a}/movements?kind=corrected"));
        Assert.Equal([], await Kinds($"stock/{b}/movements?kind=corrected"));
        Assert.Equal(["reserved"], await Kinds($"movements?sku={b}&kind=reserved"));
        Assert.Equal(["received", "reserved"], await Kinds($"movements?sku={a}&from={At(received)}&to={At(corrected)}"));
        Assert.Equal(["corrected"], await Kinds($"stock/{a}/movements?from={At(corrected)}"));
        Assert.Equal([], await Kinds($"stock/{a}/movements?to={At(received)}"));
        Assert.Equal([], await Kinds($"movements?sku={a}&from=2001-01-01T00:00:00%2B02:00&to=2001-01-02T00:00:00Z"));
    }

    [Theory]
    [InlineData("movements?")]
    [InlineData("movements?kind=received&")]
    public async Task all_products_are_read_page_by_page_each_entry_once(string path)
    {
        var skus = Enumerable.Range(0, 5).Select(_ => ASku()).ToList();
        await inventory.Receive(skus.Select(sku => (sku, 1)).ToArray());
        var from = At((await inventory.Get($"stock/{skus[0]}/movements"))["items"]![0]!);

        var (read, after) = (new List<string>(), (string?)null);
        do
        {
            var page = await inventory.Get($"{path}from={from}&limit=2" + (after is null ? "" : $"&after={after}"));
            read.AddRange(page["items"]!.AsArray().Select(entry => (string)entry!["sku"]!));
            after = (string?)page["next"];
        }
        while (after is not null);

        Assert.Equal(skus.Order(), read.Order());
    }

    [Fact]
    public async Task the_export_holds_every_entry_once_beyond_a_page_and_quotes_what_people_wrote_so_that_no_spreadsheet_runs_it()
    {
        var skus = Enumerable.Range(0, ExportMovements.PageSize).Select(_ => ASku()).ToList();
        const string reason = "=said \"broken\", twice";
        await inventory.Receive(skus.Select(sku => (sku, 3)).ToArray());
        await inventory.Post("corrections", new { sku = skus[0], quantity = -1, reason });
        var from = At((await inventory.Get($"stock/{skus[0]}/movements"))["items"]![0]!);

        using var answer = await inventory.Module.AsOperator().GetAsync($"/v1/inventory/movements/export?from={from}");

        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        using var csv = CsvDataReader.Create(new StringReader(await answer.Content.ReadAsStringAsync()));
        var rows = new List<(string Sku, string Kind, int Quantity, string Reference)>();
        while (csv.Read()) rows.Add((csv.GetString(2), csv.GetString(3), csv.GetInt32(4), csv.GetString(6)));
        Assert.Equal(skus.Select(sku => (sku, "received", 3, "delivery")).Append((skus[0], "corrected", -1, $"'{reason}")).Order(), rows.Order());
    }

    [Fact]
    public async Task an_empty_part_is_a_header() => Assert.Equal(
        "id,at,sku,kind,quantity,order,reference\r\n", await inventory.Module.AsOperator().GetStringAsync($"/v1/inventory/movements/export?sku={ASku()}"));

    [Theory]
    [InlineData("kind=lost", "kind")]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "to")]
    [InlineData("from=1970-01-01T00:00:00Z", "from")]
    [InlineData("sku=%01", "sku")]
    public async Task a_question_that_breaks_a_rule_is_refused_by_field(string query, string field)
    {
        foreach (var path in new[] { "movements", "movements/export" })
        {
            var answer = await inventory.Module.AsOperator().GetAsync($"/v1/inventory/{path}?{query}");

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
        }
    }

    [Theory]
    [InlineData("movements")]
    [InlineData("movements/export")]
    public async Task the_book_is_the_operators(string path)
    {
        Assert.Equal(HttpStatusCode.Unauthorized, (await inventory.Module.Anonymous().GetAsync($"/v1/inventory/{path}")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await inventory.Module.As(Guid.NewGuid()).GetAsync($"/v1/inventory/{path}")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await inventory.Module.AsOperator().GetAsync($"/v1/inventory/{path}?from=yesterday")).StatusCode);
    }

    private async Task<IEnumerable<string>> Kinds(string path) => (await inventory.Get(path))["items"]!.AsArray().Select(entry => (string)entry!["kind"]!);

    private static string At(JsonNode entry) => Uri.EscapeDataString((string)entry["at"]!);
}
