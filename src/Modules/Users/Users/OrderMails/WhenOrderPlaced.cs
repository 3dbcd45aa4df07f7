using Marten;
using Orders.Contracts;

namespace Users;

/// <summary>Whose the order is: its other events do not say.</summary>
public static class WhenOrderPlaced
{
    // Twice: the first stays.
    public static Task Handle(OrderPlaced placed, IDocumentSession db, Mailing mailing)
    {
        if (mailing.IsOn) db.Remember(placed.OrderId, placed.CustomerId, mailing.Now);
        return Task.CompletedTask;
    }
}
