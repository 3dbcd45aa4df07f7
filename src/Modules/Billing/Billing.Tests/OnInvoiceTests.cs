using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Contracts;
using Orders.Contracts;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class OnInvoiceTests(TheBilling billing)
{
    private static readonly DateOnly s_due = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime).AddDays(10);

    [Fact]
    public async Task an_order_on_invoice_goes_on_without_its_money_and_all_of_it_pays_it()
    {
        var order = await AnOwingOrder();
        Assert.Equal("sales -20, receivables 20", await LedgerOf(order));
        Assert.Equal(new PaymentDeferred(order.OrderId, 20, "EUR", s_due), Assert.Single(await billing.Module.Published<PaymentDeferred>(), deferred => deferred.OrderId == order.OrderId));
        Assert.DoesNotContain(await billing.Module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId);
        var page = await billing.Module.As(order.CustomerId).GetStringAsync($"/v1/billing/payments/{order.OrderId}/invoice");
        Assert.Contains($"<dt>Payable until</dt><dd>{s_due:yyyy-MM-dd}</dd>\n<dt>Payable to</dt><dd>GB00 BANK 1234</dd>", page, StringComparison.Ordinal);
        var item = Assert.Single(await Items("receivables", order))!;
        Assert.Equal((20m, "EUR", $"{s_due:yyyy-MM-dd}", $"{order.CustomerId}"), ((decimal)item["amount"]!, (string)item["currency"]!, (string)item["dueOn"]!, (string)item["customerId"]!));
        Assert.Contains($"Invoice {item["invoiceNumber"]}<", page, StringComparison.Ordinal);

        var answer = await Receive(order, 20);

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("captured", await billing.StateOf(order));
        Assert.Equal("bank 20, sales -20", await LedgerOf(order));
        Assert.Equal(new PaymentCaptured(order.OrderId, 20, "EUR"), Assert.Single(await billing.Module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId));
        Assert.Empty(await Items("receivables", order));
        Assert.Equal(0, await billing.Module.Query<long>("select count(*) from test_provider where order_id = $1", order.OrderId));
    }

    [Theory]
    [InlineData(19.99, "EUR", "payment.too-little", "19.99 is 0.01 too little")]
    [InlineData(20.01, "EUR", "payment.too-much", "20.01 is 0.01 too much")]
    [InlineData(20, "GBP", "payment.other-currency", "owes 20 EUR, not GBP")]
    public async Task another_amount_is_said_and_pays_nothing(decimal amount, string currency, string code, string said)
    {
        var order = await AnOwingOrder();

        var refused = await Receive(order, amount, currency);

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(code, (string)problem["code"]!);
        Assert.Contains(said, (string)problem["detail"]!, StringComparison.Ordinal);
        Assert.Equal(("owed", "sales -20, receivables 20"), (await billing.StateOf(order), await LedgerOf(order)));
    }

    [Fact]
    public async Task a_receipt_that_is_repeated_is_recorded_once_and_a_second_one_is_refused()
    {
        var (order, key, client) = (await AnOwingOrder(), Guid.NewGuid(), billing.Module.AsOperator());

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Receive(order, 20, key: key, client: client)));
        var others = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Receive(order, 20)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.All(others, other => Assert.Equal(HttpStatusCode.Conflict, other.StatusCode));
        Assert.Equal("payment.not-owed", (string)(await others[0].Content.ReadFromJsonAsync<JsonNode>())!["code"]!);
        Assert.Equal("bank 20, sales -20", await LedgerOf(order));
        Assert.Single(await billing.Module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId);
    }

    [Fact]
    public async Task one_customer_s_orders_at_the_same_moment_together_owe_no_more_than_the_most_until_some_is_paid()
    {
        var customer = Guid.CreateVersion7();
        var orders = Enumerable.Range(0, 5).Select(_ => AnOrder("invoice", 40m) with { CustomerId = customer }).ToList();
        await Task.WhenAll(orders.SelectMany(order => (Task[])[billing.Module.Deliver(order), billing.Module.Deliver(TheStockOf(order))]));
        await billing.Module.AtRest();

        var declined = (await billing.Module.Published<PaymentDeclined>()).Where(declined => orders.Exists(order => order.OrderId == declined.OrderId)).ToList();
        Assert.Equal(3, declined.Count);
        Assert.Equal("At most 100.00 EUR can be owed on invoices at once, and 80.00 EUR are owed already: choose another way to pay.", declined[0].Reason);
        Assert.Equal(80, await billing.Module.Query<decimal>("select sum(amount) from open_items where customer_id = $1", customer));

        await Receive(orders.First(order => declined.TrueForAll(other => other.OrderId != order.OrderId)), 40);
        var next = AnOrder("invoice", 60m) with { CustomerId = customer };
        await billing.Deliver(next, TheStockOf(next));
        Assert.Equal("owed", await billing.StateOf(next));
    }

    public static TheoryData<string> EveryOrderOfArrival => ["PRC", "PCR", "RPC", "RCP", "CPR", "CRP"];

    [Theory]
    [MemberData(nameof(EveryOrderOfArrival))]
    public async Task whatever_comes_first_and_twice_a_cancelled_order_owes_nothing_and_no_money_moves(string arrivals)
    {
        var order = AnOrder("invoice", taxRate: 20);

        foreach (var arrival in arrivals)
        {
            object message = arrival switch { 'P' => order, 'R' => TheStockOf(order), _ => TheCancellationOf(order) };
            await billing.Deliver(message, message);
        }

        Assert.Equal("void", await billing.StateOf(order));
        Assert.Equal(arrivals.EndsWith('C') ? "sales -20, refunds 20" : "", await LedgerOf(order));
        Assert.Empty(await Items("receivables", order));
        Assert.DoesNotContain(await billing.Module.Published<PaymentRefunded>(), refunded => refunded.OrderId == order.OrderId);
        Assert.Equal(arrivals.EndsWith('C') ? HttpStatusCode.OK : HttpStatusCode.NotFound,
            (await billing.Module.As(order.CustomerId).GetAsync($"/v1/billing/payments/{order.OrderId}/refunds/{order.OrderId}/credit-note")).StatusCode);
    }

    [Fact]
    public async Task what_was_paid_on_invoice_is_given_back_by_an_operator_s_transfers_and_what_was_not_is_only_credited()
    {
        var order = await AnOwingOrder();
        var credit = await billing.Refund(order, 5);
        Assert.Equal((true, true), ((bool)credit["made"]!, (bool)credit["credited"]!));
        Assert.Equal("sales -20, refunds 5, receivables 15", await LedgerOf(order));
        Assert.Equal(HttpStatusCode.Created, (await Receive(order, 15)).StatusCode);

        var part = Guid.Parse((string)(await billing.Refund(order, 4))["id"]!);
        await billing.Deliver(TheCancellationOf(order));
        Assert.Equal(("refunding", "bank 15, sales -20, refunds 5"), (await billing.StateOf(order), await LedgerOf(order)));
        Assert.Equal([(part, 4m), (order.OrderId, 11m)], (await Items("transfers", order)).Select(item => ((Guid)item!["refundId"]!, (decimal)item["amount"]!)).OrderBy(item => item.Item2));
        foreach (var refund in (Guid[])[part, order.OrderId]) Assert.Equal(HttpStatusCode.Created, (await Transfer(order, refund)).StatusCode);

        Assert.Equal(("refunded", "sales -20, refunds 20"), (await billing.StateOf(order), await LedgerOf(order)));
        Assert.Empty(await Items("transfers", order));
        Assert.Equal([4m, 11m], (await billing.Module.Published<PaymentRefunded>()).Where(refunded => refunded.OrderId == order.OrderId).OrderBy(refunded => refunded.Amount).Select(refunded => refunded.Amount));
        Assert.Equal(20, await billing.Module.Query<decimal>("select sum(total) from invoices where kind = 'CreditNote' and order_id = $1", order.OrderId));
        Assert.True((bool)(await billing.Get("trial-balance"))["balanced"]!);
    }

    [Fact]
    public async Task a_transfer_that_is_repeated_is_recorded_once_and_what_is_not_to_be_transferred_is_refused()
    {
        var (order, key, client) = (await AnOwingOrder(), Guid.NewGuid(), billing.Module.AsOperator());
        await Receive(order, 20);
        var refund = Guid.Parse((string)(await billing.Refund(order, 5))["id"]!);
        await billing.Module.AtRest();

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Transfer(order, refund, key, client)));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        await billing.Module.Deliver(new MakeRefund(order.OrderId, refund));
        Assert.Equal("bank 15, sales -20, refunds 5", await LedgerOf(order));
        Assert.Empty(await Items("transfers", order));

        var other = await billing.ACapturedOrder();
        var others = Guid.Parse((string)(await billing.Refund(other, 5))["id"]!);
        Assert.Equal("refund.made", await CodeOf(await Transfer(order, refund)));
        Assert.Equal("refund.not-by-hand", await CodeOf(await Transfer(other, others)));
        Assert.Equal("not-found", await CodeOf(await Transfer(order, others)));
    }

    [Fact]
    public async Task all_that_is_owed_on_invoices_is_what_the_ledger_s_receivables_are()
    {
        await billing.Deliver(TheCancellationOf(await AnOwingOrder()));
        await billing.Refund(await AnOwingOrder(), 3);

        Assert.Equal(await billing.Module.Query<decimal>("select sum(debit - credit) from ledger where account = 'receivables'"),
            await billing.Module.Query<decimal>("select sum(amount) from open_items where kind = 'Receivable'"));
    }

    private async Task<OrderPlaced> AnOwingOrder()
    {
        var order = await billing.ACapturedOrder("invoice");
        Assert.Equal("owed", await billing.StateOf(order));
        return order;
    }

    private Task<HttpResponseMessage> Receive(OrderPlaced order, decimal amount, string currency = "EUR", Guid? key = null, HttpClient? client = null) =>
        billing.Post($"payments/{order.OrderId}/receipt", new { amount, currency, reference = "statement 7" }, key, client);

    private Task<HttpResponseMessage> Transfer(OrderPlaced order, Guid refund, Guid? key = null, HttpClient? client = null) =>
        billing.Post($"payments/{order.OrderId}/refunds/{refund}/transfer", new { reference = "statement 8" }, key, client);

    private static async Task<string> CodeOf(HttpResponseMessage answer) => (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["code"]!;

    private async Task<List<JsonNode?>> Items(string list, OrderPlaced order) =>
        [.. (await billing.Get($"{list}?limit=200"))["items"]!.AsArray().Where(item => (Guid)item!["orderId"]! == order.OrderId)];

    /// <summary>What each account has of the order, but those with nothing.</summary>
    private async Task<string> LedgerOf(OrderPlaced order)
    {
        await billing.Module.AtRest();
        return await billing.Module.Query<string>(
            """
            select coalesce(string_agg(account || ' ' || amount, ', ' order by array_position(array['bank', 'sales', 'refunds', 'receivables'], account)), '')
            from (select account, trim_scale(sum(debit - credit)) as amount from ledger where order_id = $1 group by account) as accounts where amount <> 0
            """, order.OrderId);
    }
}
