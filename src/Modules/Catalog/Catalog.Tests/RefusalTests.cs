namespace Catalog.Tests;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("A/1", "Lantern", "1", "EUR", "sku must", "\"A/1\" was read")]
    [InlineData("A", "", "1", "EUR", "name must", "\"\" was read")]
    [InlineData("A", "Lantern", "1,50", "EUR", "price must", "\"1,50\" was read")]
    [InlineData("A", "Lantern", "-1", "EUR", "price must", "\"-1\" was read")]
    [InlineData("A", "Lantern", "", "EUR", "price must", "\"\" was read")]
    [InlineData("A", "Lantern", "1", "€", "currency must", "\"€\" was read")]
    public void a_refusal_names_the_rule_and_what_was_read(string sku, string name, string price, string currency, string rule, string read)
    {
        var refusal = ImportProducts.Refusal(new CsvRow(2, sku, name, price, currency), product: null, []);

        Assert.StartsWith(rule, refusal, StringComparison.Ordinal);
        Assert.EndsWith(read, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void all_broken_rules_of_a_row_are_named()
    {
        var refusal = ImportProducts.Refusal(new CsvRow(2, "A", "", "free", "EUR"), product: null, [])!;

        Assert.Equal(2, refusal.Split("; ").Length);
    }

    [Fact]
    public void what_was_read_is_shortened()
    {
        var refusal = ImportProducts.Refusal(new CsvRow(2, new string('s', 5000), "Lantern", "1", "EUR"), product: null, [])!;

        Assert.InRange(refusal.Length, 1, 300);
    }

    [Fact]
    public void a_sku_is_in_a_file_once()
    {
        var seen = new Dictionary<string, int>();

        Assert.Null(ImportProducts.Refusal(new CsvRow(2, "A", "Lantern", "1", "EUR"), product: null, seen));
        Assert.Contains("row 2", ImportProducts.Refusal(new CsvRow(3, "A", "Lantern", "2", "EUR"), product: null, seen), StringComparison.Ordinal);
        Assert.Null(ImportProducts.Refusal(new CsvRow(4, "a", "Lantern", "2", "EUR"), product: null, seen));
    }

    [Fact]
    public void a_withdrawn_product_is_not_repriced_in_passing()
    {
        var withdrawn = new Product { Sku = "A", Name = "Lantern", Price = 1, Currency = "EUR", State = ProductState.Withdrawn };

        Assert.Contains("withdrawn", ImportProducts.Refusal(new CsvRow(2, "A", "Lantern", "2", "EUR"), withdrawn, []), StringComparison.Ordinal);
    }
}
