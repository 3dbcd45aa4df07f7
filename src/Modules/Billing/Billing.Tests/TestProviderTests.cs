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
    public async Task a_timeout_was_no_capture_and_its_repetition_is_the_one()
    {
        var order = Guid.CreateVersion7();

        await Assert.ThrowsAsync<TimeoutException>(() => Provider.Capture(order, 5m, "EUR", "test-timeout", default));
        Assert.Equal((1, 0, 0m, 0, 0m), await BooksOf(order));
        await Assert.ThrowsAsync<RefusedException>(() => Provider.Refund(ARefund(order, 5m), default));

        Assert.IsType<CaptureTaken>(await Provider.Capture(order, 5m, "EUR", "test-timeout", default));
        Assert.IsType<CaptureTaken>(await Provider.Capture(order, 5m, "EUR", "test-timeout", default));
        Assert.Equal((3, 1, 5m, 0, 0m), await BooksOf(order));
    }

    [Fact]
    public async Task a_refund_asked_for_again_gives_back_once()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-ok", default);

        await Provider.Refund(ARefund(order, 2m, order), default);
        await Provider.Refund(ARefund(order, 2m, order), default);

        Assert.Equal((3, 1, 5m, 1, 2m), await BooksOf(order));
    }

    [Fact]
    public async Task parts_are_given_back_up_to_what_was_taken_also_at_the_same_moment()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-ok", default);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await Record.ExceptionAsync(() => Provider.Refund(ARefund(order, 2m), default))));

        Assert.Equal(2, outcomes.Count(fault => fault is null));
        Assert.All(outcomes.OfType<Exception>(), fault => Assert.Equal("provider.nothing-to-refund", Assert.IsType<RefusedException>(fault).Code));
        Assert.Equal((3, 1, 5m, 2, 4m), await BooksOf(order));
    }

    [Fact]
    public async Task another_amount_under_the_same_refund_is_refused()
    {
        var (order, refund) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Provider.Capture(order, 5m, "EUR", "test-ok", default);
        await Provider.Refund(ARefund(order, 2m, refund), default);

        await Assert.ThrowsAsync<RefusedException>(() => Provider.Refund(ARefund(order, 3m, refund), default));

        Assert.Equal(2m, (await BooksOf(order)).Refunded);
    }

    [Fact]
    public async Task what_was_not_taken_is_not_given_back()
    {
        var order = Guid.CreateVersion7();
        await Provider.Capture(order, 5m, "EUR", "test-declined", default);

        Assert.Equal("provider.nothing-to-refund", (await Assert.ThrowsAsync<RefusedException>(() => Provider.Refund(ARefund(order, 5m), default))).Code);
    }

    [Fact]
    public async Task books_from_before_there_were_parts_are_migrated_and_what_was_given_back_in_them_is_known()
    {
        var (kept, given) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await Run($"""
            alter table test_provider drop column parts;
            insert into test_provider values ('{kept}', 5, 'EUR', 1, 1, 5, 0, 0, null), ('{given}', 5, 'EUR', 2, 1, 5, 1, 5, null)
            """);
        await using var connection = await _database.OpenConnectionAsync();
        await TestProvider.Table("public").ApplyChangesAsync(connection);

        await Provider.Refund(ARefund(given, 5m, given), default);
        await Provider.Refund(ARefund(kept, 2m), default);

        Assert.Equal((3, 1, 5m, 1, 5m), await BooksOf(given));
        Assert.Equal((2, 1, 5m, 1, 2m), await BooksOf(kept));
        await Assert.ThrowsAsync<RefusedException>(() => Provider.Refund(ARefund(given, 1m), default));
    }

    private static RefundRequest ARefund(Guid order, decimal amount, Guid? id = null) => new(order, id ?? Guid.CreateVersion7(), amount, "EUR", $"test-{order}");

    private async Task Run(string sql)
    {
        await using var command = _database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
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
