using Shared.Kernel;
using Sylvan.Data.Csv;

namespace Catalog;

/// <param name="Number">As a spreadsheet counts: the header is row 1.</param>
/// <param name="Weight">Empty in a file without that column.</param>
internal sealed record CsvRow(int Number, string Sku, string Name, string Price, string Currency, string Weight = "");

/// <summary>The rows of an import's file (RFC 4180, CRLF or LF). Blank lines are passed over.</summary>
internal static class CsvRows
{
    public const int Most = 10_000;

    private const string Header = "sku,name,price,currency", WithWeight = Header + ",weight";

    /// <exception cref="InvalidException">The file as a whole cannot be read: names the row.</exception>
    public static IReadOnlyList<CsvRow> Of(string csv)
    {
        try
        {
            return Read(csv).ToList();
        }
        catch (CsvFormatException malformed)
        {
            // The caller's input, not our fault: the reader knows no softer way to say so.
            throw Malformed(malformed.RowNumber, malformed.Message);
        }
    }

    private static IEnumerable<CsvRow> Read(string csv)
    {
        // Without this a row that begins with # would be a comment and vanish from the report.
        const char noComments = '\uFFFF';
        using var reader = CsvDataReader.Create(new StringReader(csv), new CsvDataReaderOptions { HasHeaders = false, Delimiter = ',', Comment = noComments });

        if (!reader.Read()) throw Malformed(1, $"the file is empty: it must begin with the header {Header}");
        if (new[] { Header, WithWeight }.FirstOrDefault(known => string.Equals(Text(reader), known, StringComparison.OrdinalIgnoreCase)) is not { } header)
            throw Malformed(1, $"must be the header {Header} or {WithWeight}, and is {Shortened(Text(reader))}");
        var columns = header.Split(',').Length;

        for (var count = 0; reader.Read();)
        {
            if (reader is { RowFieldCount: 1 } && reader.GetString(0).Length == 0) continue;
            if (reader.RowFieldCount != columns) throw Malformed(reader.RowNumber, $"must have the {columns} columns {header}, and has {reader.RowFieldCount}");
            if (++count > Most) throw Malformed(reader.RowNumber, $"is one more than the {Most} that an import may have: split the file");

            var fields = Enumerable.Range(0, columns).Select(column => reader.GetString(column).Trim()).ToArray();
            yield return new CsvRow(reader.RowNumber, fields[0], fields[1], fields[2], fields[3], columns > 4 ? fields[4] : "");
        }
    }

    public static string Shortened(string read) => read.Length <= 60 ? $"\"{Storable(read)}\"" : $"\"{Cut(read)}…\"";

    /// <summary>What the database can hold of it.</summary>
    public static string Cut(string read) => Storable(read.Length <= 60 ? read : read[..60]);

    private static string Storable(string read) => string.Concat(read.Replace('\0', '\uFFFD').EnumerateRunes());

    private static string Text(CsvDataReader reader) => string.Join(',', Enumerable.Range(0, reader.RowFieldCount).Select(column => reader.GetString(column).Trim()));

    public static InvalidException Malformed(int row, string fault) => new(new Dictionary<string, string[]> { [$"row {row}"] = [fault] });
}
