using Billing.Contracts;
using Inventory.Contracts;
using Orders.Contracts;
using Shared.Testing;
using Shipping.Contracts;

namespace Users.Tests;

[Collection(typeof(OneMail))]
public sealed class OrderMailTests(TheMail mail)
{
    private static readonly OrderLine[] s_lines = [new("TEA", 2, 5m, 10m), new("CUP", 1, 2.5m, 2.5m)];

    [Fact]
    public async Task a_customer_hears_of_each_step_once_however_often_it_is_told()
    {
        var ann = await mail.ACustomer("ann-steps@example.com");
        var order = Guid.CreateVersion7();

        for (var times = 0; times < 2; times++)
        {
            await mail.Module.Deliver(Placed(order, ann));
            await mail.Module.Deliver(new OrderConfirmed(order, ann, s_lines));
            await mail.Module.Deliver(new ShipmentDispatched(order, "T-77"));
            await mail.Module.Deliver(new PaymentRefunded(order, 12.5m, "EUR"));
            await mail.Module.Deliver(new OrderCancelled(order, "payment.declined"));
        }

        var mails = await mail.Mails("ann-steps@example.com", order.ToString());
        Assert.Equal(4, mails.Length);
        Assert.All(mails, text => Assert.StartsWith("Hello Ann,", text, StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("2 × TEA, 1 × CUP", StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("tracking number is T-77", StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("given back 12.50 EUR", StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("cancelled: the payment was declined", StringComparison.Ordinal));
        Assert.Equal("{}", await mail.Module.Query<string>("select string_agg(distinct data ->> 'values', ' ') from mt_doc_mail where data ->> 'orderId' = $1", order.ToString()));
    }

    [Fact]
    public async Task of_an_order_in_parts_each_parcel_has_one_mail_that_says_what_is_in_it()
    {
        var ann = await mail.ACustomer("ann-parts@example.com");
        var order = Guid.CreateVersion7();
        await mail.Module.Deliver(Placed(order, ann));

        for (var times = 0; times < 2; times++)
        {
            await mail.Module.Deliver(new ShipmentDispatched(order, "T-81", [new("TEA", 1)], [new("TEA", 1), new("CUP", 1)]));
            await mail.Module.Deliver(new ShipmentDispatched(order, "T-82", [new("TEA", 1), new("CUP", 1)], [], Part: 2));
        }

        var mails = await mail.Mails("ann-parts@example.com", order.ToString());
        Assert.Equal(2, mails.Length);
        Assert.Single(mails, text => text.Contains("T-81.\n\nIn this parcel: 1 × TEA\nStill to come: 1 × TEA, 1 × CUP\n", StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("T-82.\n\nIn this parcel: 1 × TEA, 1 × CUP\n\nWith it everything", StringComparison.Ordinal));
    }

    [Fact]
    public async Task of_a_part_that_cannot_be_sent_its_customer_hears_once()
    {
        var ann = await mail.ACustomer("ann-not-sent@example.com");
        var (order, part) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await mail.Module.Deliver(Placed(order, ann));

        for (var times = 0; times < 2; times++) await mail.Module.Deliver(new PartDropped(order, part, [new("TEA", 1), new("CUP", 1)]));

        Assert.Contains("we cannot send this, and will not: 1 × TEA, 1 × CUP\n", Assert.Single(await mail.Mails("ann-not-sent@example.com", order.ToString())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task equal_refunds_of_one_order_have_a_mail_each()
    {
        var ann = await mail.ACustomer("ann-refunds@example.com");
        var (order, one, other) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        await mail.Module.Deliver(Placed(order, ann));

        foreach (var refund in new Guid?[] { one, one, other, null, null }) await mail.Module.Deliver(new PaymentRefunded(order, 5m, "EUR", refund));

        var mails = await mail.Mails("ann-refunds@example.com", order.ToString());
        Assert.Equal(3, mails.Length);
        Assert.All(mails, text => Assert.Contains("given back 5.00 EUR", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task an_overdue_invoice_has_one_mail_for_each_stage()
    {
        var bert = await mail.Registered("bert-owes@example.com", "Bert", "de");
        var order = Guid.CreateVersion7();
        await mail.Module.Deliver(Placed(order, bert));

        foreach (var (stage, owed) in new[] { (1, 12.5m), (1, 12.5m), (2, 7.5m) }) await mail.Module.Deliver(new ReminderIssued(order, "2026-000007", owed, "EUR", new DateOnly(2026, 3, 1), stage));

        var mails = await mail.Mails("bert-owes@example.com", "Rechnung 2026-000007 ist noch offen");
        Assert.Equal(2, mails.Length);
        Assert.All(mails, text => Assert.Contains($"zu Ihrer Bestellung {order} waren", text, StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("12.50 EUR bis zum 2026-03-01", StringComparison.Ordinal));
        Assert.Single(mails, text => text.Contains("7.50 EUR bis zum 2026-03-01", StringComparison.Ordinal));
    }

    [Fact]
    public async Task duplicates_at_once_make_one_mail()
    {
        var ann = await mail.ACustomer("ann-at-once@example.com");
        var order = Guid.CreateVersion7();
        await mail.Module.Deliver(Placed(order, ann));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => mail.Module.Deliver(new ShipmentDispatched(order, "T-1"))));

        Assert.Single(await mail.Mails("ann-at-once@example.com", order.ToString()));
    }

    [Fact]
    public async Task a_dispatch_that_is_heard_of_before_the_order_is_mailed_once_the_order_is_known()
    {
        var ann = await mail.ACustomer("ann-early@example.com");
        var order = Guid.CreateVersion7();

        await Task.WhenAll(mail.Module.Deliver(new ShipmentDispatched(order, "T-2")), mail.Module.Deliver(new ShipmentDispatched(order, "T-2")));
        await mail.Module.Deliver(Placed(order, ann));

        await Eventually.True(async () => (await mail.Mails("ann-early@example.com", order.ToString())).Length == 1, "the mail about the early dispatch");
        Assert.Equal(1, await mail.Module.Query<long>("select count(*) from mt_doc_mail where data ->> 'orderId' = $1", order.ToString()));
    }

    [Fact]
    public async Task a_customer_without_an_account_gets_no_mail_and_leaves_next_to_nothing()
    {
        var order = Guid.CreateVersion7();

        await mail.Module.Deliver(Placed(order, Guid.CreateVersion7()));
        await mail.Module.Deliver(new OrderConfirmed(order, Guid.CreateVersion7(), s_lines));
        await mail.Module.Deliver(new ShipmentDispatched(order, "T-3"));

        await mail.Module.AtRest();
        Assert.Equal(0, await mail.Module.Query<long>("select count(*) from mt_doc_mail where data ->> 'orderId' = $1", order.ToString()));
        Assert.True(await mail.Module.Query<bool>("select customer_id is null from order_customers where order_id = $1", order));
    }

    [Fact]
    public async Task everybody_is_written_to_in_his_language()
    {
        var bert = await mail.Registered("bert@example.com", "Bert", "de-AT");
        using var browser = mail.ABrowser();
        await browser.Submit(await mail.Link("bert@example.com", "Bitte bestätigen"));
        var order = Guid.CreateVersion7();

        await mail.Module.Deliver(Placed(order, bert));
        await mail.Module.Deliver(new ShipmentDispatched(order, "T-4"));

        Assert.StartsWith("Guten Tag Bert,", Assert.Single(await mail.Mails("bert@example.com", $"Ihre Bestellung {order} ist unterwegs")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_name_goes_to_no_address_that_is_not_shown_to_be_its_own()
    {
        var ann = await mail.Registered("stranger@example.com", "Win at evil.example");
        var order = Guid.CreateVersion7();

        await mail.Module.Deliver(Placed(order, ann));
        await mail.Module.Deliver(new ShipmentDispatched(order, "T-5"));

        var mails = await mail.Mails("stranger@example.com", "");
        Assert.Equal(2, mails.Length);
        Assert.All(mails, text => Assert.DoesNotContain("evil.example", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task every_operator_hears_of_low_stock_once()
    {
        using var importer = await mail.Importer();
        foreach (var name in new[] { "ops-one", "ops-two" })
            await importer.PostOnce("/v1/users/accounts", new { email = $"{name}@example.com", name, role = "operator" });
        var sku = $"LOW-{Guid.NewGuid():n}";

        for (var times = 0; times < 2; times++) await mail.Module.Deliver(new StockLow(sku, 3));

        foreach (var name in new[] { "ops-one", "ops-two" })
            Assert.Contains("3 left to sell", Assert.Single(await mail.Mails($"{name}@example.com", sku)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task what_is_old_is_forgotten()
    {
        var ann = await mail.ACustomer("ann-old@example.com");
        var (old, olds, nobodys, young) = (Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7());
        foreach (var (order, customer) in new[] { (old, ann), (olds, ann), (nobodys, Guid.CreateVersion7()), (young, ann) }) await mail.Module.Deliver(Placed(order, customer));
        await mail.Module.Deliver(new ShipmentDispatched(old, "T-5"));
        await mail.Mails("ann-old@example.com", old.ToString());
        await mail.Module.Query<string>("""
            with a as (update mt_doc_mail set decided_at = now() - interval '31 days' where data ->> 'orderId' = $1::text returning 1),
                 b as (update mailbox set at = now() - interval '31 days' where subject like '%' || $1::text || '%' returning 1),
                 c as (update order_customers set at = now() - interval '15 days' where order_id in ($2, $3) returning 1),
                 d as (update order_customers set at = now() - interval '401 days' where order_id = $1::text::uuid returning 1) select 'aged'
            """, old.ToString(), olds, nobodys);

        await mail.Housekeeping<ForgetMails>().OnceAsync(CancellationToken.None);

        Assert.Empty(await mail.Mails("ann-old@example.com", old.ToString()));
        Assert.Equal(0, await mail.Module.Query<long>("select count(*) from mt_doc_mail where data ->> 'orderId' = $1", old.ToString()));
        Assert.Equal([olds, young], (await mail.Module.Query<Guid[]>("select array_agg(order_id order by at) from order_customers where order_id = any($1)", new[] { old, olds, nobodys, young })));
    }

    private static OrderPlaced Placed(Guid order, Guid customer) => new(order, customer, s_lines, 12.5m, "EUR", "test-ok");
}
