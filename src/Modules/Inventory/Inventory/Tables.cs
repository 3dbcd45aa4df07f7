using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Inventory;

/// <summary>
/// The module's own tables. Checks are written as PostgreSQL prints them (<c>= any (array[…])</c>, not <c>in (…)</c>), or every start would see a difference and migrate again.
/// </summary>
internal static class Tables
{
    public static IEnumerable<ISchemaObject> All(string schema) => [Stock(schema), Reservations(schema), ReservationLines(schema), ReservationParts(schema), Movements(schema), .. StocktakeRows.Tables(schema)];

    private static Table Stock(string schema)
    {
        var table = new Table($"{schema}.stock");
        table.AddColumn("sku", "text").AsPrimaryKey();
        table.AddColumn("on_hand", "bigint").NotNull();
        table.AddColumn("reserved", "bigint").NotNull();
        table.AddColumn("shipped", "bigint").NotNull();
        table.AddColumn("received", "bigint").NotNull();
        table.AddColumn("corrected", "bigint").NotNull();
        table.AddColumn("threshold", "int");
        table.AddColumn("threshold_version", "int");
        table.CheckConstraints.Add(new("stock_on_hand_not_negative", "on_hand >= 0"));
        table.CheckConstraints.Add(new("stock_reserved_not_negative", "reserved >= 0"));
        table.CheckConstraints.Add(new("stock_adds_up", "on_hand + reserved + shipped = received + corrected"));
        return table;
    }

    private static Table Reservations(string schema)
    {
        var table = new Table($"{schema}.reservations");
        table.AddColumn("order_id", "uuid").AsPrimaryKey();
        table.AddColumn("state", "text").NotNull();
        table.AddColumn("at", "timestamptz").NotNull();
        table.AddColumn("expired_at", "timestamptz");
        table.Indexes.Add(new IndexDefinition("reservations_to_expire") { Columns = ["at"], Predicate = "state = 'reserved' and expired_at is null" });
        table.CheckConstraints.Add(new("reservations_state_known", "state = any (array['reserved', 'rejected', 'released', 'shipped', 'cancelled'])"));
        return table;
    }

    private static Table ReservationLines(string schema)
    {
        var table = new Table($"{schema}.reservation_lines");
        table.AddColumn("order_id", "uuid").AsPrimaryKey();
        table.AddColumn("sku", "text").AsPrimaryKey();
        table.AddColumn("quantity", "bigint").NotNull();
        // Neither is written by the version before, which ships all of an order at once.
        table.AddColumn("shipped", "bigint");
        table.AddColumn("given_up", "bigint");
        table.CheckConstraints.Add(new("reservation_lines_quantity_positive", "quantity > 0"));
        return table;
    }

    /// <summary>What was heard of an order of which something is still set aside: the counts of its parcels, the ids of its parts that are not sent.</summary>
    private static Table ReservationParts(string schema)
    {
        var table = new Table($"{schema}.reservation_parts");
        table.AddColumn("order_id", "uuid").AsPrimaryKey();
        table.AddColumn("part", "text").AsPrimaryKey();
        return table;
    }

    private static Table Movements(string schema)
    {
        var table = new Table($"{schema}.movements");
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("sku", "text").NotNull();
        table.AddColumn("kind", "text").NotNull();
        table.AddColumn("quantity", "bigint").NotNull();
        table.AddColumn("order_id", "uuid");
        table.AddColumn("receipt_id", "uuid");
        table.AddColumn("reference", "text");
        table.AddColumn("at", "timestamptz").NotNull();
        table.CheckConstraints.Add(new("movements_kind_known", "kind = any (array['received', 'corrected', 'reserved', 'released', 'shipped'])"));
        table.Indexes.Add(new IndexDefinition("movements_by_sku") { Columns = ["sku", "id"] });
        // The kinds of which a page might be searched for among millions of the others; these themselves are found soon by the primary key.
        table.Indexes.Add(new IndexDefinition("movements_by_rare_kind") { Columns = ["kind", "id"], Predicate = "kind = any (array['received'::text, 'corrected'::text])" });
        table.Indexes.Add(new IndexDefinition("movements_by_receipt") { Columns = ["receipt_id"], Predicate = "receipt_id is not null" });
        return table;
    }
}
