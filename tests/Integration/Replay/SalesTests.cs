using System.IO.Compression;
using System.Text;
using Replay;

namespace Integration;

public sealed class SalesTests
{
    private readonly Sales _sales = Sample.Read();

    [Fact]
    public void every_row_is_counted_once()
    {
        Assert.Equal((30, 12), (_sales.Rows, _sales.CancellationRows));
        Assert.Equal(_sales.Rows, _sales.Orders.Sum(order => order.Lines.Count) + _sales.CancellationRows + _sales.LeftOut.Values.Sum());
    }

    [Fact]
    public void what_is_left_out_says_why() => Assert.Equal(
        new Dictionary<string, int>
        {
            ["no customer"] = 1,
            ["no customer, price not above zero"] = 1,
            ["no customer, quantity not above zero, price not above zero"] = 2,
            ["price not above zero"] = 1,
            ["quantity not above zero"] = 1,
            ["unreadable quantity, price or date"] = 1,
            ["wrong number of fields"] = 1,
        },
        _sales.LeftOut);

    [Fact]
    public void clean_orders_keep_their_lines_as_they_are()
    {
        Assert.Equal(["1001", "1002", "1003", "1004", "1010"], _sales.Orders.Select(order => order.Invoice));
        Assert.Equal([new("85123A", 6, 2.55m), new("POST", 1, 18m), new SaleLine("85123A", 2, 2.95m)], _sales.Orders[0].Lines);
        Assert.Equal(("17850", "United Kingdom"), (_sales.Orders[0].Customer, _sales.Orders[0].Country));
    }

    [Fact]
    public void a_product_has_the_first_price_and_description_and_all_the_units_sold()
    {
        Assert.Equal(new SoldProduct("85123A", "HEART, WHITE", 2.55m, 16), _sales.Products[0]);
        Assert.Equal(new SoldProduct("POST", "THE \"POST\" ", 18m, 2), _sales.Products[1]);
        Assert.Equal(["85123A", "POST", "71053", "PADS", "BANK CHARGES"], _sales.Products.Select(product => product.Code));
    }

    [Theory]
    [InlineData(1, "0.001", "0.00")]
    [InlineData(5, "0.001", "0.01")]
    [InlineData(4, "0.001", "0.00")]
    [InlineData(15, "0.001", "0.02")]
    [InlineData(1, "2.345", "2.35")]
    [InlineData(3, "2.1", "6.3")]
    public void a_line_is_rounded_to_pennies_half_away_from_zero(int quantity, string price, string amount) =>
        Assert.Equal(decimal.Parse(amount), new SaleLine("X", quantity, decimal.Parse(price)).Amount);

    [Fact]
    public void an_order_sums_rounded_lines_beside_the_exact_sum()
    {
        var order = _sales.Orders.Single(order => order.Invoice == "1004");

        Assert.Equal((15.01m, 15.006m, 7), (order.Amount, order.Exact, order.Units));
    }

    [Fact]
    public void a_row_of_another_customer_on_an_invoice_is_left_out()
    {
        var sales = Sample.Read("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n1,A,a,1,2010-12-01 08:00:00,1,1.0,UK\n1,B,b,1,2010-12-01 08:00:00,1,2.0,UK\n");

        Assert.Equal("A", Assert.Single(Assert.Single(sales.Orders).Lines).Code);
        Assert.Equal("another customer's row on the invoice", Assert.Single(sales.LeftOut).Key);
    }

    [Fact]
    public void orders_are_in_time_order_even_where_the_file_is_not()
    {
        var sales = Sample.Read("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n2,A,a,1,2010-12-02 08:00:00,1,1.0,UK\n1,A,a,1,2010-12-01 08:00:00,1,1.0,UK\n");

        Assert.Equal(["1", "2"], sales.Orders.Select(order => order.Invoice));
    }

    [Fact]
    public void a_gzipped_file_is_the_same_file()
    {
        var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(Encoding.UTF8.GetBytes(Sample.Csv));
        zipped.Position = 0;

        Assert.Equivalent(_sales.Orders, Sales.Read(zipped).Orders, strict: true);
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("InvoiceNo,StockCode,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n", "Description")]
    public void another_file_is_refused_by_name(string csv, string named) =>
        Assert.Contains(named, Assert.Throws<InvalidDataException>(() => Sample.Read(csv)).Message, StringComparison.Ordinal);
}
