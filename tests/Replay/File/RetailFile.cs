using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace Replay;

/// <summary>One row of the file, as it is: customer and description may be empty, the quantity negative, the price zero.</summary>
/// <param name="Customer">The number without the file's <c>.0</c>; empty where the file names none.</param>
internal sealed record RetailRow(int Line, string Invoice, string Code, string Description, int Quantity, DateTime Date, decimal Price, string Customer, string Country)
{
    public bool IsCancellation => Invoice.StartsWith('C');
}

/// <summary>The file of real orders, plain or gzipped, read row by row.</summary>
internal static class RetailFile
{
    private static readonly string[] Columns = ["InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country"];

    /// <summary>Every row of a stream that can seek; one that cannot be read is told to <paramref name="unreadable"/> and passed over.</summary>
    /// <exception cref="InvalidDataException">The file has not the columns of a retail file, or is broken as CSV.</exception>
    public static IEnumerable<RetailRow> Read(Stream file, Action<int, string> unreadable)
    {
        using var text = new StreamReader(Unzipped(file), Encoding.UTF8);
        var records = Csv.Read(text).GetEnumerator();
        if (!records.MoveNext()) throw new InvalidDataException("The file is empty.");

        var header = records.Current.Fields.Select(name => name.Trim()).ToList();
        var at = Columns.Select(name => header.IndexOf(name)).ToArray();
        var missing = Columns.Where((_, column) => at[column] < 0).ToList();
        if (missing.Count > 0) throw new InvalidDataException($"The file has no column {string.Join(", ", missing)}. A retail file has {string.Join(", ", Columns)}.");

        while (records.MoveNext())
        {
            var record = records.Current;
            if (record.Fields.Count == header.Count && Row(record.Line, column => record.Fields[at[column]]) is { } row) yield return row;
            else unreadable(record.Line, record.Fields.Count == header.Count ? "unreadable quantity, price or date" : "wrong number of fields");
        }
    }

    private static RetailRow? Row(int line, Func<int, string> field) =>
        int.TryParse(field(3), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var quantity)
        && DateTime.TryParseExact(field(4), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
        && decimal.TryParse(field(5), NumberStyles.Float, CultureInfo.InvariantCulture, out var price)
            ? new RetailRow(line, field(0).Trim(), field(1).Trim(), field(2), quantity, date, price, Customer(field(6).Trim()), field(7).Trim())
            : null;

    private static string Customer(string number) => number.EndsWith(".0", StringComparison.Ordinal) ? number[..^2] : number;

    private static Stream Unzipped(Stream file)
    {
        Span<byte> magic = stackalloc byte[2];
        var zipped = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false) == 2 && magic is [0x1f, 0x8b];
        file.Position = 0;
        return zipped ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
