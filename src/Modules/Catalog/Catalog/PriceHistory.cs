using Marten;
using Weasel.Postgresql.Tables;

namespace Catalog;

/// <summary>What products have cost, in a table of its own: an import writes thousands of entries by one command.</summary>
internal static class PriceHistory
{
    public static Table Table()
    {
        var table = new Table("catalog.prices");
        table.AddColumn("sku", "text").AsPrimaryKey();
        table.AddColumn("version", "bigint").AsPrimaryKey();
        table.AddColumn("price", "numeric(11,4)").NotNull();
        table.AddColumn("currency", "text").NotNull();
        table.AddColumn("since", "timestamptz").NotNull();
        table.CheckConstraints.Add(new("prices_above_zero", "price > 0"));
        return table;
    }

    /// <summary>Enters what these products cost now, each under its version.</summary>
    public static void EnterPrices(this IDocumentSession db, DateTimeOffset now, params IReadOnlyCollection<Product> products)
    {
        if (products.Count == 0) return;

        db.QueueSqlCommand(
            "insert into prices (sku, version, price, currency, since) select sku, version, price, currency, ? from unnest(?, ?, ?, ?) as entry (sku, version, price, currency)",
            now,
            products.Select(product => product.Sku).ToArray(),
            products.Select(product => product.Version).ToArray(),
            products.Select(product => product.Price).ToArray(),
            products.Select(product => product.Currency).ToArray());
    }
}
