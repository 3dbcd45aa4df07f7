using CsCheck;
using Orders.Contracts;
using Shared.Kernel;
using Shipping.Contracts;

namespace Shipping.Tests;

/// <summary>
/// Whatever is asked of a shipment, in whatever order: each unit of its order is still open or in one parcel that counts, each parcel is told once, and the state is what its parcels add up to.
/// A failure prints the seed that repeats it.
/// </summary>
public sealed class ShipmentProperties
{
    private static readonly DateTimeOffset s_start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    // What sends comes more often, or few parcels would get far.
    private static readonly Gen<(string What, int Which, int Quantity)> s_step = Gen.Select(
        Gen.OneOf("part", "part", "part", "book part", "book part", "rest", "book rest", "booked", "booked", "declined", "deliver", "deliver", "lose", "reship", "refund", "refund", "deliver all", "give up"),
        Gen.Int[0, 5], Gen.Int[1, 3]);

    [Fact]
    public void each_unit_is_open_or_in_one_parcel_and_each_parcel_is_told_once()
    {
        var reached = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();

        s_step.Array[0, 24].Sample(steps =>
        {
            var shipment = Shipment.Ready(new OrderConfirmed(Guid.CreateVersion7(), Guid.CreateVersion7(), [new("mug", 3, 1m, 3m), new("jug", 1, 1m, 1m), new("mug", 1, 1m, 1m)], "GB", ShippingUnderTest.Home), s_start);
            var told = new List<ShipmentDispatched>();
            for (var n = 0; n < steps.Length; n++)
            {
                var before = shipment.AllParcels().Where(parcel => parcel.DispatchedAt is not null).Select(parcel => parcel.Id).ToHashSet();
                try
                {
                    shipment = After(shipment, steps[n], n) ?? shipment;
                }
                catch (RefusedException)
                {
                    continue;
                }

                told.AddRange(shipment.AllParcels().Where(parcel => parcel.DispatchedAt is not null && !before.Contains(parcel.Id)).Select(parcel => shipment.Dispatched(parcel.Id)));
                Check(shipment, told);
                reached.AddOrUpdate(shipment.State, 1, (_, times) => times + 1);
            }
        }, iter: 10_000, print: steps => string.Join(", ", steps));

        Assert.Equal(["delivered", "dispatched", "lost", "partly-dispatched", "ready"], reached.Keys.Order());
    }

    private static Shipment? After(Shipment shipment, (string What, int Which, int Quantity) step, int n)
    {
        var (id, at, parcels) = (Guid.CreateVersion7(), s_start.AddMinutes(n), shipment.AllParcels());
        var number = step.What.StartsWith("book ", StringComparison.Ordinal) ? null : $"T-{n}";
        IReadOnlyList<ShipmentLine> some = [step.Which % 2 == 0 ? new("mug", step.Quantity) : new("jug", 1)];
        if (step.What is "part" or "book part") return shipment.DispatchPart(some, id, number, "test", at);
        if (step.What is "rest" or "book rest") return shipment.Dispatch(id, number, "test", at);
        if (step.What is "give up") return shipment.GiveUpOpen(id, at);
        if (step.What is "deliver all") return shipment.Deliver(at);
        if (parcels.Count == 0) return null;

        var parcel = parcels[step.Which % parcels.Count];
        return step.What switch
        {
            // Who books does so for parcels that are being booked only.
            "booked" or "declined" when parcel.State != ParcelState.Booking => null,
            "booked" => shipment.Booked(parcel.Id, number!, at),
            "declined" => shipment.Decline(parcel.Id, "Not there."),
            "deliver" => shipment.DeliverParcel(parcel.Id, at),
            "reship" => shipment.LoseParcel(parcel.Id, LossOutcome.Reship, at) is { } lost ? lost.Reship(parcel.Id, id, number, "test", at) : null,
            "refund" => shipment.LoseParcel(parcel.Id, LossOutcome.Refund, at),
            _ => shipment.LoseParcel(parcel.Id, null, at),
        };
    }

    private static void Check(Shipment shipment, List<ShipmentDispatched> told)
    {
        var sent = shipment.AllParcels().Where(parcel => parcel.DispatchedAt is not null).ToList();
        var settled = shipment.AllParcels().Where(parcel => parcel.IsSettled()).ToList();
        var isLost = Units(settled.Where(parcel => parcel.Outcome is LossOutcome.Refund)) == (4, 1);

        if (!isLost) Assert.Equal((4, 1), Sum(Units(shipment.AllParcels().Where(parcel => parcel.HoldsItsGoods())), (Of(shipment.Open(), "mug"), Of(shipment.Open(), "jug"))));
        Assert.Equal(Enumerable.Range(1, sent.Count), told.Select(parcel => parcel.Part));
        Assert.Equal(sent.Select(parcel => parcel.TrackingNumber).Order(), told.Select(parcel => parcel.TrackingNumber).Order());
        Assert.Equal(sent.Count == 0 ? ShipmentState.Ready
            : isLost ? ShipmentState.Lost
            : Units(settled.Where(parcel => parcel.HoldsItsGoods())) != (4, 1) ? ShipmentState.PartlyDispatched
            : sent.Any(parcel => parcel.IsUnderWay()) ? ShipmentState.Dispatched : ShipmentState.Delivered, shipment.State);

        // What was set aside for the order is told to have left, or to be given up, once: at the end all of it, before that no more than what is still to come leaves over.
        var again = settled.SelectMany(parcel => parcel.Again).ToList();
        var first = Sum(Units(settled), (-Of(again, "mug"), -Of(again, "jug")));
        Assert.True(first.Item1 <= 4 && first.Item2 <= 1 && settled.SelectMany(parcel => parcel.Again).All(line => line.Quantity > 0), $"{first} left");
        if (isLost || shipment.State is ShipmentState.Dispatched or ShipmentState.Delivered) Assert.Equal((4, 1), first);
    }

    private static (int Mugs, int Jugs) Units(IEnumerable<Parcel> parcels) => parcels.Select(parcel => (Of(parcel.Lines, "mug"), Of(parcel.Lines, "jug"))).Aggregate((0, 0), Sum);

    private static int Of(IReadOnlyList<ShipmentLine> lines, string sku) => lines.Where(line => line.Sku == sku).Sum(line => line.Quantity);

    private static (int, int) Sum((int Mugs, int Jugs) one, (int Mugs, int Jugs) other) => (one.Mugs + other.Mugs, one.Jugs + other.Jugs);
}
