using Npgsql;
using Shared.Kernel;
using Shared.Testing;
using Weasel.Postgresql;

namespace Billing.Tests;

public sealed class TestProviderTests : IAsyncLifetime
{
    private NpgsqlDataSource _database = null!;

    private TestProvider Provider => new(_database);

    /// <summary>A database of its own: to Billing the provider is somebody outside.</summary>
    public async ValueTask InitializeAsync()
    {
        _database = NpgsqlDataSource.Create(await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
        await using var connection = await _database.OpenConnectionAsync();
        await TestProvider.Table("public").CreateAsync(connection);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await (await PostgresServer.SharedAsync()).DropDatabaseAsync(_database.ConnectionString);
    }

    [Fact]
    public async Task a_capture_asked_for_again_is_answered_again_and_taken_once()
    {
        var (provider, order) = (Provider, Guid.CreateVersion7());

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => provider.Capture(order, 5m, "EUR", "test-ok", default)));

        Assert.Single(answers.Distinct());
        Assert.Equal((10, 1, 5m, 0, 0m), await BooksOf(order));
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
        Assert.Equal((1, 1, 5m, 0, 0m), await BooksOf(order));

        Assert.IsType<CaptureTaken>(await Provider.Capture(order, 5m, "EUR", "test-lost-answer", default));
        Assert.Equal((2, 1, 5m, 0, 0m), await BooksOf(order));
    }

    [Fact]
    public async Task a_refund_asked_for_again_gives_back_once()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-ok", default);

        await Provider.Refund(order, 5m, default);
        await Provider.Refund(order, 5m, default);

        Assert.Equal((3, 1, 5m, 1, 5m), await BooksOf(order));
    }

    [Fact]
    public async Task what_was_not_taken_is_not_given_back()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-declined", default);

        Assert.Equal("provider.nothing-to-refund", (await Assert.ThrowsAsync<RefusedException>(() => Provider.Refund(order, 5m, default))).Code);
    }

    private async Task<(int Requests, int Captures, decimal Captured, int Refunds, decimal Refunded)> BooksOf(Guid order)
    {
        await using var command = _database.CreateCommand("select requests, captures, captured, refunds, refunded from test_provider where order_id = $1");
        command.Parameters.Add(new() { Value = order });
        await using var reader = await command.ExecuteReaderAsync();
        Assert.True(await reader.ReadAsync());
        return (reader.GetInt32(0), reader.GetInt32(1), reader.GetDecimal(2), reader.GetInt32(3), reader.GetDecimal(4));
    }
}
