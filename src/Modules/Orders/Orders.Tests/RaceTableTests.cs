using System.Net;
using Orders.Contracts;

namespace Orders.Tests;

/// <summary>
/// Cancellation, capture, time-out and dispatch, every two of them let go at the same moment: whichever wins, all ends as if one had come after the other.
/// What that is the module says itself, asked for both orders first.
/// </summary>
public sealed class RaceTableTests(OrdersUnderTest orders) : IClassFixture<OrdersUnderTest>
{
    private const int AtOnce = 5;

    /// <summary>200 by <c>./modular test --all</c>.</summary>
    private static readonly int s_rounds = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("MODULAR_TEST_ALL")) ? 10 : 200;

    private sealed record Ending(string Status, string? Reason, string? Cancel, int Cancelled, int Confirmed, int Requested);

    [Theory]
    [InlineData("StockReserved", "Cancel", "PaymentCaptured")]
    [InlineData("StockReserved", "Cancel", "TimeOut")]
    [InlineData("StockReserved PaymentCaptured", "Cancel", "ShipmentDispatched")]
    [InlineData("StockReserved", "PaymentCaptured", "TimeOut")]
    [InlineData("StockReserved PaymentCaptured", "PaymentCaptured", "ShipmentDispatched")]
    [InlineData("StockReserved PaymentCaptured", "TimeOut", "ShipmentDispatched")]
    public async Task of_two_at_the_same_moment_one_comes_after_the_other(string before, string one, string other)
    {
        var rounds = new List<(Guid Id, string? Cancel)>();
        foreach (var (first, second) in new[] { (one, other), (other, one) })
        {
            var id = await AnOrder(before);
            string?[] said = [await Do(id, first), await Do(id, second)];
            rounds.Add((id, said.SingleOrDefault(answer => answer is not null)));
        }

        for (var done = 0; done < s_rounds; done += AtOnce)
            rounds.AddRange(await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(async _ =>
            {
                var id = await AnOrder(before);
                var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                var both = Task.WhenAll(After(go.Task, id, one), After(go.Task, id, other));
                go.SetResult();
                return (id, (await both).SingleOrDefault(said => said is not null));
            })));

        var endings = await Endings(rounds);
        Assert.All(endings.Skip(2), ending => Assert.Contains(ending, endings.Take(2)));
    }

    private async Task<Guid> AnOrder(string before)
    {
        var id = await orders.AnOrder();
        await orders.Tell(id, before.Split(' '));
        return id;
    }

    private async Task<string?> After(Task go, Guid id, string what)
    {
        await go;
        return await Do(id, what);
    }

    /// <summary>What the customer who cancels is answered in the end.</summary>
    private async Task<string?> Do(Guid id, string what)
    {
        if (what == "TimeOut") await orders.Module.Deliver(new StepTimedOut(id, OrderStep.Payment));
        else if (what != "Cancel") await orders.Tell(id, what);
        else
        {
            while (true)
            {
                using var answer = await orders.Cancel(id);
                if (answer.IsSuccessStatusCode) return $"{(int)answer.StatusCode}";
                var (status, code) = await OrdersUnderTest.Problem(answer);
                // Who loses a race is told to repeat.
                if ((status, code) != (HttpStatusCode.Conflict, "conflict")) return code;
            }
        }

        return null;
    }

    private async Task<IReadOnlyList<Ending>> Endings(IReadOnlyList<(Guid Id, string? Cancel)> rounds)
    {
        var cancelled = (await orders.Module.Published<OrderCancelled>()).ToLookup(told => told.OrderId);
        var confirmed = (await orders.Module.Published<OrderConfirmed>()).ToLookup(told => told.OrderId);
        var requested = (await orders.Module.Published<OrderCancellationRequested>()).ToLookup(told => told.OrderId);
        var endings = new List<Ending>();
        foreach (var (id, cancel) in rounds)
        {
            var order = await orders.Order(id);
            endings.Add(new(order.GetProperty("status").GetString()!, order.GetProperty("cancelReason").GetString(), cancel, cancelled[id].Count(), confirmed[id].Count(), requested[id].Count()));
        }

        return endings;
    }
}
