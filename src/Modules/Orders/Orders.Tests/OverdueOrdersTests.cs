using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Inventory.Contracts;
using Billing.Contracts;
using Marten;
using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shared.Testing;
using Shipping.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

/// <summary>Orders that wait for longer than their step may take: an operator's list.</summary>
public sealed class OverdueOrdersTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    private static readonly StepTimeouts Waits = new(TimeSpan.FromHours(1), TimeSpan.FromHours(2), TimeSpan.FromHours(3), TimeSpan.FromHours(4), TimeSpan.FromHours(5));

    [Theory]
    [InlineData("", "placed", 1)]
    [InlineData("PaymentCaptured", "placed", 1)]
    [InlineData("StockReserved", "reserved", 2)]
    [InlineData("StockReserved PaymentCaptured", "confirmed", 3)]
    [InlineData("StockReserved PaymentCaptured Cancel", "cancelling", 4)]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched", "dispatched", 5)]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered", "completed", null)]
    [InlineData("StockReserved PaymentCaptured ShipmentLost", "cancelled", null)]
    public async Task an_order_is_overdue_when_its_step_has_taken_too_long(string messages, string status, int? hours)
    {
        var id = await orders.AnOrder();
        await orders.TellAll(id, messages);
        var now = TimeProvider.System.GetUtcNow();

        for (var later = 0; later < 7; later++)
            Assert.Equal(later >= hours, await IsOverdue(id, now.AddHours(later).AddMinutes(1), status));
        Assert.Equal(status, await orders.StatusOf(id));
    }

    // The time counts from the step's beginning, not from the order's.
    [Fact]
    public async Task a_step_that_began_late_is_not_overdue_early()
    {
        var id = await orders.AnOrder();
        await orders.TellAll(id, "StockReserved PaymentCaptured");
        // What changes no status begins nothing.
        await orders.Module.Deliver(new PaymentRefunded(id, 1m, "GBP"));
        const string Later = """
            with later as (update mt_events set timestamp = timestamp + case type when 'confirmed' then interval '10 hours' else interval '20 hours' end
                where stream_id = $1 and type in ('confirmed', 'payment-refunded') returning 1)
            select count(*) from later
            """;
        Assert.Equal(2, await orders.Module.Query<long>(Later, id));
        var now = TimeProvider.System.GetUtcNow();

        Assert.False(await IsOverdue(id, now.AddHours(12.9), "confirmed"));
        Assert.True(await IsOverdue(id, now.AddHours(13.1), "confirmed"));
    }

    [Fact]
    public async Task an_operator_lists_what_is_overdue_and_what_of_it_is_in_a_status()
    {
        var settings = new[] { "Dispatch", "Cancellation", "Delivery" }.ToDictionary(step => $"Orders:{step}Timeout", _ => (string?)"00:00:00.001");
        await using var module = await ModuleUnderTest.StartAsync(new OrdersModule(), settings);
        Guid placed = await OrdersUnderTest.AnOrder(module, orders.Customer), waits = await OrdersUnderTest.AnOrder(module, orders.Customer), sent = await OrdersUnderTest.AnOrder(module, orders.Customer);
        foreach (var id in new[] { waits, sent })
        {
            await module.Deliver(new StockReserved(id));
            await module.Deliver(new PaymentCaptured(id, 9.98m, "GBP"));
        }

        await module.Deliver(new ShipmentDispatched(sent, "T-1"));
        using var http = module.AsOperator();

        await Eventually.True(async () => (await Listed("?overdue=true")).SequenceEqual([sent, waits]), "both overdue");
        Assert.Equal([waits], await Listed("?overdue=true&status=confirmed"));
        Assert.Equal([waits], await Listed($"?overdue=true&after={sent}"));
        Assert.Equal([sent, waits, placed], await Listed(""));
        Assert.Empty(await module.Published<OrderCancelled>());

        async Task<Guid[]> Listed(string query) =>
            [.. (await http.GetFromJsonAsync<JsonElement>($"/v1/orders{query}")).GetProperty("items").EnumerateArray().Select(order => order.GetProperty("id").GetGuid())];
    }

    [Fact]
    public async Task overdue_is_an_operators_question_and_asked_by_true()
    {
        using HttpClient customer = orders.Module.As(orders.Customer), one = orders.Module.AsOperator();

        foreach (var (http, value, rule) in new[] { (customer, "true", "only operators"), (one, "yes", "must be true"), (one, "", "must be true") })
        {
            var answer = await http.GetAsync(new Uri($"/v1/orders?overdue={value}", UriKind.Relative));

            Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(answer));
            Assert.Contains(rule, (await Json(answer)).GetProperty("errors").GetProperty("overdue")[0].GetString(), StringComparison.Ordinal);
        }
    }

    private async Task<bool> IsOverdue(Guid id, DateTimeOffset now, string status)
    {
        await using var db = orders.Module.ServicesOf("orders").GetRequiredService<IDocumentStore>().QuerySession();
        var found = await new OrderFilter(Status: status, Overdue: "true").Of(db, new Caller(Guid.Empty, IsOperator: true), after: null, Waits, now).Select(order => order.Id).ToListAsync();
        return found.Contains(id);
    }
}
