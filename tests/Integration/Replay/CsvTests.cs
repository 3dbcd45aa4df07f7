using Replay;

namespace Integration;

public sealed class CsvTests
{
    [Theory]
    [InlineData("a,b\nc,d\n", "a|b", "c|d")]
    [InlineData("a,b\r\nc,d", "a|b", "c|d")]
    [InlineData("\"a,b\",c", "a,b|c")]
    [InlineData("\"7\"\" RECORD FRAME \",1", "7\" RECORD FRAME |1")]
    [InlineData("\"two\nlines\",1\nx,2", "two\nlines|1", "x|2")]
    [InlineData("7\" RECORD,1", "7\" RECORD|1")]
    [InlineData(",,\n\"\",x,", "||", "|x|")]
    [InlineData("a\n\nb", "a", "", "b")]
    [InlineData("")]
    public void fields_are_read_as_they_were_written(string text, params string[] records) =>
        Assert.Equal(records, Csv.Read(new StringReader(text)).Select(record => string.Join('|', record.Fields)));

    [Fact]
    public void a_record_knows_the_line_on_which_it_begins() =>
        Assert.Equal([1, 2, 4], Csv.Read(new StringReader("a\n\"b\nb\"\nc")).Select(record => record.Line));

    [Fact]
    public void a_quote_that_is_never_closed_names_its_line() =>
        Assert.Contains("Line 2", Assert.Throws<InvalidDataException>(() => Csv.Read(new StringReader("a\n\"b\nc\n")).Count()).Message, StringComparison.Ordinal);

    [Fact]
    public void a_quote_that_is_never_closed_does_not_fill_the_memory() =>
        Assert.Throws<InvalidDataException>(() => Csv.Read(new StringReader("\"" + new string('x', 1_000_000) + "\"")).Count());

    [Fact]
    public void what_is_written_is_read_again()
    {
        string[] fields = ["plain", "a,b", "7\" SINGLE", "two\nlines", "", " spaces "];

        Assert.Equal(fields, Assert.Single(Csv.Read(new StringReader(Csv.Write(fields)))).Fields);
    }
}
