using Billing.Contracts;
using Shared.Testing;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class CancellationTests(TheBilling billing)
{
    public static TheoryData<string> EveryOrderOfArrival => ["PRC", "PCR", "RPC", "RCP", "CPR", "CRP"];

    [Theory]
    [MemberData(nameof(EveryOrderOfArrival))]
    public async Task whatever_comes_first_a_cancelled_order_costs_nothing(string arrivals)
    {
        var order = AnOrder();

        foreach (var arrival in arrivals)
        {
            object message = arrival switch { 'P' => order, 'R' => TheStockOf(order), _ => TheCancellationOf(order) };
            await billing.Deliver(message, message);
        }

        var captured = arrivals.EndsWith('C') ? 20m : 0m;
        Assert.Equal(new Money(captured, captured), await billing.MoneyOf(order));
        Assert.Equal(captured > 0 ? "refunded" : "void", await billing.StateOf(order));
        Assert.Equal(captured > 0 ? 1 : 0, (await billing.Module.Published<PaymentRefunded>()).Count(refunded => refunded.OrderId == order.OrderId));
    }

    [Fact]
    public async Task a_cancellation_while_the_provider_is_asked_waits_for_nothing_and_the_money_comes_back()
    {
        var order = AnOrder();
        await using (await billing.TheProviderIsSlow())
        {
            await billing.Module.Deliver(order);
            await billing.Module.Deliver(TheStockOf(order));
            await Eventually.True(
                async () => await billing.SessionsThat("wait_event_type = 'Lock' and query like 'insert into test_provider%'") == 1, "the provider is being asked");
            Assert.Equal(0, await billing.SessionsThat("state = 'idle in transaction'"));

            await billing.Module.Deliver(TheCancellationOf(order));
            Assert.Equal("capturing", await billing.StateOf(order));
        }

        await billing.Module.AtRest();
        Assert.Equal("refunded", await billing.StateOf(order));
        Assert.Equal(new Money(20, 20), await billing.MoneyOf(order));
        Assert.Single(await billing.Module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId);

        // Asked to capture, asked again after the lost race against the cancellation, asked to refund.
        Assert.Equal(3, (int)(await billing.Get($"test-provider/{order.OrderId}"))["requests"]!);
    }

    [Theory]
    [InlineData("test-ok")]
    [InlineData("test-lost-answer")]
    [InlineData("test-timeout")]
    public async Task cancelling_at_the_moment_of_the_capture_always_ends_at_nothing(string token)
    {
        var orders = Enumerable.Range(0, 30).Select(_ => AnOrder(token)).ToList();

        await Task.WhenAll(orders.SelectMany(order => (Task[])
            [billing.Module.Deliver(order), billing.Module.Deliver(TheStockOf(order)), billing.Module.Deliver(TheCancellationOf(order))]));
        await billing.Module.AtRest();

        foreach (var order in orders)
        {
            var money = await billing.MoneyOf(order);
            Assert.Equal(0, money.Captured - money.Refunded);
            Assert.Contains(await billing.StateOf(order), (string[])["void", "refunded"]);
        }
    }

    [Fact]
    public async Task a_declined_payment_stays_declined()
    {
        var order = AnOrder("test-declined");

        await billing.Deliver(order, TheStockOf(order), TheCancellationOf(order));

        Assert.Equal("declined", await billing.StateOf(order));
        Assert.Equal(new Money(0, 0), await billing.MoneyOf(order));
    }
}
