using Marten;
using Shared.Kernel;
using Weasel.Postgresql.Tables;

namespace Users;

/// <summary>Whose an order is: all that is kept of it here. Of customers without an account only that they have none, for no longer than an event may come early.</summary>
internal static class OrderCustomers
{
    /// <summary>As long as the inbox remembers a message.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(14), KeptFor = TimeSpan.FromDays(400);

    private const string Insert = "insert into order_customers (order_id, customer_id, at) select ?, (select id from mt_doc_account where id = ?), ? on conflict (order_id) do nothing";

    private const string Select = """
        select known.order_id is not null, known.customer_id, exists (select 1 from mt_doc_mail where id = $2)
        from (select $1::uuid as order_id) asked left join order_customers known on known.order_id = asked.order_id
        """;

    /// <summary>In the batch of the commit: no trip of its own.</summary>
    public static void Remember(this IDocumentSession db, Guid order, Guid customer, DateTimeOffset now) => db.QueueSqlCommand(Insert, order, customer, now);

    public static async Task<(bool Order, Guid? Customer, bool Decided)> CustomerOf(this IQuerySession db, Guid order, Guid mail, CancellationToken ct) =>
        (await db.Read(Select, [order, mail], row => (row.GetBoolean(0), row.IsDBNull(1) ? (Guid?)null : row.GetGuid(1), row.GetBoolean(2)), ct))[0];

    /// <summary>A mail to an order's customer: at once if he is known, never if he has no account, and when he is known if the event is early.</summary>
    /// <param name="part">Tells this one from others of the same kind.</param>
    // Twice: the mail's id is made from the event; of two at once one commits, and the other finds it when it is run again.
    public static async Task TellCustomer(this IDocumentSession db, Outbox outbox, Mailing mailing, string template, Guid order, Dictionary<string, string> values, CancellationToken ct, string part = "")
    {
        if (!mailing.IsOn) return;

        var id = Mail.IdOf(template, order.ToString(), part);
        var known = await db.CustomerOf(order, id, ct);
        if (known.Decided || (known.Order && known.Customer is null)) return;

        values["order"] = order.ToString();
        db.Insert(new Mail { Id = id, AccountId = known.Customer, OrderId = order, Template = template, Values = values, DecidedAt = mailing.Now });
        await outbox.Later(new SendMail(id), known.Order ? default : TimeSpan.FromSeconds(1));
    }

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.order_customers");
        table.AddColumn("order_id", "uuid").AsPrimaryKey();
        table.AddColumn("customer_id", "uuid");
        table.AddColumn("at", "timestamptz").NotNull();
        table.Indexes.Add(new IndexDefinition("order_customers_at") { Columns = ["at"] });
        return table;
    }
}
