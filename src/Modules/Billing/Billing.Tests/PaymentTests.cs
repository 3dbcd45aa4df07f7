using Shared.Kernel;

namespace Billing.Tests;

public sealed class PaymentTests
{
    [Fact]
    public void a_payment_waits_for_both_the_order_and_its_stock()
    {
        Assert.Equal(PaymentState.Waiting, APayment().State);
        Assert.Equal(PaymentState.Waiting, Placed(APayment()).State);
        Assert.Equal(PaymentState.Waiting, APayment().Reserve().State);
        Assert.Equal(PaymentState.Capturing, Placed(APayment()).Reserve().State);
        Assert.Equal(PaymentState.Capturing, Placed(APayment().Reserve()).State);
    }

    public static TheoryData<string> EveryOrderOfArrival => ["PRC", "PCR", "RPC", "RCP", "CPR", "CRP"];

    [Theory]
    [MemberData(nameof(EveryOrderOfArrival))]
    public void a_cancelled_order_is_void_or_is_captured_and_goes_on_to_be_refunded(string arrivals)
    {
        var payment = arrivals.Aggregate(APayment(), (payment, arrival) => arrival switch
        {
            'P' => Placed(payment),
            'R' => payment.Reserve(),
            _ => payment.Cancel(),
        });

        Assert.Equal(arrivals.EndsWith('C') ? PaymentState.Capturing : PaymentState.Void, payment.State);
        if (payment.State == PaymentState.Capturing) Assert.Equal(PaymentState.Refunding, payment.Capture("ref").State);
    }

    [Fact]
    public void a_capture_keeps_what_was_taken()
    {
        var payment = ACapturingPayment().Capture("ref");

        Assert.Equal((PaymentState.Captured, 20m, 0m, "ref"), (payment.State, payment.Captured, payment.Refunded, payment.Reference));
    }

    [Fact]
    public void a_captured_payment_is_refunded_in_full_when_its_order_is_cancelled()
    {
        var payment = ACapturingPayment().Capture("ref").Cancel();
        Assert.Equal(PaymentState.Refunding, payment.State);

        payment = payment.Make(payment.Rest(default));

        Assert.Equal((PaymentState.Refunded, 0m, 0m), (payment.State, payment.Captured - payment.Refunded, payment.Refundable));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void a_cancelled_payment_with_a_part_on_its_way_is_refunded_when_both_the_part_and_the_rest_are(bool partFirst)
    {
        var part = new Refund(Guid.CreateVersion7(), 5, "late", default);
        var payment = ACapturingPayment().Capture("ref").AskRefund(part).Cancel();
        var rest = payment.Rest(default);
        Assert.Equal(15, rest.Amount);

        payment = payment.Make(partFirst ? part : rest);
        Assert.Equal(PaymentState.Refunding, payment.Settle().State);
        payment = payment.Make(partFirst ? rest : part);

        Assert.Equal((PaymentState.Refunded, 20m, 2), (payment.State, payment.Refunded, payment.Refunds.Count));
    }

    [Fact]
    public void a_payment_has_at_most_fifty_refunds()
    {
        var payment = ACapturingPayment().Capture("ref");
        for (var i = 0; i < Payment.MostRefunds; i++) payment = payment.AskRefund(new Refund(Guid.CreateVersion7(), 0.01m, "goodwill", default));

        var refused = Assert.Throws<RefusedException>(() => payment.AskRefund(new Refund(Guid.CreateVersion7(), 0.01m, "goodwill", default)));

        Assert.Equal("payment.too-many-refunds", refused.Code);
        Assert.Equal(19.50m, payment.Cancel().Rest(default).Amount);
    }

    [Fact]
    public void what_an_older_version_refunded_is_not_refunded_again() => Assert.Equal(0, (APayment() with { Captured = 20, Refunded = 20 }).Refundable);

    [Fact]
    public void a_declined_payment_stays_declined_when_its_order_is_cancelled()
    {
        Assert.Equal(PaymentState.Declined, ACapturingPayment().Decline("no").Cancel().State);
        Assert.Equal(PaymentState.Declined, ACapturingPayment().Cancel().Decline("no").State);
    }

    private static Payment APayment() => new() { Id = Guid.CreateVersion7() };

    private static Payment Placed(Payment payment) => payment.Place(TheBilling.AnOrder());

    private static Payment ACapturingPayment() => Placed(APayment()).Reserve();
}
