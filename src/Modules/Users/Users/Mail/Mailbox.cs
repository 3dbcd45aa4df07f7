using Npgsql;
using Weasel.Postgresql.Tables;

namespace Users;

/// <summary>Mails lie in the module's own schema instead of being sent: for development and trials. Written at once, as a server takes them, whatever becomes of the module's transaction.</summary>
internal sealed class Mailbox(NpgsqlDataSource database) : IMailPort
{
    /// <summary>Mails that a page lists.</summary>
    public const int Most = 100;

    public async Task Send(Letter letter, CancellationToken ct)
    {
        await using var command = database.CreateCommand("insert into mailbox (id, recipient, subject, body, at) values ($1, $2, $3, $4, $5) on conflict (id) do nothing");
        foreach (var value in new object[] { letter.Id, letter.To, letter.Subject, letter.Text, letter.At }) command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>The newest first; one of them if an id is given.</summary>
    public async Task<IReadOnlyList<Letter>> Read(Guid? id, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select id, recipient, subject, body, at from mailbox where $1::uuid is null or id = $1 order by at desc, id desc limit $2");
        command.Parameters.Add(new NpgsqlParameter<Guid?> { TypedValue = id });
        command.Parameters.Add(new() { Value = Most });
        await using var row = await command.ExecuteReaderAsync(ct);
        var letters = new List<Letter>();
        while (await row.ReadAsync(ct)) letters.Add(new Letter(row.GetGuid(0), row.GetString(1), "", row.GetString(2), row.GetString(3), row.GetFieldValue<DateTimeOffset>(4)));
        return letters;
    }

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.mailbox");
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("recipient", "text").NotNull();
        table.AddColumn("subject", "text").NotNull();
        table.AddColumn("body", "text").NotNull();
        table.AddColumn("at", "timestamptz").NotNull();
        table.Indexes.Add(new IndexDefinition("mailbox_at") { Columns = ["at"] });
        return table;
    }
}
