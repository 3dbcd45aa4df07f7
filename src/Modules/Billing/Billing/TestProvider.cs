using Npgsql;
using Shared.Kernel;
using Weasel.Postgresql.Tables;

namespace Billing;

/// <summary>
/// An outside party played inside: it keeps its own books in <c>test_provider</c>, on its own connection, committed at once and whatever becomes of the module's transaction.
/// Token <c>test-ok</c> pays; <c>test-lost-answer</c> pays, but the first answer is lost; <c>test-timeout</c> gets no answer at first, and pays when it is asked for again;
/// <c>test-declined</c> and every unknown one is declined.
/// </summary>
internal sealed class TestProvider(NpgsqlDataSource database) : IPaymentProvider
{
    public const string Name = "test";

    // The upsert answers a repeated request from what was stored first, and counts a request, not a capture. One that timed out was neither declined nor taken: its repetition is what takes it.
    private const string CaptureSql = """
        insert into test_provider (order_id, amount, currency, requests, captures, captured, refunds, refunded, declined)
        values ($1, $2, $3, 1, case when $4::text is null and not $5 then 1 else 0 end, case when $4::text is null and not $5 then $2 else 0 end, 0, 0, $4)
        on conflict (order_id) do update set requests = test_provider.requests + 1,
            captures = case when test_provider.declined is null then 1 else 0 end, captured = case when test_provider.declined is null then test_provider.amount else 0 end
        returning amount, currency, requests, declined
        """;

    // What was given back by which refund. Before there were parts, only the whole was, under the order's id.
    private const string Parts = "coalesce(parts, case refunds when 0 then '{}' else jsonb_build_object(order_id, refunded) end)";

    private const string RefundSql = $"""
        update test_provider set requests = requests + 1,
            refunds = refunds + case when {Parts} ? $2 then 0 else 1 end,
            refunded = refunded + case when {Parts} ? $2 then 0 else $3 end,
            parts = {Parts} || jsonb_build_object($2, $3)
        where order_id = $1 and captures = 1 and case when {Parts} ? $2 then ({Parts} ->> $2)::numeric = $3 else refunded + $3 <= captured end
        """;

    public async Task<CaptureAnswer> Capture(Guid orderId, decimal amount, string currency, string token, CancellationToken ct)
    {
        var declined = token switch
        {
            "test-ok" or "test-lost-answer" or "test-timeout" => null,
            "test-declined" => "The card was declined.",
            _ => "The means of payment is not known. The test provider takes test-ok, test-declined, test-lost-answer and test-timeout.",
        };

        await using var command = database.CreateCommand(CaptureSql);
        command.Parameters.Add(new() { Value = orderId });
        command.Parameters.Add(new() { Value = amount });
        command.Parameters.Add(new() { Value = currency });
        command.Parameters.Add(new() { Value = (object?)declined ?? DBNull.Value });
        command.Parameters.Add(new() { Value = token == "test-timeout" });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);

        var (asked, askedIn, requests) = (reader.GetDecimal(0), reader.GetString(1), reader.GetInt32(2));
        if ((asked, askedIn) != (amount, currency))
            throw new RefusedException("provider.amount-changed",
                $"A capture of {asked} {askedIn} was asked for order {orderId} before: it cannot be repeated with {amount} {currency}.");
        if (token == "test-lost-answer" && requests == 1)
            throw new TimeoutException($"The provider's answer for order {orderId} was lost on the way.");
        if (token == "test-timeout" && requests == 1)
            throw new TimeoutException($"The provider did not answer for order {orderId}.");

        return reader.IsDBNull(3) ? new CaptureTaken($"test-{orderId}") : new CaptureDeclined(reader.GetString(3));
    }

    public async Task<RefundAnswer> Refund(RefundRequest request, CancellationToken ct)
    {
        await using var command = database.CreateCommand(RefundSql);
        command.Parameters.Add(new() { Value = request.OrderId });
        command.Parameters.Add(new() { Value = request.RefundId.ToString() });
        command.Parameters.Add(new() { Value = request.Amount });

        if (await command.ExecuteNonQueryAsync(ct) == 0)
            throw new RefusedException("provider.nothing-to-refund",
                $"No capture is known for order {request.OrderId} of which {request.Amount} could still be given back, or refund {request.RefundId} was asked for with another amount before.");

        return new RefundMade();
    }

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.test_provider");
        table.AddColumn("order_id", "uuid").AsPrimaryKey();
        table.AddColumn("amount", "numeric(18,4)").NotNull();
        table.AddColumn("currency", "text").NotNull();
        table.AddColumn("requests", "integer").NotNull();
        table.AddColumn("captures", "integer").NotNull();
        table.AddColumn("captured", "numeric(18,4)").NotNull();
        table.AddColumn("refunds", "integer").NotNull();
        table.AddColumn("refunded", "numeric(18,4)").NotNull();
        table.AddColumn("declined", "text");
        table.AddColumn("parts", "jsonb");
        return table;
    }
}
