using System.Data.Common;
using Marten;
using Shared.Kernel;

namespace Inventory;

/// <summary>An entry in the book of stock, as it is read.</summary>
internal sealed record MovementEntry(Guid Id, string Sku, string Kind, long Quantity, Guid? OrderId, string? Reference, DateTimeOffset At);

/// <summary>Which entries are wanted; what is not said is not asked.</summary>
/// <param name="From">The first moment of the period.</param>
/// <param name="To">The first moment after it.</param>
internal sealed record MovementFilter(string? Sku, string? Kind, DateTimeOffset? From, DateTimeOffset? To)
{
    private const string Times = "must be a time of a year from 1971 to 9998";

    public void Validate(Rules rules)
    {
        if (Sku is not null) rules.Text(Sku, "sku", most: 64);
        rules.Require(Kind is null || Movement.Kinds.Contains(Kind), "kind", $"must be one of {string.Join(", ", Movement.Kinds)}");
        rules.Require(From is null || IsTime(From.Value), "from", Times);
        rules.Require(To is null || IsTime(To.Value), "to", Times);
        rules.Require(From is null || To is null || From < To, "to", "must be later than from");
    }

    private static bool IsTime(DateTimeOffset time) => time.UtcDateTime.Year is > 1970 and < 9999;
}

/// <summary>
/// The book in the order of its ids, which is that of its times: a period is a range of the same index. Entries are written when their transaction begins to decide and seen when
/// it commits, so that the last few seconds may still gain an entry before one that was read.
/// </summary>
internal static class MovementBook
{
    // One statement for each question asked, so that each is planned with the index that it needs.
    public static Task<IReadOnlyList<MovementEntry>> ReadMovements(this IQuerySession db, MovementFilter filter, Guid after, int most, CancellationToken ct)
    {
        List<object> values = [after, most];
        var conditions = "id > $1";
        Add(filter.Sku, "sku =");
        Add(filter.Kind, "kind =");
        // Said as the index of the rare kinds says it: a plan that is made for any parameter does not know that it would do.
        if (filter.Kind is Movement.Received or Movement.Corrected) conditions += " and kind = any (array['received', 'corrected'])";
        if (filter.From is { } from)
        {
            Add(FirstIdOf(from), "id >=");
            Add(from, "at >=");
        }

        if (filter.To is { } to)
        {
            Add(FirstIdOf(to.AddMilliseconds(1)), "id <");
            Add(to, "at <");
        }

        return db.Read($"select id, sku, kind, quantity, order_id, reference, at from movements where {conditions} order by id limit $2", [.. values], Entry, ct);

        void Add(object? value, string condition)
        {
            if (value is null) return;
            values.Add(value is DateTimeOffset moment ? moment.ToUniversalTime() : value);
            conditions += $" and {condition} ${values.Count}";
        }
    }

    private static MovementEntry Entry(DbDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetInt64(3), row.GetFieldValue<Guid?>(4), row.IsDBNull(5) ? null : row.GetString(5), row.GetFieldValue<DateTimeOffset>(6));

    /// <summary>Not above any id that was made in the same millisecond: version 7 begins with it.</summary>
    internal static Guid FirstIdOf(DateTimeOffset moment)
    {
        Span<byte> id = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(id, moment.ToUnixTimeMilliseconds() << 16);
        return new Guid(id, bigEndian: true);
    }
}
