using System.Text.Json.Nodes;
using Orders.Contracts;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class OrderPartLostTests(TheBilling billing)
{
    [Fact]
    public async Task a_lost_part_s_price_is_given_back_once_however_often_it_is_told_and_each_part_by_itself()
    {
        var (order, first, second) = (await billing.ACapturedOrder(), Guid.CreateVersion7(), Guid.CreateVersion7());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Lose(order, first, 7.50m)));
        await Lose(order, second, 7.50m);
        await Lose(order, first, 7.50m);

        Assert.Equal(new Money(20, 15), await billing.MoneyOf(order));
        Assert.Equal("captured", await billing.StateOf(order));
        Assert.Equal(new HashSet<Guid> { first, second }, (await RefundsOf(order)).Select(refund => (Guid)refund!["id"]!).ToHashSet());
    }

    [Fact]
    public async Task what_is_given_back_already_is_not_given_back_again()
    {
        var order = await billing.ACapturedOrder();
        await billing.Refund(order, 15);
        await billing.Module.AtRest();

        await Lose(order, Guid.CreateVersion7(), 7.50m);
        await Lose(order, Guid.CreateVersion7(), 7.50m);
        await billing.Deliver(TheCancellationOf(order));
        await Lose(order, Guid.CreateVersion7(), 7.50m);

        Assert.Equal(new Money(20, 20), await billing.MoneyOf(order));
    }

    [Theory]
    [InlineData(false, "A parcel was lost on its way.")]
    [InlineData(true, "A part could not be sent.")]
    public async Task the_refund_says_why(bool notSent, string reason)
    {
        var order = await billing.ACapturedOrder();

        await billing.Module.Deliver(new OrderPartLost(order.OrderId, Guid.CreateVersion7(), 7.50m, "EUR", notSent));

        Assert.Equal(reason, (string)Assert.Single(await RefundsOf(order))!["reason"]!);
    }

    [Fact]
    public async Task what_is_owed_becomes_less_by_a_credit_note()
    {
        var order = await billing.ACapturedOrder("invoice");

        await Lose(order, Guid.CreateVersion7(), 7.50m);

        Assert.Equal("owed", await billing.StateOf(order));
        Assert.Equal((7.50m, true), ((decimal)(await RefundsOf(order))[0]!["amount"]!, (bool)(await RefundsOf(order))[0]!["credited"]!));
        Assert.Equal(12.50m, await billing.Module.Query<decimal>("select amount from open_items where order_id = $1", order.OrderId));
    }

    private async Task Lose(OrderPlaced order, Guid part, decimal amount)
    {
        await billing.Module.Deliver(new OrderPartLost(order.OrderId, part, amount, "EUR"));
        await billing.Module.AtRest();
    }

    private async Task<JsonArray> RefundsOf(OrderPlaced order) => (await billing.Get($"payments/{order.OrderId}/refunds"))["items"]!.AsArray();
}
