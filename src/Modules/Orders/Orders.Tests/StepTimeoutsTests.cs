using Microsoft.Extensions.Configuration;

namespace Orders.Tests;

public sealed class StepTimeoutsTests
{
    private static readonly string[] Steps = ["Stock", "Payment", "Dispatch", "Cancellation", "Delivery"];

    [Fact]
    public void each_step_may_take_as_long_as_is_usual_unless_set_otherwise()
    {
        Assert.Equal(new StepTimeouts(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(5), TimeSpan.FromDays(2), TimeSpan.FromHours(1), TimeSpan.FromDays(14)), StepTimeouts.From(Settings([])));
        Assert.Equal(
            new StepTimeouts(TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), TimeSpan.FromSeconds(3), TimeSpan.FromHours(4), TimeSpan.FromDays(365)),
            StepTimeouts.From(Settings(["00:00:01", "7.00:00:00", "00:00:03", "04:00:00", "365.00:00:00"])));
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("00:00:00")]
    [InlineData("-00:01:00")]
    [InlineData("365.00:00:01")]
    public void a_time_that_cannot_be_is_a_fault_that_names_its_setting_and_all_are_named(string wait)
    {
        var settings = Settings([.. Steps.Select(_ => wait)]);

        var faults = new OrdersModule().Faults(settings, "Production").ToList();

        Assert.Equal(Steps.Select(step => $"Orders:{step}Timeout must be a time"), faults.Select(fault => fault[..fault.IndexOf(" above", StringComparison.Ordinal)]));
        Assert.All(faults, fault => Assert.Contains($"it is '{wait}'", fault, StringComparison.Ordinal));
        Assert.Contains("Orders:StockTimeout", Assert.Throws<FormatException>(() => StepTimeouts.From(settings)).Message, StringComparison.Ordinal);
    }

    // Their messages for later must be younger than what is remembered of handled ones.
    [Fact]
    public void stock_and_payment_may_take_a_week_at_most() =>
        Assert.Equal(["Orders:StockTimeout", "Orders:PaymentTimeout"], StepTimeouts.Faults(Settings([.. Steps.Select(_ => "7.00:00:01")])).Select(fault => fault.Split(' ')[0]));

    private static IConfiguration Settings(string[] waits) => new ConfigurationBuilder()
        .AddInMemoryCollection(waits.Zip(Steps, (wait, step) => KeyValuePair.Create($"Orders:{step}Timeout", (string?)wait)))
        .Build();
}
