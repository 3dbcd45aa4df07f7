using Microsoft.Extensions.Configuration;
using Shared.Kernel;

namespace Inventory.Tests;

public sealed class StockTests
{
    [Fact]
    public void a_correction_may_take_the_last_one() => Assert.Equal(0, new Stock("a", 3).Correct(-3).OnHand);

    [Fact]
    public void a_correction_cannot_take_more_than_can_be_sold() =>
        Assert.Equal("stock.below-zero", Assert.Throws<RefusedException>(() => new Stock("a", 3).Correct(-4)).Code);

    [Theory]
    [InlineData(10, 5, true)]
    [InlineData(10, 9, true)]
    [InlineData(11, 10, false)]
    [InlineData(9, 8, false)]
    [InlineData(5, 12, false)]
    public void stock_is_low_when_it_falls_across_the_threshold(long before, long after, bool low) =>
        Assert.Equal(low, new LowStock(10).IsCrossed(new Stock("a", before), new Stock("a", after)));

    [Theory]
    [InlineData(null, 20, false)]
    [InlineData(15, 16, true)]
    [InlineData(20, 21, false)]
    [InlineData(21, null, false)]
    [InlineData(5, null, true)]
    public void a_threshold_that_is_raised_above_what_there_is_is_that_step_too(int? before, int? after, bool low) =>
        Assert.Equal(low, new LowStock(16).IsCrossed(new Stock("a", 15) { Threshold = before }, new Stock("a", 15) { Threshold = after }));

    [Fact]
    public void a_threshold_of_zero_reports_nothing() => Assert.False(new LowStock(0).IsCrossed(new Stock("a", 1), new Stock("a", 0)));

    [Theory]
    [InlineData(null, 0)]
    [InlineData("0", 0)]
    [InlineData("12", 0)]
    [InlineData("-1", 1)]
    [InlineData("many", 1)]
    public void a_threshold_that_is_no_count_stops_the_start(string? setting, int faults) =>
        Assert.Equal(faults, new InventoryModule().Faults(Settings(setting), "Production").Count());

    private static IConfiguration Settings(string? threshold) => new ConfigurationBuilder().AddInMemoryCollection([new("Inventory:LowStock", threshold)]).Build();
}
