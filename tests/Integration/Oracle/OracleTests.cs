using Shared.Testing;

namespace Integration;

/// <summary>The oracle is proved: one altered row breaks the rule it must, by name, and names the row.</summary>
public sealed class OracleTests(ShopAtRest shop) : IClassFixture<ShopAtRest>
{
    private const string Message = "'11111111-1111-7111-8111-111111111111'";

    // {kept} was delivered; {cancelled} was cancelled. The inbox's triggers look for their tables on the search path.
    private static readonly Dictionary<string, (string Sql, string Culprit)> s_alterations = new()
    {
        ["stock.adds-up"] = ("alter table inventory.stock drop constraint stock_adds_up; update inventory.stock set received = received + 1 where sku = '71053'", "71053"),
        ["stock.not-negative"] = ("alter table inventory.stock drop constraint stock_on_hand_not_negative, drop constraint stock_adds_up; update inventory.stock set on_hand = -1 where sku = '71053'", "71053"),
        ["stock.is-the-sum-of-its-movements"] = ("update inventory.movements set quantity = quantity + 1 where kind = 'received' and sku = 'POST'", "POST"),
        ["stock.is-what-orders-hold"] = ("update inventory.reservation_lines set quantity = quantity + 1 where order_id = {kept}", "71053"),
        ["stock.moves-once-for-an-order"] = ("insert into inventory.movements (id, sku, kind, quantity, order_id, at) select gen_random_uuid(), sku, kind, quantity, order_id, at from inventory.movements where order_id = {kept} and kind = 'shipped'", "{kept}"),

        ["money.is-the-total-of-paid-orders"] = ("update billing.mt_doc_payment set data = jsonb_set(data, '{captured}', '1') where id = {kept}", "{kept}"),
        ["money.adds-up"] = ("update billing.mt_doc_payment set data = jsonb_set(data, '{refunded}', '1') where id = {kept}", "but the paid orders that stand amount to 55.69"),
        ["provider.captured-once"] = ("update billing.test_provider set captures = 2 where order_id = {kept}", "{kept}"),
        ["provider.agrees-with-payments"] = ("update billing.test_provider set captured = captured * 2 where order_id = {kept}", "{kept}"),
        ["ledger.balances"] = ("update billing.ledger set debit = debit + 0.01 where order_id = {kept} and line = 1", "debits"),
        ["ledger.postings-balance"] = ("delete from billing.ledger where order_id = {kept} and line = 2", "{kept}"),
        ["ledger.agrees-with-payments"] = ("delete from billing.ledger where order_id = {kept}", "{kept}"),

        ["order.is-over"] = ("update orders.mt_doc_order set data = jsonb_set(data, '{status}', '\"confirmed\"') where id = {kept}", "{kept}"),
        ["order.ends-once"] = ("update orders.mt_events set type = 'cancelled' where type = 'dispatched' and stream_id = {kept}", "{kept}"),
        ["order.total-is-its-lines"] = ("update orders.mt_doc_order set data = jsonb_set(data, '{total}', '33.91') where id = {kept}", "{kept}"),
        ["shipment.is-of-a-paid-order"] = ("update billing.mt_doc_payment set data = data || '{\"refunded\": 33.9, \"state\": \"Refunded\"}' where id = {kept}", "{kept}"),
        ["orders.agree-with-inventory"] = ("update inventory.reservations set state = 'reserved' where order_id = {cancelled}", "{cancelled}"),
        ["orders.agree-with-billing"] = ("delete from billing.mt_doc_payment where id = {kept}", "{kept}"),
        ["orders.agree-with-shipping"] = ("update shipping.mt_doc_shipment set data = jsonb_set(data, '{state}', '\"ready\"') where id = {kept}", "{kept}"),
        ["orders.money-agrees-with-billing"] = ("update orders.mt_doc_order set data = jsonb_set(data, '{isPaid}', 'false') where id = {kept}", "{kept}"),
        ["orders.lines-agree-with-inventory"] = ("update inventory.reservation_lines set quantity = quantity + 1 where order_id = {kept}", "{kept}"),
        ["orders.lines-agree-with-shipping"] = ("update shipping.mt_doc_shipment set data = jsonb_set(data, '{lines,0,quantity}', '11') where id = {kept}", "{kept}"),

        ["messages.none-outgoing"] = ($"set search_path to orders; insert into orders.wolverine_outgoing_envelopes (id, owner_id, destination, body, message_type) values ({Message}, 0, 'module://billing/x', '', 'orders.order-placed.v1')", "module://billing/x"),
        ["messages.none-incoming"] = ($"set search_path to billing; insert into billing.wolverine_incoming_envelopes (id, status, owner_id, body, message_type, received_at) values ({Message}, 'Incoming', 0, '', 'orders.order-placed.v1', 'module://billing/x')", "module://billing/x"),
        ["messages.none-dead"] = ($"set search_path to billing; insert into billing.wolverine_dead_letters (id, body, message_type, received_at, exception_type, exception_message) values ({Message}, '', 'orders.order-placed.v1', 'module://billing/x', 'Fault', 'broken')", "Fault: broken"),

        ["answers.kept-ones-are-true"] = ("delete from orders.mt_doc_order where id = {kept}", "{kept}"),
        ["answers.every-order-was-answered"] = ("delete from orders.mt_doc_idempotentanswer where id like '%replay-order-1003'", "{kept}"),
        ["answers.acknowledged-orders-exist"] = ("delete from orders.mt_doc_order where id = {kept}", "{kept}"),
        ["answers.no-other-orders"] = ("update orders.mt_doc_order set id = gen_random_uuid() where id = {kept}", "completed"),
    };

    public static TheoryData<string> Names => [.. s_alterations.Keys];

    private Known Known => new() { EveryOrderIsOver = true, AcknowledgedAreAll = true, AcknowledgedOrders = [.. shop.Orders.Keys] };

    private string Filled(string text) => text.Replace("{kept}", Quoted("1003"), StringComparison.Ordinal).Replace("{cancelled}", Quoted("1001"), StringComparison.Ordinal);

    private string Quoted(string invoice) => $"'{shop.OrderOf(invoice)}'";

    [Fact]
    public async Task a_shop_that_is_left_alone_breaks_no_rule()
    {
        var oracle = new Oracle(await shop.AlteredAsync(""));

        await oracle.UntilAtRestAsync(TimeSpan.FromSeconds(5));
        var findings = await oracle.CheckAsync(Known);

        Assert.True(findings.Hold, findings.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task one_altered_row_breaks_its_rule_by_name(string name)
    {
        var (sql, culprit) = s_alterations[name];

        var findings = await new Oracle(await shop.AlteredAsync(Filled(sql))).CheckAsync(Known);

        var violation = Assert.Single(findings.Violations, violation => violation.Name == name);
        Assert.Contains(Filled(culprit).Trim('\''), violation.Culprits[0], StringComparison.Ordinal);
        Assert.Contains($"BROKEN  {name}", findings.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task every_rule_is_proved_to_be_breakable()
    {
        var findings = await new Oracle(await shop.AlteredAsync("")).CheckAsync(Known);

        Assert.Empty(findings.Checked.Except([.. s_alterations.Keys, "answers.refused-left-nothing"]));
    }

    [Fact]
    public async Task a_refused_request_that_left_an_answer_is_named()
    {
        var findings = await new Oracle(await shop.AlteredAsync("")).CheckAsync(Known with { RefusedKeys = ["replay-order-1003"] });

        Assert.Equal("answers.refused-left-nothing", Assert.Single(findings.Violations).Name);
    }

    [Fact]
    public async Task a_dead_letter_that_is_accounted_for_breaks_no_rule()
    {
        var database = await shop.AlteredAsync(s_alterations["messages.none-dead"].Sql);

        var findings = await new Oracle(database).CheckAsync(Known with { AccountedDeadLetters = [Guid.Parse(Message.Trim('\''))] });

        Assert.True(findings.Hold, findings.ToString());
    }

    [Theory]
    [InlineData("messages.none-outgoing", "1 outgoing")]
    [InlineData("messages.none-incoming", "1 incoming")]
    public async Task what_moves_is_not_at_rest(string alteration, string counted)
    {
        var oracle = new Oracle(await shop.AlteredAsync(s_alterations[alteration].Sql));

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => oracle.UntilAtRestAsync(TimeSpan.FromMilliseconds(300)));

        Assert.Contains(counted, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("now() + interval '1 hour'", 0, true)]
    [InlineData("now() - interval '1 second'", 0, false)]
    [InlineData("now() + interval '1 hour'", 1, false)]
    public async Task a_time_out_in_the_future_is_rest_but_what_is_due_or_failed_before_is_not(string due, int attempts, bool rest)
    {
        var database = await shop.AlteredAsync(
            $"set search_path to orders; insert into orders.wolverine_incoming_envelopes (id, status, owner_id, execution_time, attempts, body, message_type, received_at) values ({Message}, 'Scheduled', 0, {due}, {attempts}, '', 'x', 'module://orders/x')");

        Assert.Equal(rest, (await new Oracle(database).MotionAsync()).IsRest);
    }
}
