using System.Globalization;
using System.Text;
using Shared.Kernel;
using Sylvan.Data.Csv;

namespace Inventory;

/// <param name="Number">As a spreadsheet counts: the header is row 1.</param>
/// <param name="Reason">Why it is refused whatever the stock is; null if it is not.</param>
internal sealed record CountedRow(int Number, string Sku, long Counted, string? Note, string? Reason = null);

/// <summary>The rows of a stock-taking's file (RFC 4180, UTF-8, CRLF or LF). Blank lines are passed over; a row that breaks a rule is kept with its reason.</summary>
internal static class StocktakeFile
{
    public const int Most = 20_000;

    private const int LargestCount = 1_000_000_000, LongestNote = 200;

    private const string Header = "sku,counted", WithNote = Header + ",note";

    /// <exception cref="InvalidException">The file as a whole cannot be read: names the row.</exception>
    public static async Task<IReadOnlyList<CountedRow>> Read(Stream file, CancellationToken ct)
    {
        // Bytes that are no UTF-8 become U+FFFD, which refuses their row.
        using var text = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        try
        {
            return await Rows(text, ct);
        }
        catch (CsvFormatException malformed)
        {
            // The caller's input, not our fault: the reader knows no softer way to say so.
            throw Malformed(malformed.RowNumber, malformed.Message);
        }
    }

    private static async Task<IReadOnlyList<CountedRow>> Rows(TextReader text, CancellationToken ct)
    {
        // Without this a row that begins with # would be a comment and vanish from the report.
        const char noComments = '\uFFFF';
        await using var csv = await CsvDataReader.CreateAsync(text, new CsvDataReaderOptions { HasHeaders = false, Delimiter = ',', Comment = noComments }, ct);

        if (!await csv.ReadAsync(ct) || string.Join(',', Fields(csv)).ToLowerInvariant() is not (Header or WithNote)) throw Malformed(1, $"must be the header {WithNote} or {Header}");

        var (rows, seen) = (new List<CountedRow>(), new Dictionary<string, int>());
        while (await csv.ReadAsync(ct))
        {
            var fields = Fields(csv);
            if (fields is [""]) continue;
            if (rows.Count == Most) throw Malformed(csv.RowNumber, $"is one more than the {Most} that a stock-taking may have: split the file");

            rows.Add(Row(csv.RowNumber, fields, seen));
        }

        return rows.Count > 0 ? rows : throw Malformed(2, "is missing: a stock-taking has at least one row");
    }

    private static CountedRow Row(int number, string[] fields, Dictionary<string, int> seen)
    {
        var (sku, count, note) = (fields[0], fields.ElementAtOrDefault(1) ?? "", fields.ElementAtOrDefault(2) ?? "");
        var counted = int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var read) && read <= LargestCount ? read : -1;
        var broken = string.Join("; ", Broken(fields.Length, sku, counted, count, note));
        if (broken != "") return new CountedRow(number, Printable(sku), 0, null, broken);

        return seen.TryAdd(sku, number)
            ? new CountedRow(number, sku, counted, note == "" ? null : note)
            : new CountedRow(number, sku, counted, null, $"sku must be in the file once, and was read in row {seen[sku]} already");
    }

    private static IEnumerable<string> Broken(int columns, string sku, int counted, string count, string note)
    {
        if (columns is not (2 or 3)) yield return $"the row must have the columns {WithNote} or {Header}, and has {columns}";
        if (!SkuRule.Holds(sku)) yield return $"sku {SkuRule.Says}: {Shown(sku)} was read";
        if (counted < 0) yield return $"counted must be a whole number from 0 to {LargestCount:N0}: {Shown(count)} was read";
        if (note.Length > LongestNote || note.Any(c => char.IsControl(c) || c == '\uFFFD')) yield return $"note must have at most {LongestNote} characters of UTF-8, none of them a control character";
    }

    private static string[] Fields(CsvDataReader csv) => [.. Enumerable.Range(0, csv.RowFieldCount).Select(column => csv.GetString(column).Trim())];

    private static string Shown(string read) => $"\"{Printable(read)}\"";

    /// <summary>What was read, as the database and a person can take it.</summary>
    private static string Printable(string read)
    {
        var begin = string.Concat(read.EnumerateRunes().Take(60).Select(rune => Rune.IsControl(rune) ? "\uFFFD" : rune.ToString()));
        return begin.Length < read.Length ? begin + "…" : begin;
    }

    private static InvalidException Malformed(int row, string fault) => new(new Dictionary<string, string[]> { [$"row {row}"] = [fault] });
}
