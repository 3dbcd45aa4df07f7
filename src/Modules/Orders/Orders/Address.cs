using Orders.Contracts;
using Shared.Kernel;

namespace Orders;

internal static class Address
{
    /// <summary>As much as a label takes. Whether it exists is for the courier to say.</summary>
    public static void Check(this DeliveryAddress to, Rules rules)
    {
        rules.Text(to.Name, "to.name", most: 100);
        rules.Text(to.Street, "to.street", most: 200);
        rules.Text(to.PostalCode, "to.postalCode", most: 16);
        rules.Text(to.City, "to.city", most: 100);
    }
}
