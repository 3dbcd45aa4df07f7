using System.Text;

namespace Replay;

/// <summary>Comma-separated values after RFC 4180, read as a stream: quoted fields may hold commas, doubled quotes and line breaks; lines end with LF or CRLF.</summary>
internal static class Csv
{
    /// <param name="Line">The line of the file on which the record begins, from 1.</param>
    public sealed record Record(int Line, IReadOnlyList<string> Fields);

    // A file that opens a quote and never closes it must not be gathered whole.
    private const int LongestField = 64 * 1024;

    /// <exception cref="InvalidDataException">A quote is never closed, or a field has no end.</exception>
    public static IEnumerable<Record> Read(TextReader text)
    {
        var field = new StringBuilder();
        var fields = new List<string>();
        int line = 1, begin = 1;
        bool quoted = false, any = false;

        for (int next; (next = text.Read()) >= 0;)
        {
            var c = (char)next;
            if (c == '\n') line++;
            any = true;

            if (quoted)
            {
                if (c != '"') Append(c);
                else if (text.Peek() == '"') Append((char)text.Read());
                else quoted = false;
            }
            else if (c == '"' && field.Length == 0) quoted = true;
            else if (c == ',') End();
            else if (c == '\r' && text.Peek() == '\n') { }
            else if (c == '\n')
            {
                yield return EndRecord();
                begin = line;
                any = false;
            }
            else Append(c);
        }

        if (quoted) throw new InvalidDataException($"Line {begin}: a quoted field is never closed.");
        if (any) yield return EndRecord();

        void Append(char c)
        {
            if (field.Length == LongestField) throw new InvalidDataException($"Line {begin}: a field has more than {LongestField} characters; is a quote never closed?");
            field.Append(c);
        }

        void End()
        {
            fields.Add(field.ToString());
            field.Clear();
        }

        Record EndRecord()
        {
            End();
            var record = new Record(begin, fields.ToArray());
            fields.Clear();
            return record;
        }
    }

    /// <summary>The fields as one record, quoted only where they must be.</summary>
    public static string Write(params IEnumerable<string> fields) => string.Join(',', fields.Select(field =>
        field.AsSpan().IndexOfAny(",\"\r\n") < 0 ? field : $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\""));
}
