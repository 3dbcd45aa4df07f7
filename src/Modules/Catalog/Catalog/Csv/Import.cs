using Marten;
using Shared.Kernel;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Catalog;

/// <summary>A file of products on its way into the catalogue: how far it is, and what became of its rows.</summary>
public sealed class Import
{
    internal const int MostRows = 100_000;

    /// <summary>The caller's own.</summary>
    public required Guid Id { get; init; }

    /// <summary>In the order of arrival.</summary>
    public required Guid Arrival { get; init; }

    /// <summary>Of the file: the same one again is the same import.</summary>
    public required string Sha256 { get; init; }

    public required DateTimeOffset At { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>Rows of the file; the sum of the next four when all is done.</summary>
    public int Read { get; set; }

    public int Added { get; set; }

    public int Changed { get; set; }

    public int Unchanged { get; set; }

    public int Refused { get; set; }

    /// <summary>The last row that is done.</summary>
    public int Done { get; set; } = 1;

    public long Version { get; set; } = 1;
}

/// <summary>How far an import is: done when <c>finishedAt</c> is given. Read is the sum of the others then.</summary>
internal sealed record ImportView(Guid Id, DateTimeOffset At, DateTimeOffset? FinishedAt, int Read, int Added, int Changed, int Unchanged, int Refused)
{
    public static ImportView Of(Import import) => new(import.Id, import.At, import.FinishedAt, import.Read, import.Added, import.Changed, import.Unchanged, import.Refused);
}

/// <summary>The rows that wait, and the refused ones, in tables of the module's own.</summary>
internal static class ImportRows
{
    public static IEnumerable<ISchemaObject> Tables()
    {
        var rows = new Table("catalog.import_rows");
        rows.AddColumn("import", "uuid").AsPrimaryKey();
        rows.AddColumn("number", "integer").AsPrimaryKey();
        rows.AddColumn("sku", "text").NotNull();
        rows.AddColumn("wanted", "jsonb").NotNull();
        rows.Indexes.Add(new IndexDefinition("import_rows_sku_once") { Columns = ["import", "sku"], IsUnique = true });
        yield return rows;

        var refused = new Table("catalog.import_refusals");
        refused.AddColumn("import", "uuid").AsPrimaryKey();
        refused.AddColumn("number", "integer").AsPrimaryKey();
        refused.AddColumn("sku", "text").NotNull();
        refused.AddColumn("reason", "text").NotNull();
        yield return refused;
    }

    /// <exception cref="NotFoundException">There is none.</exception>
    public static async Task<Import> Import(this IQuerySession db, Guid id, CancellationToken ct) => await db.LoadAsync<Import>(id, ct) ?? throw new NotFoundException($"import {id}");

    public static Task EnterRefusals(this IDocumentSession db, Guid import, IReadOnlyList<(int Number, string Sku, string Reason)> refused, CancellationToken ct) => refused.Count == 0
        ? Task.CompletedTask
        // At once, not with the commit: a file may be refused as a whole, row by row, and must not be kept in memory.
        : db.Read("insert into import_refusals (import, number, sku, reason) select $1, number, sku, reason from unnest($2, $3, $4) as row (number, sku, reason) returning 1",
            [import, refused.Select(row => row.Number).ToArray(), refused.Select(row => CsvRows.Cut(row.Sku)).ToArray(), refused.Select(row => row.Reason).ToArray()], _ => 0, ct);
}
