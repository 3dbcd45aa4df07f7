using Shared.Kernel;

namespace Catalog.Tests;

public sealed class ProductTests
{
    [Fact]
    public void a_new_product_is_published_in_version_1()
    {
        var product = AProduct();

        Assert.Equal((ProductState.Published, 1L), (product.State, product.Version));
    }

    [Fact]
    public void each_change_is_a_version()
    {
        var product = AProduct();

        Assert.True(product.ChangePrice(3, "EUR"));
        Assert.True(product.ChangePrice(3, "USD"));
        Assert.True(product.Become(ProductState.Withdrawn));
        Assert.True(product.Become(ProductState.Published));

        Assert.Equal(5, product.Version);
        Assert.Equal((3m, "USD"), (product.Price, product.Currency));
    }

    [Fact]
    public void what_changes_nothing_is_no_version()
    {
        var product = AProduct();

        Assert.False(product.ChangePrice(2.50m, "EUR"));
        Assert.False(product.Become(ProductState.Published));

        Assert.Equal(1, product.Version);
    }

    [Fact]
    public void a_withdrawn_products_price_rests()
    {
        var product = AProduct();
        product.Become(ProductState.Withdrawn);

        Assert.Equal("product.withdrawn", Assert.Throws<RefusedException>(() => product.ChangePrice(3, "EUR")).Code);
        Assert.Equal((2.50m, 2L), (product.Price, product.Version));
    }

    [Fact]
    public void a_draft_is_priced_and_published_but_not_withdrawn_and_never_comes_back()
    {
        var product = AProduct();
        product.State = ProductState.Draft;

        Assert.Equal("product.draft", Assert.Throws<RefusedException>(() => product.Become(ProductState.Withdrawn)).Code);
        Assert.True(product.ChangePrice(3, "EUR"));
        Assert.True(product.Become(ProductState.Published));
        Assert.Equal("product.published", Assert.Throws<RefusedException>(() => product.Become(ProductState.Draft)).Code);

        Assert.Equal((ProductState.Published, 3m, 3L), (product.State, product.Price, product.Version));
    }

    [Theory]
    [InlineData("85123A")]
    [InlineData("BANK CHARGES")]
    [InlineData("gift_0001_20")]
    [InlineData("a.b-c")]
    [InlineData("M")]
    public void a_sku_is_taken(string sku) => Assert.Empty(Broken(sku: sku));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(" M")]
    [InlineData("M ")]
    [InlineData("a/b")]
    [InlineData("..")]
    [InlineData("é")]
    [InlineData("a\tb")]
    [InlineData("12345678901234567890123456789012345678901")]
    public void what_could_not_stand_in_an_address_is_no_sku(string? sku) => Assert.Equal(["sku"], Broken(sku: sku));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("a\nb")]
    [InlineData("Caf\uFFFD")]
    public void a_name_is_visible_text(string? name) => Assert.Equal(["name"], Broken(name: name));

    [Fact]
    public void a_name_has_at_most_200_characters() => Assert.Equal(["name"], Broken(name: new string('n', 201)));

    [Theory]
    [InlineData("0.0001", true)]
    [InlineData("1000000", true)]
    [InlineData("1.50000", true)]
    [InlineData("0", false)]
    [InlineData("-1", false)]
    [InlineData("1.00001", false)]
    [InlineData("1000000.01", false)]
    public void a_price_has_bounds_and_four_decimals(string price, bool taken) => Assert.Equal(taken ? [] : ["price"], Broken(price: decimal.Parse(price)));

    [Theory]
    [InlineData("eur")]
    [InlineData("EURO")]
    [InlineData("")]
    [InlineData(null)]
    public void a_currency_is_three_capitals(string? currency) => Assert.Equal(["currency"], Broken(currency: currency));

    [Theory]
    [InlineData(0, true)]
    [InlineData(1_000_000, true)]
    [InlineData(-1, false)]
    [InlineData(1_000_001, false)]
    [InlineData(null, false)]
    public void a_weight_is_grams_up_to_a_tonne(int? weight, bool taken) => Assert.Equal(taken ? [] : ["weight"], Broken(weight: weight));

    private static Product AProduct() => new() { Sku = "85123A", Name = "Lantern", Price = 2.5m, Currency = "EUR" };

    private static IEnumerable<string> Broken(string? sku = "85123A", string? name = "Lantern", decimal price = 2.5m, string? currency = "EUR", int? weight = 0) =>
        Product.Broken(sku, name, price, currency, weight).Select(broken => broken.Field);
}
