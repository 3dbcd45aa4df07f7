using Microsoft.Extensions.Configuration;

namespace Orders.Tests;

public sealed class StepTimeoutsTests
{
    [Fact]
    public void an_order_waits_two_minutes_for_stock_and_five_for_payment_unless_set_otherwise()
    {
        Assert.Equal(new StepTimeouts(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5)), StepTimeouts.From(Settings("", "")));
        Assert.Equal(new StepTimeouts(TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)), StepTimeouts.From(Settings("00:00:01", "1.00:00:00")));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("00:00:00")]
    [InlineData("-00:01:00")]
    [InlineData("8.00:00:00")]
    public void a_time_that_cannot_be_is_a_fault_that_names_its_setting(string wait)
    {
        Assert.Contains("Orders:StockTimeout", Assert.Single(StepTimeouts.Faults(Settings(wait, ""))));
        Assert.Contains("Orders:PaymentTimeout", Assert.Single(StepTimeouts.Faults(Settings("", wait))));
    }

    private static IConfiguration Settings(string stock, string payment) => new ConfigurationBuilder()
        .AddInMemoryCollection(new Dictionary<string, string?> { ["Orders:StockTimeout"] = stock, ["Orders:PaymentTimeout"] = payment }.Where(setting => setting.Value != ""))
        .Build();
}
