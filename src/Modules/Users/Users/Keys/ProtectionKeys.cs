using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace Users;

/// <summary>
/// The keys by which ASP.NET protects cookies and forms, in a table of the module's own: all instances share them.
/// Its interface is not asynchronous, so neither is this: it is read at start and once a day.
/// </summary>
internal sealed class ProtectionKeys(NpgsqlDataSource database, KeySettings settings) : IXmlRepository
{
    private const string Purpose = "protection-key";

    // Instances that start together on an empty table would each make a key, and not read again for a day: the first one's counts for all.
    private const string IsTaken = "select exists (select 1 from protection_keys where at > now() - interval '10 minutes')";

    public static Table Table(string schema)
    {
        var table = new Table($"{schema}.protection_keys");
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("xml", "text").NotNull();
        table.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        return table;
    }

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var command = database.CreateCommand("select xml from protection_keys order by at");
        using var reader = command.ExecuteReader();
        var keys = new List<XElement>();
        while (reader.Read()) keys.Add(XElement.Parse(Opened(reader.GetString(0))));
        return keys;
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.OpenConnection();
        using var transaction = connection.BeginTransaction();
        using (var turn = new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('users.protection-keys', 0))", connection, transaction)) turn.ExecuteNonQuery();
        using (var taken = new NpgsqlCommand(IsTaken, connection, transaction))
            if (element.Name == "key" && (bool)taken.ExecuteScalar()!) return;

        using var insert = new NpgsqlCommand("insert into protection_keys (id, xml) values ($1, $2)", connection, transaction) { Parameters = { new() { Value = Guid.CreateVersion7() }, new() { Value = Closed(element.ToString(SaveOptions.DisableFormatting)) } } };
        insert.ExecuteNonQuery();
        transaction.Commit();
    }

    private string Closed(string xml) => settings.Secret is { } secret ? Convert.ToBase64String(Sealed.Close(secret, Purpose, Encoding.UTF8.GetBytes(xml))) : xml;

    private string Opened(string stored)
    {
        if (stored.StartsWith('<')) return stored;

        try
        {
            return Encoding.UTF8.GetString(Sealed.Open(settings.Secret ?? "", Purpose, Convert.FromBase64String(stored)));
        }
        catch (CryptographicException fault)
        {
            throw new InvalidOperationException(
                "The keys of cookies and forms were sealed with another Users:Keys:Secret: set that one again, or delete the rows of protection_keys, by which everybody signs in again.", fault);
        }
    }
}
