using Billing.Contracts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orders.Contracts;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

/// <summary>Customers are reminded three days after an invoice was due, and ten.</summary>
public sealed class RemindOfInvoicesTests(TheBilling billing)
{
    [Fact]
    public async Task an_unpaid_invoice_is_told_once_at_each_stage_also_by_instances_at_the_same_moment()
    {
        var order = await AnOverdueOrder(days: 2);
        await Look();
        Assert.Empty(await Told(order));

        await Due(order, days: 3);
        await Task.WhenAll(Look(), Look(), Look());
        await billing.Refund(order, 5);
        await Look();
        await Due(order, days: 9);
        await Look();
        var first = Assert.Single(await Told(order));
        Assert.Equal((20m, "EUR", Today.AddDays(-3), 1), (first.Owed, first.Currency, first.DueOn, first.Stage));
        Assert.Matches(@"^\d{4}-\d{6}$", first.InvoiceNumber);

        await Due(order, days: 10);
        await Look();
        await Look();
        Assert.Equal([(1, 20m), (2, 15m)], (await Told(order)).Select(told => (told.Stage, told.Owed)));
        Assert.Equal(2, (int)(await billing.Get("receivables?overdue=true&limit=200"))["items"]!.AsArray().Single(item => (Guid)item!["orderId"]! == order.OrderId)!["reminders"]!);
    }

    [Fact]
    public async Task what_is_long_overdue_is_told_once_by_the_last_stage()
    {
        var order = await AnOverdueOrder(days: 100);

        await Look();
        await Look();

        Assert.Equal(2, Assert.Single(await Told(order)).Stage);
    }

    [Fact]
    public async Task what_is_paid_or_cancelled_is_not_told_any_more()
    {
        OrderPlaced paid = await AnOverdueOrder(days: 3), cancelled = await AnOverdueOrder(days: 3);
        await Look();
        await billing.Post($"payments/{paid.OrderId}/receipt", new { amount = 20, currency = "EUR", reference = "statement 9" });
        await billing.Deliver(TheCancellationOf(cancelled));

        foreach (var order in new[] { paid, cancelled })
        {
            await billing.Module.Query<string>("with later as (update open_items set due_on = $2 where item = $1 returning 1) select 'later'", order.OrderId, Today.AddDays(-20));
            await Look();
            Assert.Equal(1, Assert.Single(await Told(order)).Stage);
        }
    }

    [Theory]
    [InlineData("7,21", true)]
    [InlineData("", true)]
    [InlineData("0", false)]
    [InlineData("7,7", false)]
    [InlineData("21,7", false)]
    [InlineData("a week", false)]
    [InlineData("366", false)]
    [InlineData("1,2,3,4,5,6,7,8,9,10,11", false)]
    public void the_days_rise_or_the_host_does_not_start(string setting, bool good)
    {
        var faults = new List<string>();

        OnInvoiceSettings.Read(new ConfigurationBuilder().AddInMemoryCollection([new("Billing:OnInvoice:RemindAfter", setting)]).Build(), faults);

        if (good) Assert.Empty(faults);
        else Assert.StartsWith($"Billing:OnInvoice:RemindAfter is '{setting}': it must be", Assert.Single(faults), StringComparison.Ordinal);
    }

    private static DateOnly Today => DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);

    private async Task<OrderPlaced> AnOverdueOrder(int days)
    {
        var order = await billing.ACapturedOrder("invoice");
        await Due(order, days);
        return order;
    }

    /// <summary>As if it had been due so many days ago.</summary>
    private Task<int> Due(OrderPlaced order, int days) => billing.Module.Query<int>("update open_items set due_on = $2 where item = $1 returning 1", order.OrderId, Today.AddDays(-days));

    private Task Look() => billing.Module.ServicesOf("billing").GetServices<IHostedService>().OfType<ReminderSweep>().Single().OnceAsync(TestContext.Current.CancellationToken);

    private async Task<IReadOnlyList<ReminderIssued>> Told(OrderPlaced order) => [.. (await billing.Module.Published<ReminderIssued>()).Where(told => told.OrderId == order.OrderId).OrderBy(told => told.Stage)];
}
