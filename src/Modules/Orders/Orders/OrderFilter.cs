using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Marten;
using Marten.Linq.MatchesSql;
using Shared.Kernel;

namespace Orders;

/// <summary>Which orders are wanted, as it was asked; what is not said is not asked.</summary>
/// <param name="From">The first moment of the period in which they were placed.</param>
/// <param name="To">The first moment after it.</param>
/// <param name="Overdue">Only those that have waited for too long.</param>
internal sealed record OrderFilter(string? Status = null, string? Customer = null, string? Sku = null, string? From = null, string? To = null, string? Overdue = null)
{
    private const string Times = "must be a day or a time of the years 1971 to 9998, such as 2026-01-31 or 2026-01-31T18:30:00Z (a + of a time zone is written %2B)";

    private static readonly string[] Forms = ["yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    public void Check(Caller caller, Rules rules)
    {
        rules.Require(Status is null || OrderStatus.All.Contains(Status), "status", $"must be one of {string.Join(", ", OrderStatus.All)}");
        if (rules.Require(Customer is null || Guid.TryParse(Customer, out _), "customer", "must be an account's id, such as 0199c0de-0000-7000-8000-000000000001"))
            rules.Require(Customer is null || caller.IsOperator || Guid.Parse(Customer) == caller.Id, "customer", "must be left out or be your own id: only operators see the orders of others");
        if (rules.Require(Sku is null || caller.IsOperator, "sku", "must be left out: only operators list by it") && Sku is not null) rules.Text(Sku, "sku", most: 64);
        if (rules.Require(Overdue is null || caller.IsOperator, "overdue", "must be left out: only operators list by it")) rules.Require(Overdue is null or "true", "overdue", "must be true, or be left out");

        var (from, to) = (Time(From), Time(To));
        rules.Require(From is null || from is not null, "from", Times);
        rules.Require(To is null || to is not null, "to", Times);
        rules.Require(from is null || to is null || from < to, "to", "must be later than from");
    }

    /// <summary>What the caller may see of it, newest first.</summary>
    public IQueryable<Order> Of(IQuerySession db, Caller caller, Guid? after, StepTimeouts timeouts, DateTimeOffset now)
    {
        // Ids are made of the time of placing, so that a key's order is the time's and a period is a range of the same index: of all, of a status's, of a customer's.
        IQueryable<Order> orders = db.Query<Order>();
        if (!caller.IsOperator || Customer is not null)
        {
            var owner = caller.IsOperator ? Guid.Parse(Customer!) : caller.Id;
            orders = orders.Where(order => order.CustomerId == owner);
        }

        if (Status is not null) orders = orders.Where(order => order.Status == Status);
        if (Sku is not null) orders = orders.Where(order => order.MatchesSql($"{SkuIndex.Skus} @> ?::jsonb", JsonSerializer.Serialize(new[] { Sku }, JsonSerializerOptions.Default)));
        if (Overdue is not null) orders = orders.Overdue(timeouts, now);
        if (Time(From) is { } from)
        {
            var first = FirstIdOf(from);
            orders = orders.Where(order => order.Id >= first && order.PlacedAt >= from);
        }

        if (Time(To) is { } to)
        {
            var end = FirstIdOf(to.AddMilliseconds(1));
            orders = orders.Where(order => order.Id < end && order.PlacedAt < to);
        }

        if (after is { } last) orders = orders.Where(order => order.Id < last);
        return orders.OrderByDescending(order => order.Id);
    }

    /// <summary>Not above any id that was made in the same millisecond: version 7 begins with it.</summary>
    public static Guid FirstIdOf(DateTimeOffset moment)
    {
        Span<byte> id = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(id, moment.ToUnixTimeMilliseconds() << 16);
        return new Guid(id, bigEndian: true);
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time.Year is > 1970 and < 9999 ? time : null;
}
