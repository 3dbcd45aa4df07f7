using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;

namespace Replay;

/// <summary>
/// Behind the placement, what becomes ready is dispatched and delivered; but for the orders that the file cancels, which stay until they are.
/// Ends when every other order is delivered, or when the shop is at rest, or stands still, and none becomes ready any more.
/// </summary>
internal sealed class Delivery(ShopClient shop, Plan plan, Placement placement, Backlog backlog, int connections, Func<CancellationToken, Task<bool>> isAtRest)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(100), BetweenQuestions = TimeSpan.FromSeconds(2), Standstill = TimeSpan.FromMinutes(5);

    private readonly HashSet<Guid> _taken = [];
    private readonly ConcurrentBag<string> _faults = [];
    private int _before, _done;

    public IReadOnlyCollection<string> Faults => _faults;

    public Tally Delivered { get; } = new("delivered", plan.Kept.Orders);

    /// <summary>What an interrupted replay has delivered is not ready again.</summary>
    public async Task Prepare(CancellationToken ct)
    {
        await foreach (var id in List("delivered", ct)) backlog.WasDelivered(id);
    }

    public async Task Run(Task placing, CancellationToken ct)
    {
        Delivered.Begin();
        var ready = Channel.CreateUnbounded<(Guid Id, bool IsDispatched)>(new UnboundedChannelOptions { SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var workers = Parallel.ForEachAsync(ready.Reader.ReadAllAsync(stop.Token), new ParallelOptions { MaxDegreeOfParallelism = connections, CancellationToken = stop.Token }, Deliver);
        try
        {
            await Watch(ready.Writer, placing, workers, ct);
            ready.Writer.Complete();
            await workers;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task Watch(ChannelWriter<(Guid, bool)> ready, Task placing, Task workers, CancellationToken ct)
    {
        long lastProgress = Stopwatch.GetTimestamp(), lastQuestion = lastProgress;
        while (!workers.IsFaulted)
        {
            var isPlaced = placing.IsCompleted;
            var found = await Take("ready", isDispatched: false) + await Take("dispatched", isDispatched: true);
            if (isPlaced && _before == 0) Delivered.Before(_before = backlog.CountDeliveredBefore(placement.Orders.Keys));
            if (isPlaced && _taken.Count + _before >= plan.Kept.Orders) return;

            if (found > 0 || !isPlaced || Volatile.Read(ref _done) < _taken.Count) lastProgress = lastQuestion = Stopwatch.GetTimestamp();
            if (Stopwatch.GetElapsedTime(lastProgress) > Standstill) return;
            if (Stopwatch.GetElapsedTime(lastQuestion) > BetweenQuestions)
            {
                if (await isAtRest(ct) && await Take("ready", isDispatched: false) == 0) return;
                lastQuestion = Stopwatch.GetTimestamp();
            }

            if (found == 0) await Task.Delay(BetweenLooks, ct);
        }

        async Task<int> Take(string state, bool isDispatched)
        {
            var found = 0;
            await foreach (var id in List(state, ct))
            {
                if (!placement.Orders.TryGetValue(id, out var sale) || plan.Undone.ContainsKey(sale.Invoice) || !_taken.Add(id)) continue;

                found++;
                backlog.Leave();
                ready.TryWrite((id, isDispatched));
            }

            return found;
        }
    }

    private async ValueTask Deliver((Guid Id, bool IsDispatched) shipment, CancellationToken ct)
    {
        if ((shipment.IsDispatched || await Post("dispatch")) && await Post("deliver")) Delivered.One();
        Interlocked.Increment(ref _done);

        async Task<bool> Post(string what)
        {
            var answer = await shop.Post($"/v1/shipping/shipments/{shipment.Id}/{what}", $"replay-{what}-{shipment.Id}", ct);
            if (!answer.Succeeded) _faults.Add($"invoice {placement.Orders[shipment.Id].Invoice} (order {shipment.Id}): {what} is refused: {answer.Problem}");
            return answer.Succeeded;
        }
    }

    private async IAsyncEnumerable<Guid> List(string state, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        for (string? after = ""; after is not null;)
        {
            var answer = await shop.Get($"/v1/shipping/shipments?state={state}&limit=200{after}", ct);
            if (!answer.Succeeded) throw new ShopException($"The shipments that are {state} cannot be listed: {answer.Problem}");

            foreach (var shipment in answer.Body.GetProperty("items").EnumerateArray()) yield return shipment.GetProperty("orderId").GetGuid();
            after = answer.Body.TryGetProperty("next", out var next) && next.ValueKind == JsonValueKind.String ? $"&after={next.GetString()}" : null;
        }
    }
}
