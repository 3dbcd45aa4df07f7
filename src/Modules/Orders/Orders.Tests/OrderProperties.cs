using System.Collections.Concurrent;
using CsCheck;
using Orders.Contracts;
using Shared.Kernel;
using static Orders.Tests.OrderStory;

namespace Orders.Tests;

/// <summary>
/// Whatever an order is told, in whatever order and however often: its state and its money are those of a table written down beside the model. A failure prints the seed that repeats it.
/// </summary>
public sealed class OrderProperties
{
    private const int Runs = 20_000;

    /// <summary>From each state (paid: placed, and the money is there or is to come on invoice), what a message makes of it: another state, nothing (.), or a refusal (x).</summary>
    private const string Rules = """
        message            placed     paid       reserved   confirmed   cancelling  dispatched  completed  cancelled  lost
        StockReserved      reserved   confirmed  .          .           .           .           .          .          .
        StockRejected      cancelled  cancelled  x          x           x           x           x          .          .
        StockTimedOut      cancelled  cancelled  .          .           .           .           .          .          .
        ReservationExpired cancelled  cancelled  cancelled  .           .           .           .          .          .
        PaymentCaptured    paid       .          confirmed  .           .           .           .          .          .
        PaymentDeferred    paid       .          confirmed  .           .           .           .          .          .
        PaymentDeclined    cancelled  x          cancelled  x           x           x           x          .          .
        PaymentTimedOut    .          .          cancelled  .           .           .           .          .          .
        Cancel             cancelled  cancelled  cancelled  cancelling  .           x           x          .          .
        ShipmentStopped    x          x          x          x           cancelled   x           x          .          x
        ShipmentDispatched x          x          x          dispatched  dispatched  .           .          x          .
        ShipmentDelivered  x          x          x          completed   completed   completed   .          x          x
        ShipmentLost       x          x          x          lost        lost        lost        x          x          .
        """;

    private static readonly Dictionary<(string Message, string State), string> Next = Read();

    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["StockRejected"] = "stock.rejected", ["StockTimedOut"] = "stock.timed-out", ["ReservationExpired"] = "stock.expired", ["PaymentDeclined"] = "payment.declined",
        ["PaymentTimedOut"] = "payment.timed-out", ["Cancel"] = "customer", ["ShipmentStopped"] = "customer", ["ShipmentLost"] = "shipment.lost",
    };

    // What leads on comes more often, or few orders would get far. A number is a refund of so many cents; the same number again is its copy.
    private static readonly Gen<string> Message = Gen.Frequency(
        (5, Gen.OneOf("StockReserved", "PaymentCaptured", "PaymentDeferred")),
        (3, Gen.OneOf("ShipmentDispatched", "ShipmentDelivered", "ShipmentLost", "ShipmentStopped", "Cancel")),
        (2, Gen.OneOf("StockRejected", "StockTimedOut", "ReservationExpired", "PaymentDeclined", "PaymentTimedOut")),
        (2, Gen.Int[1, 998].Select(cents => $"{cents}")));

    [Fact]
    public void state_and_money_are_those_of_the_table()
    {
        var reached = new ConcurrentDictionary<string, int>();

        Message.Array[0, 24].Sample(messages =>
        {
            var (story, inbox) = (AnOrder(), new HashSet<string>());
            var (state, reason, refunded, confirmed, tracked) = ("placed", (string?)null, 0m, 0, false);
            foreach (var message in messages)
            {
                if (int.TryParse(message, out var cents))
                {
                    // The inbox knows a copy of a refund by its identity: the model never hears of it.
                    if (!inbox.Add(message)) continue;
                    story.Refunded(cents / 100m);
                    if (refunded + cents / 100m <= 9.98m) refunded += cents / 100m;
                    continue;
                }

                var next = Next[(message, state)];
                Assert.Equal(next == "x", !Accepts(story, message));
                if (message == "ShipmentDispatched" && next != "x") tracked = true;
                if (next is "x" or ".") continue;

                if (next == "confirmed") confirmed++;
                reason = next is "cancelled" or "lost" or "cancelling" ? Reasons[message] : null;
                state = next;
            }

            var (order, paid) = (story.Order, messages.Contains("PaymentCaptured"));
            Assert.Equal((Shown(state), reason), (order.Status, order.CancelReason));
            Assert.Equal((paid, refunded, 9.98m), (order.IsPaid, order.Refunded, order.Total));
            Assert.Equal(tracked ? "T-1" : null, order.TrackingNumber);
            Assert.Equal((paid ? 1 : 0, refunded), (story.Facts.OfType<Order.PaymentCaptured>().Count(), story.Facts.OfType<Order.PaymentRefunded>().Sum(part => part.Amount)));
            // Each of these is told to the other modules, once.
            Assert.Equal((confirmed, state is "cancelled" or "lost" ? 1 : 0, state == "completed" ? 1 : 0),
                (story.Facts.OfType<Order.Confirmed>().Count(), story.Facts.OfType<Order.Cancelled>().Count(), story.Facts.OfType<Order.Completed>().Count()));
            reached.AddOrUpdate(state, 1, (_, times) => times + 1);
        }, iter: Runs, print: messages => string.Join(' ', messages));

        Assert.Equal(9, reached.Count);
    }

    /// <summary>What the other modules really send of one order, where no race decides: refused too early, it is replayed until it is accepted, and the end is the same whatever came first.</summary>
    [Theory]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentDelivered", "completed", null)]
    [InlineData("StockReserved PaymentCaptured ShipmentDispatched ShipmentLost", "cancelled", "shipment.lost")]
    [InlineData("StockReserved PaymentCaptured Cancel ShipmentStopped", "cancelled", "customer")]
    [InlineData("StockRejected PaymentCaptured StockTimedOut Cancel", "cancelled", "")]
    [InlineData("StockReserved PaymentDeclined ReservationExpired PaymentTimedOut", "cancelled", "")]
    public void what_is_sent_of_one_order_ends_the_same_in_whatever_order_it_comes(string sent, string status, string? reason)
    {
        var once = sent.Split(' ');
        // Each message and its copy, and a few refunds in parts.
        var arrivals = Gen.Int[1, 330].Array[0, 3].SelectMany(cents => Gen.Shuffle<string>((string[])[.. once, .. once, .. cents.Select(part => $"{part}")]).Select(arrival => (Cents: cents, Arrival: arrival)));

        arrivals.Sample(run =>
        {
            var (story, left) = (AnOrder(), run.Arrival.ToList());
            while (left.Count > 0)
            {
                var refused = left.Where(message => int.TryParse(message, out var part) ? story.Refunded(part / 100m) is null : !Accepts(story, message)).ToList();
                Assert.True(refused.Count < left.Count, $"A {story.Order.Status} order accepts none of {string.Join(", ", left)}.");
                left = refused;
            }

            Assert.Equal((status, run.Cents.Sum() / 100m), (story.Order.Status, story.Order.Refunded));
            if (reason != "") Assert.Equal(reason, story.Order.CancelReason);
            Assert.Equal(once.Contains("PaymentCaptured"), story.Order.IsPaid);
            Assert.Equal(status == "cancelled" ? 1 : 0, story.Facts.OfType<Order.Cancelled>().Count());
        }, iter: Runs / 10, print: run => string.Join(' ', run.Arrival));
    }

    private static string Shown(string state) => state switch { "paid" => OrderStatus.Placed, "lost" => OrderStatus.Cancelled, _ => state };

    private static bool Accepts(OrderStory story, string message)
    {
        try
        {
            story.Told(message);
            return true;
        }
        catch (RefusedException)
        {
            return false;
        }
    }

    private static Dictionary<(string, string), string> Read()
    {
        var rows = Rules.Split('\n').Select(row => row.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToList();
        return rows.Skip(1).SelectMany(row => row.Skip(1).Select((next, at) => ((row[0], rows[0][at + 1]), next))).ToDictionary();
    }
}
