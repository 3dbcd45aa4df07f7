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

    [Fact]
    public void what_is_owed_becomes_less_by_credits_and_is_paid_by_all_that_is_left()
    {
        var due = new DateOnly(2026, 12, 24);
        var payment = ACapturingPayment().Defer(due).Credit(ARefund(5));
        Assert.Equal((PaymentState.Owed, 15m, due), (payment.State, payment.Owed, payment.DueOn));

        payment = payment.Receive(15, "EUR", "bank");

        Assert.Equal((PaymentState.Captured, 15m, 0m, 15m), (payment.State, payment.Captured, payment.Owed, payment.Refundable));
    }

    [Theory]
    [InlineData(14.99, "EUR", "payment.too-little")]
    [InlineData(15.01, "EUR", "payment.too-much")]
    [InlineData(15, "GBP", "payment.other-currency")]
    public void what_is_not_what_is_owed_does_not_pay_it(decimal amount, string currency, string code)
    {
        var payment = ACapturingPayment().Defer(default).Credit(ARefund(5));

        Assert.Equal(code, Assert.Throws<RefusedException>(() => payment.Receive(amount, currency, "bank")).Code);
    }

    [Fact]
    public void an_order_whose_invoice_is_credited_in_full_stands_and_ends_with_nothing_to_refund_when_it_is_cancelled()
    {
        var payment = ACapturingPayment().Defer(default).Credit(ARefund(20));
        Assert.Equal((PaymentState.Captured, 0m, 0m), (payment.State, payment.Owed, payment.Refundable));

        Assert.Equal(PaymentState.Refunded, payment.Cancel().Settle().State);
    }

    [Fact]
    public void a_cancellation_credits_all_that_is_owed_whatever_was_credited_before()
    {
        var payment = ACapturingPayment().Defer(default);
        for (var i = 0; i < Payment.MostRefunds; i++) payment = payment.Credit(ARefund(0.01m));
        Assert.Equal("payment.too-many-refunds", Assert.Throws<RefusedException>(() => payment.Credit(ARefund(0.01m))).Code);

        payment = payment.Cancel();
        payment = payment.Credit(payment.Unpaid(default));

        Assert.Equal((PaymentState.Void, 0m, 20m), (payment.State, payment.Owed, payment.Credited));
    }

    [Fact]
    public void of_an_order_that_was_cancelled_meanwhile_nothing_is_owed() =>
        Assert.Equal((PaymentState.Void, 0m), (ACapturingPayment().Cancel().Defer(default).State, ACapturingPayment().Cancel().Defer(default).Owed));

    private static Refund ARefund(decimal amount) => new(Guid.CreateVersion7(), amount, "goodwill", default);

    private static Payment APayment() => new() { Id = Guid.CreateVersion7() };

    private static Payment Placed(Payment payment) => payment.Place(TheBilling.AnOrder(), "test");

    private static Payment ACapturingPayment() => Placed(APayment()).Reserve();
}
