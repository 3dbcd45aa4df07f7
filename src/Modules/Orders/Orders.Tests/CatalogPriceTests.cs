using Shared.Kernel;

namespace Orders.Tests;

public sealed class CatalogPriceTests
{
    private static readonly (string Event, Func<CatalogPrice, CatalogPrice> Apply)[] Life =
    [
        ("published 1", price => price.Costs(10, "GBP", 1).Weighs(100, 1)),
        ("price 2", price => price.Costs(12, "GBP", 2)),
        ("withdrawn 3", price => price.Withdraw(3)),
        ("published 4", price => price.Costs(9, "GBP", 4).Weighs(120, 4)),
        ("price 5", price => price.Costs(8, "GBP", 5)),
    ];

    public static TheoryData<string> Lives => Arrivals(Life.Length);

    public static TheoryData<string> LivesUntilWithdrawn => Arrivals(3);

    [Theory, MemberData(nameof(Lives))]
    public void the_newest_price_wins_in_whatever_order_they_arrive(string arrival)
    {
        var price = After(arrival);

        Assert.Equal((8m, false, 5L, 120), (price.Price, price.Withdrawn, price.Version, price.Weight));
    }

    [Theory, MemberData(nameof(LivesUntilWithdrawn))]
    public void a_withdrawal_outlasts_what_is_older_in_whatever_order_they_arrive(string arrival)
    {
        var price = After(arrival);

        Assert.Equal((true, 3L), (price.Withdrawn, price.Version));
        Assert.Throws<RefusedException>(() => CatalogPrice.MustSell(["mug"], "GBP", new Dictionary<string, CatalogPrice> { ["mug"] = price }));
    }

    [Fact]
    public void a_publication_that_says_no_weight_leaves_the_weight_alone() =>
        Assert.Equal(100, new CatalogPrice { Sku = "mug" }.Weighs(100, 1).Weighs(null, 2).Weight);

    [Fact]
    public void what_is_not_for_sale_is_refused_all_of_it_by_name_and_reason()
    {
        var catalogue = new[]
        {
            new CatalogPrice { Sku = "lamp" }.Costs(1, "GBP", 1).Withdraw(2),
            new CatalogPrice { Sku = "jug" }.Costs(1, "EUR", 1),
            new CatalogPrice { Sku = "mug" }.Costs(1, "GBP", 1),
            new CatalogPrice { Sku = "cup" }.Weighs(1, 1),
        }.ToDictionary(price => price.Sku);

        var refusal = Assert.Throws<RefusedException>(() => CatalogPrice.MustSell(["lamp", "mug", "jug", "pan", "cup"], "GBP", catalogue));

        Assert.Equal("product.not-for-sale", refusal.Code);
        Assert.Equal("Not for sale in GBP: 'lamp' (withdrawn), 'jug' (sold in EUR), 'pan' (unknown), 'cup' (unknown). Take them out of the order.", refusal.Message);
        CatalogPrice.MustSell(["mug"], "GBP", catalogue);
    }

    private static TheoryData<string> Arrivals(int events) =>
        [.. Permutations.Of(Life.Take(events).Select(step => step.Event).ToList()).Select(arrival => string.Join(", ", arrival))];

    private static CatalogPrice After(string arrival) =>
        arrival.Split(", ").Aggregate(new CatalogPrice { Sku = "mug" }, (known, step) => Life.Single(entry => entry.Event == step).Apply(known));
}
