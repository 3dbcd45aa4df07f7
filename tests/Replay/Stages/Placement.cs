using System.Collections.Concurrent;
using System.Diagnostics;

namespace Replay;

/// <summary>
/// Orders are placed and cancelled in the file's time order, several on their way at once; a cancellation waits for its own order's answer, and for nothing else:
/// it may overtake the stock and the payment.
/// </summary>
internal sealed class Placement(ShopClient shop, Plan plan, IReadOnlyDictionary<string, Guid> customers, Backlog backlog, int connections, double perSecond)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Guid?>> _placed = new(plan.Orders.Select(order =>
        KeyValuePair.Create(order.Invoice, new TaskCompletionSource<Guid?>(TaskCreationOptions.RunContinuationsAsynchronously))));

    private readonly ConcurrentDictionary<Guid, Sale> _orders = new();
    private readonly ConcurrentBag<string> _faults = [], _refusedKeys = [];

    /// <summary>Order id → the sale it was made of, as the answers come.</summary>
    public IReadOnlyDictionary<Guid, Sale> Orders => _orders;

    /// <summary>What was refused, or answered with another total than the file's.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    public IReadOnlyCollection<string> RefusedKeys => _refusedKeys;

    public Tally Placed { get; } = new("orders placed", plan.Orders.Count);

    public Tally Cancelled { get; } = new("cancelled", plan.Undone.Count);

    public async Task Run(CancellationToken ct)
    {
        var begin = Stopwatch.GetTimestamp();
        var turn = -1;
        Placed.Begin();

        await Parallel.ForEachAsync(plan.Steps, new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = ct }, async (step, cancel) =>
        {
            if (step.Cancellation is { } cancellation)
            {
                await Cancel(step.Order, cancellation, cancel);
                return;
            }

            if (perSecond < double.PositiveInfinity)
            {
                var due = TimeSpan.FromSeconds(Interlocked.Increment(ref turn) / perSecond) - Stopwatch.GetElapsedTime(begin);
                if (due > TimeSpan.Zero) await Task.Delay(due, cancel);
            }

            await backlog.Room(cancel);
            await Place(step.Order, cancel);
        });
    }

    private async Task Place(Sale sale, CancellationToken ct)
    {
        var key = $"replay-order-{sale.Invoice}";
        var answer = await shop.Post("/v1/orders", key, new
        {
            customerId = customers[sale.Customer],
            currency = "GBP",
            paymentToken = "test-ok",
            lines = sale.Lines.Select(line => new { sku = line.Code, quantity = line.Quantity, unitPrice = line.Price }),
        }, ct);

        if (answer.Succeeded && Guid.TryParse(answer.Text("id"), out var id))
        {
            _orders[id] = sale;
            backlog.Enter(id);
            var total = answer.Body.GetProperty("total").GetDecimal();
            if (total != sale.Amount) _faults.Add($"invoice {sale.Invoice}: its order's total is answered as {total}, the file has {sale.Amount}");
            _placed[sale.Invoice].SetResult(id);
        }
        else
        {
            _refusedKeys.Add(key);
            _faults.Add($"invoice {sale.Invoice}: the order is refused: {answer.Problem}");
            _placed[sale.Invoice].SetResult(null);
        }

        Placed.One();
    }

    private async Task Cancel(Sale sale, Cancellation cancellation, CancellationToken ct)
    {
        Cancelled.Begin();
        if (await _placed[sale.Invoice].Task.WaitAsync(ct) is { } id)
        {
            var answer = await shop.Post($"/v1/orders/{id}/cancel", $"replay-cancel-{cancellation.Invoice}", new { reason = $"Invoice {cancellation.Invoice}" }, ct);
            if (!answer.Succeeded) _faults.Add($"cancellation {cancellation.Invoice} of invoice {sale.Invoice} (order {id}) is refused: {answer.Problem}");
            backlog.Leave();
        }

        Cancelled.One();
    }
}
