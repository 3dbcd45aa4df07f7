using Marten;
using Microsoft.Extensions.Configuration;
using Shared.Kernel;
using Shipping.Contracts;

namespace Orders;

/// <summary>What carrying an order costs.</summary>
/// <param name="Estimated">Shipping could not be asked.</param>
public sealed record Carriage(decimal Amount, bool Estimated);

/// <summary>Asks Shipping. If it cannot be asked, the order is sold all the same: at the last rate that it gave for such an order, else at the flat one of <c>Orders:FallbackShipping</c>.</summary>
internal sealed class CarriageCost(Callee<Rates.RatesClient> shipping, IDocumentSession db, FlatRate flat, TimeProvider clock)
{
    public async Task<Carriage> Of(string country, string currency, long grams, decimal goods, CancellationToken ct)
    {
        var known = await KnownRate.For(country, currency, grams, db, ct);
        var question = new QuoteRequest { Country = country, Currency = currency, WeightGrams = grams };

        if (await shipping.Ask((rates, options) => rates.QuoteAsync(question, options), ct) is not { } quote)
            return new Carriage(known?.For(goods) ?? (grams == 0 ? 0 : flat.Amount), Estimated: true);

        var rate = KnownRate.Of(question, quote, clock.GetUtcNow());
        // Stored when it has changed only: else every order of a country would write the same row.
        if (known is null || known with { At = rate.At } != rate) db.Store(rate);
        return new Carriage(rate.For(goods), Estimated: false);
    }
}

/// <summary>A rate that Shipping gave, for orders of this weight while it cannot be asked.</summary>
public sealed record KnownRate
{
    public string Id { get; init; } = "";
    public string Country { get; init; } = "";
    public string Currency { get; init; } = "";
    public long FromGrams { get; init; }
    public long UpToGrams { get; init; }
    public decimal Amount { get; init; }

    /// <summary>Of the goods; null: never free, or not said by the Shipping that was asked.</summary>
    public decimal? FreeFrom { get; init; }
    public DateTimeOffset At { get; init; }

    public static void Declare(StoreOptions store) => store.Schema.For<KnownRate>().DocumentAlias("known_rate").Index(rate => rate.Country);

    public static KnownRate Of(QuoteRequest question, QuoteReply quote, DateTimeOffset at) => new()
    {
        Id = $"{question.Country} {question.Currency} {quote.FromGrams}", Country = question.Country, Currency = question.Currency,
        FromGrams = quote.FromGrams, UpToGrams = quote.UpToGrams, Amount = quote.AmountMinor / 100m,
        FreeFrom = quote.FreeFromMinor > 0 ? quote.FreeFromMinor / 100m : null, At = at,
    };

    /// <summary>What an order whose goods amount to this pays.</summary>
    public decimal For(decimal goods) => goods >= FreeFrom ? 0 : Amount;

    // Shipping's steps may have been others before: the newest that fits.
    public static Task<KnownRate?> For(string country, string currency, long grams, IQuerySession db, CancellationToken ct) => db.Query<KnownRate>()
        .Where(rate => rate.Country == country && rate.Currency == currency && rate.FromGrams <= grams && rate.UpToGrams >= grams)
        .OrderByDescending(rate => rate.At)
        .FirstOrDefaultAsync(ct);
}

/// <summary>What any order that weighs something costs to carry while nothing better is known. Setting <c>Orders:FallbackShipping</c>.</summary>
internal sealed record FlatRate(decimal Amount)
{
    private const string Setting = "Orders:FallbackShipping";

    public static FlatRate From(IConfiguration configuration) => new(Read(configuration) ?? throw new FormatException(Fault));

    public static IEnumerable<string> Faults(IConfiguration configuration) => Read(configuration) is null ? [Fault] : [];

    private static string Fault => $"{Setting} must be an amount of 0 to 1000 with at most 2 decimals, such as 4.95.";

    private static decimal? Read(IConfiguration configuration) =>
        configuration[Setting] is not { } text ? 4.95m
        : decimal.TryParse(text, out var amount) && amount is >= 0 and <= 1000 && decimal.Round(amount, 2) == amount ? amount
        : null;
}
