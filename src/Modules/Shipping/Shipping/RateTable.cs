using Microsoft.Extensions.Configuration;
using Shared.Kernel;

namespace Shipping;

/// <summary>What carrying costs: a zone by country, a step by weight, nothing from a total on where the zone says so. Settings <c>Shipping:Currency</c> and, in place of the usual zones, <c>Shipping:Zones:…</c>.</summary>
internal sealed class RateTable(string currency, IReadOnlyList<Zone> zones)
{
    /// <summary>A thousand tonnes: above is no order of a shop.</summary>
    public const long Heaviest = 1_000_000_000;

    private const string Elsewhere = "*";

    private static readonly RateTable Usual = new("GBP",
    [
        new("United Kingdom", ["GB"], [new(2_000, 3.95m), new(10_000, 6.95m), new(30_000, 11.95m)]),
        new("Europe", ["AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"],
            [new(2_000, 9.95m), new(10_000, 19.95m), new(30_000, 39.95m)]),
        new("World", [Elsewhere], [new(2_000, 14.95m), new(10_000, 34.95m), new(30_000, 69.95m)]),
    ]);

    /// <summary>Nothing to carry costs nothing, anywhere. What is heavier than the last step goes in several parcels, all but the last of them full.</summary>
    /// <exception cref="RefusedException">Nothing is sent there, or the rates are in another currency.</exception>
    public Rate For(string country, long grams, string wanted)
    {
        if (grams == 0) return new Rate(0, wanted, "nothing to carry", 0, 0);
        if (wanted != currency) throw new RefusedException("shipping.other-currency", $"Shipping has no rates in {wanted}, only in {currency}: order in {currency}, or agree on the shipping with an operator.");

        var zone = zones.FirstOrDefault(zone => zone.Countries.Contains(country)) ?? zones.FirstOrDefault(zone => zone.Countries.Contains(Elsewhere))
            ?? throw new RefusedException("shipping.not-there", $"Nothing is sent to {country}: name another country, or agree on the shipping with an operator.");

        var largest = zone.Steps[^1];
        var full = (grams - 1) / largest.UpTo;
        var rest = grams - full * largest.UpTo;
        var step = zone.Steps.First(step => rest <= step.UpTo);
        var from = zone.Steps.LastOrDefault(lower => lower.UpTo < rest)?.UpTo ?? 0;
        return new Rate(full * largest.Amount + step.Amount, currency, zone.Name, full * largest.UpTo + from + 1, full * largest.UpTo + step.UpTo, zone.FreeFrom);
    }

    /// <summary>The usual table if none is set. Every fault is added to <paramref name="faults"/>.</summary>
    public static RateTable Read(IConfiguration configuration, ICollection<string> faults)
    {
        var currency = configuration["Shipping:Currency"] ?? Usual.Currency;
        if (!Iso.IsCurrency(currency)) faults.Add($"Shipping:Currency is '{currency}': it must be three capital letters, such as GBP.");
        var zones = configuration.GetSection("Shipping:Zones").GetChildren().Select(zone => new Zone(zone.Key, Countries(zone), Steps(zone), FreeFrom(zone))).ToList();
        foreach (var twice in zones.SelectMany(zone => zone.Countries.Select(country => (Country: country, zone.Name))).GroupBy(one => one.Country).Where(same => same.Count() > 1))
            faults.Add($"Shipping:Zones names {twice.Key} in {string.Join(" and ", twice.Select(one => $"'{one.Name}'"))}: it must be in one zone only.");
        return new RateTable(currency, zones.Count == 0 ? Usual.Zones : zones);

        IReadOnlyList<string> Countries(IConfigurationSection zone)
        {
            var countries = (zone["Countries"] ?? "").Split(',', StringSplitOptions.TrimEntries);
            if (!countries.All(country => country == Elsewhere || Iso.IsCountry(country)))
                faults.Add($"{zone.Path}:Countries is '{zone["Countries"]}': it must be ISO codes with commas, such as DE,FR, or * for all that no other zone names.");
            return countries;
        }

        IReadOnlyList<Step> Steps(IConfigurationSection zone)
        {
            var steps = new List<Step>();
            foreach (var text in (zone["Steps"] ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                var parts = text.Split('=');
                if (parts.Length == 2 && long.TryParse(parts[0], out var upTo) && upTo > (steps.LastOrDefault()?.UpTo ?? 0) && IsAmount(parts[1], out var amount)) steps.Add(new Step(upTo, amount));
                else faults.Add($"{zone.Path}:Steps has '{text}': it must be grams=price with commas, rising, such as 2000=3.95,10000=6.95 for up to 2 kg and up to 10 kg.");
            }

            return steps;
        }

        decimal? FreeFrom(IConfigurationSection zone)
        {
            if (zone["FreeFrom"] is not { } text) return null;
            if (IsAmount(text, out var amount) && amount > 0) return amount;

            faults.Add($"{zone.Path}:FreeFrom is '{text}': it must be the goods' total from which on carrying is free, such as 50.00; leave it out for never.");
            return null;
        }
    }

    private static bool IsAmount(string text, out decimal amount) => decimal.TryParse(text, out amount) && amount is >= 0 and <= 1_000_000 && decimal.Round(amount, 2) == amount;

    private string Currency => currency;

    private IReadOnlyList<Zone> Zones => zones;
}

internal sealed record Zone(string Name, IReadOnlyList<string> Countries, IReadOnlyList<Step> Steps, decimal? FreeFrom = null);

/// <param name="UpTo">Grams, this weight included.</param>
internal sealed record Step(long UpTo, decimal Amount);

/// <param name="FromGrams">The rate is the same from this weight</param>
/// <param name="UpToGrams">to this.</param>
/// <param name="FreeFrom">An order whose goods amount to this, or more, is carried free; null: none is.</param>
internal sealed record Rate(decimal Amount, string Currency, string Zone, long FromGrams, long UpToGrams, decimal? FreeFrom = null);

internal static class Iso
{
    public static bool IsCountry(string? code) => code is { Length: 2 } && code.All(char.IsAsciiLetterUpper);

    public static bool IsCurrency(string? code) => code is { Length: 3 } && code.All(char.IsAsciiLetterUpper);
}
