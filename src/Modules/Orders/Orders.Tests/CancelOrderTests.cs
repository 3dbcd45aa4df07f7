using System.Net;
using System.Net.Http.Json;
using Orders.Contracts;
using static Orders.Tests.OrdersUnderTest;

namespace Orders.Tests;

public sealed class CancelOrderTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    [Theory]
    [InlineData("")]
    [InlineData("StockReserved")]
    [InlineData("PaymentCaptured")]
    public async Task until_it_is_confirmed_an_order_is_cancelled_at_once_and_once(string before)
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, before.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        var first = await orders.Cancel(id);
        var second = await orders.Cancel(id);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, second.StatusCode));
        Assert.Equal("cancelled", (await Json(first)).GetProperty("status").GetString());
        Assert.Equal("customer", Assert.Single(await orders.Module.Published<OrderCancelled>(), told => told.OrderId == id).Reason);
        Assert.Equal("changed my mind", (await orders.Order(id)).GetProperty("cancelNote").GetString());
    }

    [Fact]
    public async Task a_confirmed_order_is_cancelled_when_its_parcel_is_stopped()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentCaptured");

        var first = await orders.Cancel(id);
        var second = await orders.Cancel(id);
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.StatusCode, second.StatusCode));
        Assert.Equal("cancelling", (await Json(first)).GetProperty("status").GetString());
        Assert.Equal((1, 0), (await orders.Published<OrderCancellationRequested>(told => told.OrderId, id), await orders.Published<OrderCancelled>(told => told.OrderId, id)));

        await orders.Tell(id, "ShipmentStopped", "ShipmentStopped");

        Assert.Equal("cancelled", await orders.StatusOf(id));
        Assert.Equal("customer", Assert.Single(await orders.Module.Published<OrderCancelled>(), told => told.OrderId == id).Reason);
    }

    [Fact]
    public async Task a_cancellation_that_comes_too_late_says_so_and_the_parcel_goes_on()
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, "StockReserved", "PaymentCaptured");
        await orders.Cancel(id);

        await orders.Tell(id, "ShipmentDispatched");

        Assert.Equal("dispatched", await orders.StatusOf(id));
        Assert.Equal(["cancellation-requested", "cancellation-refused", "dispatched"], (await orders.FactsOf(id)).Skip(4));
        Assert.Equal((HttpStatusCode.Conflict, "order.dispatched"), await Problem(await orders.Cancel(id)));
        await orders.Tell(id, "ShipmentDelivered");
        Assert.Equal((HttpStatusCode.Conflict, "order.dispatched"), await Problem(await orders.Cancel(id)));
        Assert.Equal(0, await orders.Published<OrderCancelled>(told => told.OrderId, id));
    }

    [Fact]
    public async Task an_operator_cancels_anybodys_order_and_is_named_as_the_reason()
    {
        var id = await orders.AnOrder();
        using var http = orders.Module.AsOperator();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "not needed, not minded");

        var answer = await http.PostAsJsonAsync($"/v1/orders/{id}/cancel", new { reason = "fraud" });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("operator", Assert.Single(await orders.Module.Published<OrderCancelled>(), told => told.OrderId == id).Reason);
    }

    [Fact]
    public async Task of_cancellations_at_the_same_time_one_is_told()
    {
        var id = await orders.AnOrder();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => orders.Cancel(id)));

        Assert.All(answers, answer => Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Conflict));
        Assert.Contains(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        Assert.Equal(1, await orders.Published<OrderCancelled>(told => told.OrderId, id));
    }

    [Fact]
    public async Task an_order_that_is_unknown_or_somebody_elses_is_not_there()
    {
        var id = await orders.AnOrder();

        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await orders.Cancel(id, customer: Guid.CreateVersion7())));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await orders.Cancel(Guid.CreateVersion7())));
        Assert.Equal((HttpStatusCode.NotFound, "not-found"), await Problem(await orders.Cancel(Guid.Empty)));
        Assert.Equal("placed", await orders.StatusOf(id));
    }

    [Fact]
    public async Task a_reason_of_1_to_200_characters_is_required()
    {
        var id = await orders.AnOrder();

        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await orders.Cancel(id, reason: " ")));
        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await orders.Cancel(id, reason: new string('x', 201))));
        Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await Problem(await orders.Cancel(id, reason: null!)));
        Assert.Equal("placed", await orders.StatusOf(id));
    }
}
