using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Sylvan.Data.Csv;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class ExportLedgerTests(TheBilling billing)
{
    [Theory]
    [InlineData("=HYPERLINK(\"http://x\", \"y\")", "'=HYPERLINK(\"http://x\", \"y\")")]
    [InlineData("+1", "'+1")]
    [InlineData("-1", "'-1")]
    [InlineData("@a", "'@a")]
    [InlineData("one, \"two\"", "one, \"two\"")]
    public async Task an_order_s_lines_are_in_the_file_with_the_numbers_of_their_documents_and_no_note_is_a_formula(string reason, string note)
    {
        var order = await billing.ACapturedOrder();
        var refund = (string)(await billing.Refund(order, 5.50m, reason))["id"]!;
        await billing.Module.AtRest();

        var lines = (await Export("")).Where(line => line["order"] == $"{order.OrderId}").ToList();

        Assert.Equal(
            [("1", "provider", 20m, 0m, ""), ("2", "sales", 0m, 20m, ""), ("1", "refunds", 5.50m, 0m, note), ("2", "provider", 0m, 5.50m, note)],
            lines.Select(line => (line["line"], line["account"], Amount(line["debit"]), Amount(line["credit"]), line["note"])));
        Assert.All(lines, line => Assert.Equal("EUR", line["currency"]));
        Assert.Contains($"Invoice {lines[0]["document"]}<", await billing.Module.AsOperator().GetStringAsync($"/v1/billing/payments/{order.OrderId}/invoice"), StringComparison.Ordinal);
        Assert.Contains($"Credit note {lines[2]["document"]}<", await billing.Module.AsOperator().GetStringAsync($"/v1/billing/payments/{order.OrderId}/refunds/{refund}/credit-note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_whole_file_adds_up_to_the_trial_balance_and_so_do_its_parts()
    {
        for (var n = 0; n < 3; n++) await billing.Deliver(TheCancellationOf(await billing.ACapturedOrder(total: 12.35m)));

        var all = await Export("");
        var middle = all[all.Count / 2]["at"];
        var parts = (await Export($"?to={middle}")).Concat(await Export($"?from={middle}")).ToList();

        var balance = (await billing.Get("trial-balance"))["accounts"]!.AsArray()
            .Select(account => ((string)account!["name"]!, (string)account["currency"]!, (decimal)account["debit"]!, (decimal)account["credit"]!));
        Assert.Equal(balance.Order(), SumsOf(all).Order());
        Assert.Equal(SumsOf(all).Order(), SumsOf(parts).Order());
        Assert.All((List<Dictionary<string, string>>[])[all, parts[..(parts.Count / 2)]], file => Assert.Distinct(file.Select(line => (line["posting"], line["line"]))));
        Assert.All(all.GroupBy(line => line["posting"]), posting => Assert.Equal(posting.Sum(line => Amount(line["debit"])), posting.Sum(line => Amount(line["credit"]))));
    }

    [Fact]
    public async Task an_empty_period_is_a_header()
    {
        var answer = await billing.Module.AsOperator().GetAsync("/v1/billing/ledger/export?from=2001-01-01T00:00:00%2B02:00&to=2001-01-02T00:00:00Z");

        Assert.Equal("text/csv; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        Assert.Equal("at,posting,line,document,order,account,debit,credit,currency,note\r\n", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("from=2026-01-02T00:00:00Z&to=2026-01-02T00:00:00Z", "to")]
    [InlineData("from=1970-01-01T00:00:00Z", "from")]
    [InlineData("to=9999-01-01T00:00:00Z", "to")]
    public async Task a_question_that_breaks_a_rule_is_refused_by_field_and_is_no_file(string query, string field)
    {
        var answer = await billing.Module.AsOperator().GetAsync($"/v1/billing/ledger/export?{query}");

        Assert.Equal((HttpStatusCode.BadRequest, "application/problem+json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![field]);
        Assert.Null(answer.Content.Headers.ContentDisposition);
    }

    [Fact]
    public async Task the_file_is_the_operators()
    {
        Assert.Equal(HttpStatusCode.Forbidden, (await billing.Module.As(Guid.NewGuid()).GetAsync("/v1/billing/ledger/export")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await billing.Module.Anonymous().GetAsync("/v1/billing/ledger/export")).StatusCode);
    }

    private async Task<List<Dictionary<string, string>>> Export(string query)
    {
        await billing.Module.AtRest();
        await using var csv = CsvDataReader.Create(new StringReader(await billing.Module.AsOperator().GetStringAsync($"/v1/billing/ledger/export{query}")));
        var lines = new List<Dictionary<string, string>>();
        while (await csv.ReadAsync()) lines.Add(Enumerable.Range(0, csv.FieldCount).ToDictionary(csv.GetName, csv.GetString));
        return lines;
    }

    private static IEnumerable<(string, string, decimal, decimal)> SumsOf(IEnumerable<Dictionary<string, string>> lines) => lines
        .GroupBy(line => (line["account"], line["currency"]))
        .Select(account => (account.Key.Item1, account.Key.Item2, account.Sum(line => Amount(line["debit"])), account.Sum(line => Amount(line["credit"]))));

    private static decimal Amount(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
