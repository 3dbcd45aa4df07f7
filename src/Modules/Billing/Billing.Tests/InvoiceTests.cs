using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Orders.Contracts;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class InvoiceTests(TheBilling billing)
{
    [Fact]
    public async Task a_captured_order_has_an_invoice_and_nothing_in_it_is_markup_but_our_own()
    {
        var order = AnOrder(total: 30m, taxRate: 20) with
        {
            Lines = [new OrderLine("<b>tea</b>", 2, 10m, 20m), new OrderLine("c-1", 1, 5m, 5m, "<i>Cup</i> & saucer")], Shipping = 5m, To = new DeliveryAddress("<script>alert('x')</script>", "1 \"Main\" Road", "{0} & Co", "Łódź"),
        };
        await billing.Deliver(order, TheStockOf(order));

        var answer = await billing.Module.As(order.CustomerId).GetAsync($"/v1/billing/payments/{order.OrderId}/invoice");
        var page = await answer.Content.ReadAsStringAsync();

        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.StartsWith("default-src 'none'; style-src 'sha256-", Assert.Single(answer.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Matches(@"<h1>Invoice \d{4}-\d{6}</h1>", page);
        foreach (var wanted in (string[])[
            "<strong>Tea &amp; Cups</strong><br>1 High Street<br>AB1 2CD Town<br>GB", "<dt>Tax number</dt><dd>GB123456789</dd>",
            "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;<br>1 &quot;Main&quot; Road<br>{0} &amp; Co Łódź<br>GB", "&lt;b&gt;tea&lt;/b&gt;</th><td class=\"number\">2</td><td class=\"number\">10.00</td><td class=\"number\">20.00",
            "<th scope=\"row\">&lt;i&gt;Cup&lt;/i&gt; &amp; saucer<br><small>c-1</small></th><td class=\"number\">1</td>",
            "Shipping</th><td class=\"number\"></td><td class=\"number\"></td><td class=\"number\">5.00", "Without tax</th><td class=\"number\">25.00", "Tax 20 %, GB</th><td class=\"number\">5.00", "Total</th><td class=\"number\">30.00"])
            Assert.Contains(wanted, page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task each_refund_has_a_credit_note_with_a_number_of_its_own_and_all_of_them_credit_the_tax_to_the_cent()
    {
        var order = AnOrder(total: 10m, taxRate: 19);
        await billing.Deliver(order, TheStockOf(order));
        var part = (string)(await billing.Refund(order, 3.33m, "One cup <was> broken."))["id"]!;
        await billing.Refund(order, 3.33m);
        await billing.Module.AtRest();
        await billing.Deliver(TheCancellationOf(order));

        var notes = await NotesOf(order);
        var page = await PageOf($"payments/{order.OrderId}/refunds/{part}/credit-note");

        Assert.Equal([("3.33", "0.53"), ("3.33", "0.53"), ("3.34", "0.54")], notes.Select(note => (note.Total, note.Tax)));
        Assert.Equal(notes[0].Number + 1, notes[1].Number);
        Assert.Contains("Tax 19 %, GB</th><td class=\"number\">1.60", await PageOf($"payments/{order.OrderId}/invoice"), StringComparison.Ordinal);
        Assert.Matches(@"<h1>Credit note CN-\d{4}-\d{6}</h1>", page);
        Assert.Contains($"<dt>Credits invoice</dt><dd>{await NumberOf(order)}</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>Reason</dt><dd>One cup &lt;was&gt; broken.</dd>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task many_at_once_have_all_numbers_and_each_once_and_later_numbers_are_not_of_earlier_times()
    {
        var orders = Enumerable.Range(0, 40).Select(_ => AnOrder()).ToList();
        var before = await Issued();

        await Task.WhenAll(orders.SelectMany(order => (Task[])[billing.Module.Deliver(order), billing.Module.Deliver(TheStockOf(order)), billing.Module.Deliver(TheStockOf(order))]));
        await billing.Module.AtRest();

        Assert.Equal(before + 40, await Issued());
        Assert.Equal(0, await billing.Module.Query<long>("select count(*) from (select at < lag(at) over (partition by series order by number) as earlier from invoices) as pairs where earlier"));
    }

    [Fact]
    public async Task a_number_whose_transaction_fails_at_its_end_is_the_next_one_s()
    {
        var (before, order, next) = (await Issued(), AnOrder(), AnOrder());
        await Administer($"""
            create function billing.refuse() returns trigger language plpgsql as $$ begin raise 'refused'; end $$;
            create constraint trigger refuse after insert on billing.invoices deferrable initially deferred for each row when (new.order_id = '{order.OrderId}') execute function billing.refuse()
            """);
        await billing.Deliver(order, TheStockOf(order));
        Assert.Equal("capturing", await billing.StateOf(order));
        await Administer("drop trigger refuse on billing.invoices; drop function billing.refuse");

        await billing.Deliver(next, TheStockOf(next));
        await billing.Module.Deliver(new CapturePayment(order.OrderId));

        Assert.Equal(new Money(20, 0), await billing.MoneyOf(order));
        Assert.Equal(before + 2, await Issued());
        Assert.EndsWith($"-{before + 1:000000}", await NumberOf(next), StringComparison.Ordinal);
        Assert.EndsWith($"-{before + 2:000000}", await NumberOf(order), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_order_told_before_there_were_invoices_has_one_of_what_is_known()
    {
        var order = AnOrder();
        await billing.Deliver(order);
        await billing.Module.Query<int>("update mt_doc_payment set data = data - 'bill' where id = $1 returning 1", order.OrderId);

        await billing.Deliver(TheStockOf(order));

        Assert.Contains("Goods</th><td class=\"number\"></td><td class=\"number\"></td><td class=\"number\">20.00", await PageOf($"payments/{order.OrderId}/invoice"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("test-ok", true)]
    [InlineData("test-declined", false)]
    public async Task what_is_said_of_the_customer_is_in_the_invoice_only_once_it_is_issued_and_nowhere_if_it_never_will_be(string token, bool stockComes)
    {
        var order = AnOrder(token) with { To = new DeliveryAddress("Ada", "1 Road", "1", "Town") };
        await billing.Deliver(order);
        Assert.Equal(1, await Kept());

        await billing.Deliver(stockComes ? TheStockOf(order) : TheCancellationOf(order), TheStockOf(order));

        Assert.Equal(0, await Kept());
        Task<long> Kept() => billing.Module.Query<long>("select count(*) from mt_doc_payment where id = $1 and data::text like '%Ada%'", order.OrderId);
    }

    /// <summary>How many of this year there are, after a look that none is missing and none was drawn in vain.</summary>
    private async Task<long> Issued()
    {
        Assert.Equal(0, await billing.Module.Query<long>(
            "select count(*) from (select series, count(*) as count, min(number) as first, max(number) as last from invoices group by series) as issued full join invoice_series as drawn using (series) where (first, count, issued.last) is distinct from (1, drawn.last, drawn.last)"));
        return await billing.Module.Query<long>("select count(*) from invoices where series = $1", InvoiceBook.SeriesOf(InvoiceKind.Invoice, TimeProvider.System.GetUtcNow()));
    }

    private Task<string> PageOf(string path) => billing.Module.AsOperator().GetStringAsync($"/v1/billing/{path}");

    private async Task<string> NumberOf(OrderPlaced order) => Regex.Match(await PageOf($"payments/{order.OrderId}/invoice"), "<h1>Invoice (.*)</h1>").Groups[1].Value;

    [Fact]
    public async Task tax_has_no_more_decimals_than_its_currency()
    {
        var order = AnOrder(total: 1000m, taxRate: 10) with { Currency = "JPY" };
        await billing.Deliver(order, TheStockOf(order));
        await billing.Refund(order, 500);
        await billing.Module.AtRest();

        Assert.Equal("45", Assert.Single(await NotesOf(order)).Tax);
        Assert.Contains("Tax 10 %, GB</th><td class=\"number\">91.00", await PageOf($"payments/{order.OrderId}/invoice"), StringComparison.Ordinal);
    }

    private async Task<List<(long Number, string Total, string Tax)>> NotesOf(OrderPlaced order)
    {
        var notes = new List<(long, string, string)>();
        await using var connection = await billing.Module.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select number, data->>'total', data->>'tax' from invoices where order_id = $1 and kind = 'CreditNote' order by number", connection) { Parameters = { new() { Value = order.OrderId } } };
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync()) notes.Add((reader.GetInt64(0), reader.GetString(1), reader.GetString(2)));
        return notes;
    }

    private async Task Administer(string sql)
    {
        await using var connection = new NpgsqlConnection(await billing.AdministratorsConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
