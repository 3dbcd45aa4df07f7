using Orders.Contracts;
using Shared.Kernel;

namespace Inventory.Tests;

public sealed class ReservationTests
{
    [Fact]
    public void a_product_on_several_lines_is_wanted_once_in_all()
    {
        OrderLine[] lines = [ALine("b", 2), ALine("a", 1), ALine("b", int.MaxValue)];

        var wanted = Reservation.Sum(lines);

        Assert.Equal([new Line("b", 2L + int.MaxValue), new Line("a", 1)], wanted);
    }

    [Fact]
    public void the_last_one_can_be_set_aside() => Assert.Null(Reservation.WhyNot([new("a", 3)], InStock(("a", 3))));

    [Fact]
    public void one_missing_line_is_reason_enough_and_named() =>
        Assert.Equal("b: 2 wanted, 1 left; c: 1 wanted, 0 left.", Reservation.WhyNot([new("a", 1), new("b", 2), new("c", 1)], InStock(("a", 1), ("b", 1))));

    [Fact]
    public void the_reason_names_three_products_at_most()
    {
        var reason = Reservation.WhyNot(Enumerable.Range(1, 50).Select(i => new Line($"p{i}", 1)), InStock());

        Assert.Equal("p1: 1 wanted, 0 left; p2: 1 wanted, 0 left; p3: 1 wanted, 0 left; and 47 more.", reason);
    }

    [Theory]
    [InlineData("reserved", true)]
    [InlineData("released", false)]
    [InlineData("rejected", false)]
    [InlineData("cancelled", false)]
    public void cancelling_gives_back_what_is_reserved(string state, bool released) => Assert.Equal(released, Reservation.IsReleasedFrom(state, [new("a", 4)]));

    [Fact]
    public void what_has_left_the_house_is_not_released() =>
        Assert.Equal("reservation.shipped", Assert.Throws<RefusedException>(() => Reservation.IsReleasedFrom("shipped", [])).Code);

    [Fact]
    public void nor_is_the_rest_of_what_has_left_in_part() =>
        Assert.Equal("reservation.shipped", Assert.Throws<RefusedException>(() => Reservation.IsReleasedFrom("reserved", [new("a", 4, Shipped: 1), new("b", 1)])).Code);

    [Theory]
    [InlineData("reserved", true)]
    [InlineData("shipped", false)]
    public void dispatch_takes_what_is_reserved(string state, bool shipped) => Assert.Equal(shipped, Reservation.IsShippedFrom(state));

    [Theory]
    [InlineData("released")]
    [InlineData("rejected")]
    [InlineData("cancelled")]
    public void dispatch_of_what_is_not_reserved_is_a_fault(string state) => Assert.Throws<InvalidOperationException>(() => Reservation.IsShippedFrom(state));

    private static OrderLine ALine(string sku, int quantity) => new(sku, quantity, UnitPrice: 1, Amount: quantity);

    private static Dictionary<string, Stock> InStock(params (string Sku, long OnHand)[] stock) => stock.ToDictionary(one => one.Sku, one => new Stock(one.Sku, one.OnHand));
}
