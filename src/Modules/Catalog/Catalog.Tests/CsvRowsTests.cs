using Shared.Kernel;

namespace Catalog.Tests;

public sealed class CsvRowsTests
{
    private const string Header = "sku,name,price,currency\n";

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void rows_are_read_with_either_line_end_and_counted_from_the_header(string end)
    {
        var rows = CsvRows.Of(string.Join(end, "sku,name,price,currency", "A,\"A \"\"large\"\", red one\",1.50,EUR", "", "B,Two", "").Replace("Two", "Two,2,EUR"));

        Assert.Equal([new CsvRow(2, "A", "A \"large\", red one", "1.50", "EUR"), new CsvRow(4, "B", "Two", "2", "EUR")], rows);
    }

    [Fact]
    public void a_quoted_field_may_hold_a_line_end() => Assert.Equal("a\nb", Assert.Single(CsvRows.Of(Header + "A,\"a\nb\",1,EUR")).Name);

    [Fact]
    public void fields_are_trimmed() => Assert.Equal(new CsvRow(2, "A", "Lantern", "1", "EUR"), Assert.Single(CsvRows.Of("SKU, Name, Price, Currency\n A , Lantern , 1 , EUR ")));

    [Fact]
    public void a_row_that_begins_with_a_hash_is_a_row() => Assert.Equal("#1", Assert.Single(CsvRows.Of(Header + "#1,Lantern,1,EUR")).Sku);

    [Fact]
    public void a_header_alone_is_a_file_without_rows() => Assert.Empty(CsvRows.Of(Header));

    [Theory]
    [InlineData("", "row 1")]
    [InlineData("A,Lantern,1,EUR\n", "row 1")]
    [InlineData("sku;name;price;currency\n", "row 1")]
    [InlineData("sku,name,price\nA,Lantern,1\n", "row 1")]
    [InlineData("sku,name,price,currency,weight\nA,Lantern,1,EUR\n", "row 2")]
    [InlineData(Header + "A,Lantern,1,EUR,100\n", "row 2")]
    [InlineData(Header + "A,Lantern,1,EUR\nB,Lantern,1\n", "row 3")]
    [InlineData(Header + "A,Lantern, red,1,EUR\n", "row 2")]
    [InlineData(Header + "A,Lantern,1,EUR\nB,\"Lantern,1,EUR\nC,Lantern,1,EUR\n", "row 3")]
    [InlineData(Header + "A,\"Lan\"tern,1,EUR\n", "row 2")]
    public void a_malformed_file_is_refused_as_a_whole_and_the_row_named(string csv, string row) =>
        Assert.Equal([row], Assert.Throws<InvalidException>(() => CsvRows.Of(csv)).Errors.Keys);

    [Fact]
    public void a_row_longer_than_the_reader_takes_is_named() =>
        Assert.Equal(["row 2"], Assert.Throws<InvalidException>(() => CsvRows.Of(Header + $"A,{new string('x', 100_000)},1,EUR\n")).Errors.Keys);

    [Fact]
    public void ten_thousand_rows_are_taken_and_not_one_more()
    {
        var full = Header + string.Concat(Enumerable.Range(1, 10_000).Select(row => $"S{row},Lantern,1,EUR\n"));

        Assert.Equal(10_000, CsvRows.Of(full).Count);
        Assert.Equal(["row 10002"], Assert.Throws<InvalidException>(() => CsvRows.Of(full + "X,Lantern,1,EUR\n")).Errors.Keys);
    }
}
