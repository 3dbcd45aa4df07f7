namespace Shared.Testing;

/// <summary>
/// What the oracle reads of each module, under names of its own: the one place that knows the modules' tables. Copied before it is checked,
/// so that rules over several modules are one query each, wherever the modules keep their data.
/// </summary>
public static class Sources
{
    /// <param name="Module">In whose database, and by whose schema, <paramref name="Select"/> is answered.</param>
    public sealed record Source(string Module, string Table, string Columns, string Select);

    public static readonly IReadOnlyList<string> Modules = ["users", "catalog", "inventory", "orders", "billing", "shipping"];

    public static readonly IReadOnlyList<Source> All =
    [
        new("users", "accounts", "id uuid primary key", "select id from users.mt_doc_account"),
        new("catalog", "products", "sku text primary key", "select id::text from catalog.mt_doc_product"),

        new("orders", "orders", "order_id uuid primary key, customer_id uuid, status text, total numeric, shipping numeric, paid boolean, refunded numeric, placed_at timestamptz, reason text",
            """
            select id, (data->>'customerId')::uuid, data->>'status', (data->>'total')::numeric, coalesce((data->>'shipping')::numeric, 0), (data->>'isPaid')::boolean, (data->>'refunded')::numeric, (data->>'placedAt')::timestamptz, data->>'cancelReason'
            from orders.mt_doc_order
            """),
        new("orders", "order_lines", "order_id uuid, sku text, quantity bigint, price numeric, amount numeric",
            """
            select id, line->>'sku', (line->>'quantity')::bigint, (line->>'unitPrice')::numeric, (line->>'amount')::numeric
            from orders.mt_doc_order, jsonb_array_elements(data->'lines') line
            """),
        new("orders", "facts", "order_id uuid, type text", "select stream_id, type::text from orders.mt_events"),

        new("inventory", "stock", "sku text primary key, on_hand bigint, reserved bigint, shipped bigint, received bigint, corrected bigint",
            "select sku, on_hand, reserved, shipped, received, corrected from inventory.stock"),
        new("inventory", "reservations", "order_id uuid primary key, state text", "select order_id, state from inventory.reservations"),
        new("inventory", "reservation_lines", "order_id uuid, sku text, quantity bigint, shipped bigint, given_up bigint",
            "select order_id, sku, quantity, coalesce(shipped, case state when 'shipped' then quantity else 0 end), coalesce(given_up, 0) from inventory.reservation_lines join inventory.reservations using (order_id)"),
        new("inventory", "movements", "sku text, kind text, quantity bigint, order_id uuid, reference text", "select sku, kind, quantity, order_id, reference from inventory.movements"),

        new("billing", "payments", "order_id uuid primary key, state text, total numeric, captured numeric, refunded numeric, parts numeric, owed numeric, credited numeric, on_invoice boolean",
            """
            select id, lower(data->>'state'), (data->>'total')::numeric, (data->>'captured')::numeric, (data->>'refunded')::numeric,
                coalesce((select sum((part->>'amount')::numeric) from jsonb_array_elements(data->'refunds') part where (part->>'made')::boolean and (part->>'id')::uuid <> id), 0),
                coalesce((data->>'owed')::numeric, 0), coalesce((data->>'credited')::numeric, 0), coalesce(data->>'provider', '') = 'invoice'
            from billing.mt_doc_payment
            """),
        new("billing", "ledger", "posting uuid, order_id uuid, account text, debit numeric, credit numeric",
            "select posting, order_id, account, debit::numeric, credit::numeric from billing.ledger"),
        new("billing", "provider", "order_id uuid primary key, captures int, captured numeric, refunds int, refunded numeric",
            "select order_id, captures, captured::numeric, refunds, refunded::numeric from billing.test_provider"),

        new("shipping", "shipments", "order_id uuid primary key, state text", "select id, lower(data->>'state') from shipping.mt_doc_shipment"),
        new("shipping", "shipment_lines", "order_id uuid, sku text, quantity bigint",
            """
            select id, line->>'sku', (line->>'quantity')::bigint
            from shipping.mt_doc_shipment, jsonb_array_elements(data->'lines') line
            """),

        .. Modules.SelectMany(OfEach),
    ];

    /// <summary>A module's messages that are not done with, in Wolverine's own tables; and the answers it keeps under idempotency keys (caller, method, path, key).</summary>
    private static IEnumerable<Source> OfEach(string module) =>
    [
        new(module, "outgoing", "module text, id uuid, type text, destination text",
            $"select '{module}', id, message_type::text, destination::text from {module}.wolverine_outgoing_envelopes"),
        new(module, "incoming", "module text, id uuid, type text, destination text, status text, attempts int, due boolean",
            $"""
            select '{module}', id, message_type::text, received_at::text, status::text, attempts, {Rest.IsDue}
            from {module}.wolverine_incoming_envelopes where status <> 'Handled'
            """),
        new(module, "dead_letters", "module text, id uuid, type text, destination text, fault text",
            $"select '{module}', id, message_type::text, received_at::text, exception_type || ': ' || exception_message from {module}.wolverine_dead_letters"),
        new(module, "answers", "module text, path text, key text, answer jsonb",
            $"select '{module}', split_part(id, ' ', 3), split_part(id, ' ', 4), (data->>'json')::jsonb from {module}.mt_doc_idempotentanswer"),
    ];
}
