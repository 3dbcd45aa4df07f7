using System.Security.Cryptography;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Shipping;

/// <summary>
/// An outside party played inside: it keeps its own book in <c>test_courier</c>, on its own connection, committed at once and whatever becomes of the module's transaction.
/// The addressee's postal code says what happens: <c>TEST-NOT-SERVED</c> is declined; <c>TEST-TIMES-OUT</c> is not answered the first time, nor booked; <c>TEST-LOST-ANSWER</c> is booked, but the first answer is lost.
/// </summary>
internal sealed class TestCourier(NpgsqlDataSource database) : ICourier
{
    public const string Known = "test";

    // The upsert answers a repeated request from what was stored first.
    private const string BookSql = """
        insert into test_courier (parcel_id, requests, tracking_number, declined, called_off) values ($1, 1, case when not $4 then $2 end, $3, false)
        on conflict (parcel_id) do update set requests = test_courier.requests + 1,
            tracking_number = coalesce(test_courier.tracking_number, case when test_courier.declined is null and not test_courier.called_off then $2 end)
        returning requests, tracking_number, declined, called_off
        """;

    private const string CallOffSql = """
        insert into test_courier (parcel_id, requests, tracking_number, declined, called_off) values ($1, 0, null, null, true)
        on conflict (parcel_id) do update set called_off = true
        """;

    public string Name => Known;

    public string? NumberOf(Guid parcelId) => null;

    public async Task<BookingAnswer> Book(Guid parcelId, Shipment shipment, CancellationToken ct)
    {
        var code = shipment.To!.PostalCode;
        var declined = code == "TEST-NOT-SERVED" ? $"The address in {shipment.Country} is not served." : null;
        await using var command = database.CreateCommand(BookSql);
        command.Parameters.Add(new() { Value = parcelId });
        command.Parameters.Add(new() { Value = "TC" + RandomNumberGenerator.GetString("0123456789", 12) });
        command.Parameters.Add(new() { Value = (object?)declined ?? DBNull.Value, DataTypeName = "text" });
        command.Parameters.Add(new() { Value = declined is not null || code == "TEST-TIMES-OUT" });
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);

        if (reader.GetInt32(0) == 1 && code is "TEST-TIMES-OUT" or "TEST-LOST-ANSWER") throw new TimeoutException($"The courier did not answer for parcel {parcelId}.");
        if (reader.GetBoolean(3)) return new BookingDeclined("The parcel was called off.");
        return reader.IsDBNull(2) ? new ParcelBooked(reader.GetString(1)) : new BookingDeclined(reader.GetString(2));
    }

    public async Task CallOff(Guid parcelId, CancellationToken ct)
    {
        await using var command = database.CreateCommand(CallOffSql);
        command.Parameters.Add(new() { Value = parcelId });
        await command.ExecuteNonQueryAsync(ct);
    }

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.test_courier");
        table.AddColumn("parcel_id", "uuid").AsPrimaryKey();
        table.AddColumn("requests", "integer").NotNull();
        table.AddColumn("tracking_number", "text");
        table.AddColumn("declined", "text");
        table.AddColumn("called_off", "boolean").NotNull();
        return table;
    }
}
