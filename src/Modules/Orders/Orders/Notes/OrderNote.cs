using Marten;

namespace Orders;

/// <summary>What an operator writes down about an order, for operators. A document of its own: the order's is written anew with each fact, also by the version before, which knows no notes.</summary>
public sealed record OrderNote
{
    /// <summary>Of one order; what is more is no note but a record of its own somewhere.</summary>
    internal const int Most = 1_000;

    public Guid Id { get; init; }
    public Guid OrderId { get; init; }

    /// <summary>The operator's account.</summary>
    public Guid Author { get; init; }
    public string Text { get; init; } = "";
    public DateTimeOffset At { get; init; }

    // The index goes on with the id, by which notes are listed.
    public static void Declare(StoreOptions store) => store.Schema.For<OrderNote>().DocumentAlias("order_note")
        .Duplicate(note => note.OrderId, notNull: true, configure: index => index.Mask = "?, id");
}
