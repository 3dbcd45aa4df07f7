using System.Text.Json.Nodes;
using Shipping.Contracts;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

/// <summary>An order of ten leaves the house in parts, and what is still in it stays set aside.</summary>
public sealed class PartsTests(TheInventory inventory)
{
    [Theory]
    [InlineData("first", 6, "reserved")]
    [InlineData("first first first", 6, "reserved")]
    [InlineData("rest", 4, "reserved")]
    [InlineData("first rest first rest", 10, "shipped")]
    [InlineData("rest first rest first", 10, "shipped")]
    [InlineData("first again", 6, "reserved")]
    [InlineData("again first again", 6, "reserved")]
    [InlineData("again rest first", 10, "shipped")]
    [InlineData("before", 10, "shipped")]
    [InlineData("before rest", 10, "shipped")]
    public async Task each_parcel_takes_what_is_in_it_whichever_is_heard_first_and_how_often(string arrival, int shipped, string state)
    {
        var (sku, order) = await AnOrderOfTen();

        foreach (var message in arrival.Split(' ')) await inventory.Module.Deliver(Parcel(message, order.OrderId, sku));

        Assert.Equal(new Counters(10, 10 - shipped, shipped), await inventory.CountersOf(sku));
        Assert.Equal(state, await inventory.StateOf(order));
    }

    [Fact]
    public async Task what_is_still_to_be_sent_is_counted_with_what_is_in_the_house_and_not_sold_again()
    {
        var (sku, order) = await AnOrderOfTen();
        await inventory.Module.Deliver(Parcel("first", order.OrderId, sku));

        Assert.Equal(new Finding(Stocktake.Unchanged), Stocktake.Compare(new Stock(sku, (await inventory.CountersOf(sku)).OnHand, (await inventory.CountersOf(sku)).Reserved), counted: 10 + 4));
        var line = Assert.Single((await inventory.Get($"reservations/{order.OrderId}"))["lines"]!.AsArray())!;
        Assert.Equal((10, 6, 4), ((int)line["quantity"]!, (int)line["shipped"]!, (int)line["rest"]!));
    }

    [Theory]
    [InlineData("first not-sent", 6)]
    [InlineData("not-sent first not-sent", 6)]
    [InlineData("first again not-sent first again", 6)]
    public async Task what_cannot_be_sent_is_set_aside_no_more_and_not_for_sale_either(string arrival, int shipped)
    {
        var (sku, order) = await AnOrderOfTen();

        foreach (var message in arrival.Split(' ')) await (message == "not-sent" ? inventory.Module.Deliver(NotSent(order.OrderId, sku)) : inventory.Module.Deliver(Parcel(message, order.OrderId, sku)));

        Assert.Equal(new Counters(10, 0, shipped), await inventory.CountersOf(sku));
        Assert.Equal("shipped", await inventory.StateOf(order));
        var entries = (await inventory.Get($"stock/{sku}/movements"))["items"]!.AsArray();
        Assert.Equal(["corrected -4", "released 4"], entries.Select(Said).Where(entry => entry.StartsWith("released", StringComparison.Ordinal) || entry.StartsWith("corrected", StringComparison.Ordinal)).Order());
    }

    [Fact]
    public async Task what_cannot_be_sent_again_was_taken_out_of_the_house_before()
    {
        var (sku, order) = await AnOrderOfTen();
        await inventory.Module.Deliver(Parcel("first", order.OrderId, sku));

        await inventory.Module.Deliver(new PartDropped(order.OrderId, Guid.CreateVersion7(), [new(sku, 6)], [new(sku, 6)]));

        Assert.Equal(new Counters(10, 4, 6), await inventory.CountersOf(sku));
    }

    [Fact]
    public async Task the_version_before_shipped_an_order_by_its_state_alone()
    {
        var (sku, order) = await AnOrderOfTen();
        await inventory.Module.Deliver(Parcel("before", order.OrderId, sku));
        await inventory.Module.Query<int>("update reservation_lines set shipped = null where order_id = $1 returning 1", order.OrderId);

        await inventory.Module.Deliver(Parcel("rest", order.OrderId, sku));

        Assert.Equal(new Counters(10, 0, 10), await inventory.CountersOf(sku));
        Assert.Equal(10, (int)(await inventory.Get($"reservations/{order.OrderId}"))["lines"]![0]!["shipped"]!);
    }

    private static ShipmentDispatched Parcel(string what, Guid order, string sku) => what switch
    {
        "first" => new(order, "T-1", [new(sku, 6)], [new(sku, 4)]),
        "rest" => new(order, "T-2", [new(sku, 4)], [], Part: 2),
        "again" => new(order, "T-3", [new(sku, 6)], [], Part: 3, Again: [new(sku, 6)]),
        _ => new(order, "T-4"),
    };

    private static readonly Guid s_part = Guid.CreateVersion7();

    private static PartDropped NotSent(Guid order, string sku) => new(order, s_part, [new(sku, 4)]);

    private static string Said(JsonNode? entry) => $"{entry!["kind"]} {entry["quantity"]}";

    private async Task<(string Sku, Orders.Contracts.OrderPlaced Order)> AnOrderOfTen()
    {
        var sku = ASku();
        await inventory.Receive((sku, 20));
        var order = AnOrder((sku, 10));
        await inventory.Module.Deliver(order);
        return (sku, order);
    }
}
