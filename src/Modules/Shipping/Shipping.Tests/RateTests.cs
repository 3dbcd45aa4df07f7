using System.Net;
using Marten;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Shared.Testing;
using Shipping.Contracts;
using static Shipping.Tests.ShippingUnderTest;

namespace Shipping.Tests;

/// <summary>The rate as customers and as modules ask for it.</summary>
public sealed class RateTests(RateTests.AskedShipping shipping) : IClassFixture<RateTests.AskedShipping>
{
    [Theory]
    [InlineData("GB", 1_200, 395, "United Kingdom", 1, 2_000)]
    [InlineData("FR", 2_001, 1995, "Europe", 2_001, 10_000)]
    [InlineData("GB", 0, 0, "nothing to carry", 0, 0)]
    public async Task customers_and_modules_are_told_the_same(string country, long weight, long minor, string zone, long from, long upTo)
    {
        var shown = await Json(await Get($"?country={country}&weight={weight}"));
        var told = await Ask(country, weight, "GBP");

        Assert.Equal((minor / 100m, "GBP", zone, from, upTo),
            (shown.GetProperty("amount").GetDecimal(), shown.GetProperty("currency").GetString(), shown.GetProperty("zone").GetString(), shown.GetProperty("fromGrams").GetInt64(), shown.GetProperty("upToGrams").GetInt64()));
        Assert.Equal(new QuoteReply { AmountMinor = minor, Currency = "GBP", Zone = zone, FromGrams = from, UpToGrams = upTo }, told);
    }

    [Theory]
    [InlineData("gb", 1, "GBP", "country must be two capital letters")]
    [InlineData("", 1, "GBP", "country must be two capital letters")]
    [InlineData("GB", -1, "GBP", "weight must be grams, 0 to 1000000000")]
    [InlineData("GB", 1_000_000_001, "GBP", "weight must be grams, 0 to 1000000000")]
    [InlineData("GB", 1, "pounds", "currency must be three capital letters")]
    public async Task a_question_that_breaks_a_rule_is_refused_with_the_rule(string country, long weight, string currency, string rule)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await Problem(await Get($"?country={country}&weight={weight}&currency={currency}")));

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => Ask(country, weight, currency));
        Assert.Equal("invalid", refusal.Code);
        Assert.Contains(rule, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task another_currency_is_refused_with_the_way_out()
    {
        Assert.Equal((HttpStatusCode.Conflict, "shipping.other-currency"), await Problem(await Get("?country=GB&weight=1&currency=EUR")));

        var refusal = await Assert.ThrowsAsync<RefusedException>(() => Ask("GB", 1, "EUR"));
        Assert.Equal(("shipping.other-currency", true), (refusal.Code, refusal.Message.Contains("only in GBP", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("?country=GB&weight=heavy")]
    [InlineData("?country=GB")]
    [InlineData("?weight=1")]
    public async Task a_question_of_another_shape_is_refused(string query) => Assert.Equal((HttpStatusCode.BadRequest, "request.malformed"), await Problem(await Get(query)));

    [Fact]
    public async Task from_which_total_on_it_is_free_is_told_to_both()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ShippingModule(),
            new Dictionary<string, string?> { ["Shipping:Zones:home:Countries"] = "GB", ["Shipping:Zones:home:Steps"] = "500=1.5", ["Shipping:Zones:home:FreeFrom"] = "49.99" }, new Asker());

        var shown = await Json(await module.Anonymous().GetAsync(new Uri("/v1/shipping/rates?country=GB&weight=1", UriKind.Relative)));
        var told = await module.ServicesOf("asker").GetRequiredService<Callee<Rates.RatesClient>>()
            .Ask((rates, options) => rates.QuoteAsync(new QuoteRequest { Country = "GB", WeightGrams = 1, Currency = "GBP" }, options), CancellationToken.None);

        Assert.Equal((49.99m, 4_999L), (shown.GetProperty("freeFrom").GetDecimal(), told!.FreeFromMinor));
    }

    private Task<HttpResponseMessage> Get(string query) => shipping.Module.Anonymous().GetAsync(new Uri("/v1/shipping/rates" + query, UriKind.Relative));

    private Task<QuoteReply?> Ask(string country, long weight, string currency) => shipping.Module.ServicesOf("asker").GetRequiredService<Callee<Rates.RatesClient>>()
        .Ask((rates, options) => rates.QuoteAsync(new QuoteRequest { Country = country, WeightGrams = weight, Currency = currency }, options), CancellationToken.None);

    /// <summary>The module with a neighbour that asks it.</summary>
    public sealed class AskedShipping : IAsyncLifetime
    {
        public ModuleUnderTest Module { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Module = await ModuleUnderTest.StartAsync(new ShippingModule(), neighbours: new Asker());

        public ValueTask DisposeAsync() => Module.DisposeAsync();
    }

    private sealed class Asker : Module
    {
        public override string Name => "asker";

        public override void Messages(MessageMap messages) { }

        public override void Calls(CallMap calls) => calls.Asks<Rates.RatesClient>();

        public override void Services(IServiceCollection services, IConfiguration configuration) { }

        public override void Store(StoreOptions store) { }

        public override void Endpoints(IEndpointRouteBuilder routes) { }
    }
}
