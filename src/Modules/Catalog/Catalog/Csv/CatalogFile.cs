using System.Runtime.CompilerServices;
using Shared.Kernel;
using Sylvan.Data.Csv;

namespace Catalog;

/// <summary>The cells of a row by column; a column that the file does not have is not there.</summary>
/// <param name="Number">As a spreadsheet counts: the header is row 1.</param>
/// <param name="Cells">Null: the row has another number of cells than the header.</param>
internal sealed record FileRow(int Number, IReadOnlyDictionary<string, string>? Cells);

/// <summary>The catalogue as a file (RFC 4180), the same for import and export: what was exported can be imported.</summary>
internal static class CatalogFile
{
    public static readonly IReadOnlyList<string> Columns = ["sku", "name", "price", "currency", "weight", "state", "description", "categories", "images"];

    private const int Needed = 4;

    private const int LargestRow = 128 * 1024;

    /// <summary>One row at a time, however large the file. Blank lines are passed over.</summary>
    /// <param name="most">Rows that the file may have.</param>
    /// <exception cref="InvalidException">The file as a whole cannot be read: names the row.</exception>
    public static async IAsyncEnumerable<FileRow> Read(TextReader file, int most, [EnumeratorCancellation] CancellationToken ct)
    {
        // Without this a row that begins with # would be a comment and vanish from the report.
        var options = new CsvDataReaderOptions { HasHeaders = false, Delimiter = ',', Comment = '\uFFFF', BufferSize = LargestRow, MaxBufferSize = LargestRow };
        await using var reader = await CsvDataReader.CreateAsync(file, options, ct);
        if (!await Next(reader, ct)) throw CsvRows.Malformed(1, "the file is empty: it must begin with a header");

        var header = Enumerable.Range(0, reader.RowFieldCount).Select(column => reader.GetString(column).Trim().ToLowerInvariant()).ToArray();
        if (Columns.Take(Needed).Except(header).Any() || header.Except(Columns).Any() || header.Distinct().Count() < header.Length)
            throw CsvRows.Malformed(1, $"must be a header that names {string.Join(", ", Columns.Take(Needed))} and, as wanted, {string.Join(", ", Columns.Skip(Needed))}, each once; it is {CsvRows.Shortened(string.Join(',', header))}");

        for (var count = 0; await Next(reader, ct);)
        {
            if (reader is { RowFieldCount: 1 } && reader.GetString(0).Length == 0) continue;
            if (++count > most) throw CsvRows.Malformed(reader.RowNumber, $"is one more than the {most} that a file may have: split it");

            yield return new FileRow(reader.RowNumber, reader.RowFieldCount == header.Length
                ? header.Select((column, at) => (column, Cell: Plain(reader.GetString(at).Trim()))).ToDictionary(cell => cell.column, cell => cell.Cell)
                : null);
        }
    }

    public static string Line(params IEnumerable<string> cells) => string.Join(',', cells.Select(cell => Quoted(Guarded(cell)))) + "\r\n";

    // A spreadsheet takes a cell that begins so for a formula, which could send away what is beside it: an apostrophe before it makes it text, and is taken off again.
    private static string Guarded(string cell) => IsFormula(cell.TrimStart('\'')) ? "'" + cell : cell;

    private static string Plain(string cell) => cell.StartsWith('\'') && IsFormula(cell.TrimStart('\'')) ? cell[1..] : cell;

    private static bool IsFormula(string cell) => cell.Length > 0 && cell[0] is ('=' or '+' or '-' or '@');

    private static string Quoted(string cell) => cell.AsSpan().ContainsAny(",\"\r\n") ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static async Task<bool> Next(CsvDataReader reader, CancellationToken ct)
    {
        try
        {
            return await reader.ReadAsync(ct);
        }
        catch (CsvFormatException malformed)
        {
            // The caller's input, not our fault: the reader knows no softer way to say so.
            throw CsvRows.Malformed(malformed.RowNumber, malformed.Message);
        }
    }
}
