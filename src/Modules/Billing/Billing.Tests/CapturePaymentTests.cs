using Billing.Contracts;
using Orders.Contracts;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class CapturePaymentTests(TheBilling billing)
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task the_money_is_taken_when_order_and_stock_are_both_there(bool orderFirst)
    {
        var order = AnOrder();
        await billing.Deliver(orderFirst ? order : TheStockOf(order));
        Assert.Equal("waiting", await billing.StateOf(order));

        await billing.Deliver(orderFirst ? TheStockOf(order) : order);

        Assert.Equal("captured", await billing.StateOf(order));
        Assert.Equal(new Money(20, 0), await billing.MoneyOf(order));
    }

    [Fact]
    public async Task an_order_told_before_shipping_had_a_price_is_understood()
    {
        var order = AnOrder();
        await billing.Module.DeliverAsWritten<OrderPlaced>($$"""
            {"orderId":"{{order.OrderId}}","customerId":"{{order.CustomerId}}","lines":[{"sku":"a","quantity":2,"unitPrice":10,"amount":20}],"total":20,"currency":"EUR","paymentToken":"test-ok"}
            """);
        await billing.Deliver(TheStockOf(order));

        Assert.Equal(new Money(20, 0), await billing.MoneyOf(order));
    }

    [Fact]
    public async Task order_and_stock_at_the_same_moment_are_both_remembered()
    {
        var orders = Enumerable.Range(0, 40).Select(_ => AnOrder()).ToList();

        await Task.WhenAll(orders.SelectMany(order => (Task[])[billing.Module.Deliver(order), billing.Module.Deliver(TheStockOf(order))]));
        await billing.Module.AtRest();

        foreach (var order in orders) Assert.Equal(new Money(20, 0), await billing.MoneyOf(order));
    }

    [Fact]
    public async Task every_message_twice_takes_the_money_once()
    {
        var order = AnOrder();

        await billing.Deliver(order, order, TheStockOf(order), TheStockOf(order), order);

        Assert.Equal(new Money(20, 0), await billing.MoneyOf(order));
        Assert.Single(await billing.Module.Published<PaymentCaptured>(), captured => captured.OrderId == order.OrderId);
        Assert.Equal(1, (int)(await billing.Get($"test-provider/{order.OrderId}"))["requests"]!);
    }

    [Theory]
    [InlineData("test-declined", "The card was declined.")]
    [InlineData("stolen", "The means of payment is not known. The test provider takes test-ok, test-declined, test-lost-answer and test-timeout.")]
    public async Task a_declined_payment_is_told_and_moves_nothing(string token, string reason)
    {
        var order = AnOrder(token);

        await billing.Deliver(order, TheStockOf(order));

        Assert.Equal("declined", await billing.StateOf(order));
        Assert.Equal(new PaymentDeclined(order.OrderId, reason), Assert.Single(await billing.Module.Published<PaymentDeclined>(), declined => declined.OrderId == order.OrderId));
        Assert.Equal(new Money(0, 0), await billing.MoneyOf(order));
    }

    [Theory]
    [InlineData("test-lost-answer")]
    [InlineData("test-timeout")]
    public async Task an_answer_that_does_not_come_is_asked_for_again_and_the_money_is_taken_once(string token)
    {
        var order = AnOrder(token);

        await billing.Deliver(order, TheStockOf(order));

        Assert.Equal(new Money(20, 0), await billing.MoneyOf(order));
        var account = await billing.Get($"test-provider/{order.OrderId}");
        Assert.Equal((2, 1), ((int)account["requests"]!, (int)account["captures"]!));
    }

    [Fact]
    public async Task an_order_of_nothing_is_captured_without_a_posting()
    {
        var order = AnOrder(total: 0m);

        await billing.Deliver(order, TheStockOf(order), TheCancellationOf(order));

        Assert.Equal("refunded", await billing.StateOf(order));
        Assert.Equal(new Money(0, 0), await billing.MoneyOf(order));
    }
}
