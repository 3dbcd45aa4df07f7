using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using static Billing.Tests.TheBilling;

namespace Billing.Tests;

public sealed class TestProviderTests(TheBilling billing)
{
    [Fact]
    public async Task a_capture_asked_for_again_is_answered_again_and_taken_once()
    {
        var (provider, order) = (Provider, Guid.CreateVersion7());

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => provider.Capture(order, 5m, "EUR", "test-ok", default)));

        Assert.Single(answers.Distinct());
        Assert.Equal((10, 1, 5m), await BooksOf(order));
    }

    [Fact]
    public async Task another_amount_under_the_same_order_is_refused()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-ok", default);

        var refused = await Assert.ThrowsAsync<RefusedException>(() => Provider.Capture(order, 6m, "EUR", "test-ok", default));

        Assert.Equal("provider.amount-changed", refused.Code);
        Assert.Equal(5m, (await BooksOf(order)).Captured);
    }

    [Fact]
    public async Task a_lost_answer_was_a_capture()
    {
        var order = Guid.CreateVersion7();

        await Assert.ThrowsAsync<TimeoutException>(() => Provider.Capture(order, 5m, "EUR", "test-lost-answer", default));
        Assert.Equal((1, 1, 5m), await BooksOf(order));

        Assert.IsType<CaptureTaken>(await Provider.Capture(order, 5m, "EUR", "test-lost-answer", default));
        Assert.Equal((2, 1, 5m), await BooksOf(order));
    }

    [Fact]
    public async Task a_refund_asked_for_again_gives_back_once()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-ok", default);

        await Provider.Refund(order, 5m, default);
        await Provider.Refund(order, 5m, default);

        Assert.Equal((1, 5m), (await billing.Module.Query<int>("select refunds from test_provider where order_id = $1", order), await billing.Module.Query<decimal>("select refunded from test_provider where order_id = $1", order)));
    }

    [Fact]
    public async Task what_was_not_taken_is_not_given_back()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-declined", default);

        Assert.Equal("provider.nothing-to-refund", (await Assert.ThrowsAsync<RefusedException>(() => Provider.Refund(order, 5m, default))).Code);
    }

    private IPaymentProvider Provider => billing.Module.Services.GetRequiredService<IPaymentProvider>();

    private async Task<(int Requests, int Captures, decimal Captured)> BooksOf(Guid order) => (
        await billing.Module.Query<int>("select requests from test_provider where order_id = $1", order),
        await billing.Module.Query<int>("select captures from test_provider where order_id = $1", order),
        await billing.Module.Query<decimal>("select captured from test_provider where order_id = $1", order));
}
