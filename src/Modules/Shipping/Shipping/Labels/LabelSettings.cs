using Microsoft.Extensions.Configuration;

namespace Shipping;

/// <summary>Who sends. Settings <c>Shipping:Sender:Name</c>, <c>:Street</c>, <c>:PostalCode</c>, <c>:City</c> and <c>:Country</c>, all or none.</summary>
/// <param name="Sender">Null: not set, and no labels are printed.</param>
internal sealed record LabelSettings(Address? Sender, string Country)
{
    private const string Section = "Shipping:Sender";

    private const int Longest = 100;

    /// <summary>Every fault is added to <paramref name="faults"/>.</summary>
    public static LabelSettings Read(IConfiguration configuration, ICollection<string> faults)
    {
        if (!configuration.GetSection(Section).GetChildren().Any()) return new LabelSettings(null, "");

        var sender = new Address(Text("Name"), Text("Street"), Text("PostalCode"), Text("City"));
        var country = configuration[$"{Section}:Country"] ?? "";
        if (!Iso.IsCountry(country)) faults.Add($"{Section}:Country is '{country}': it must be two capital letters, such as GB.");
        return new LabelSettings(sender, country);

        string Text(string part)
        {
            var text = configuration[$"{Section}:{part}"] ?? "";
            if (string.IsNullOrWhiteSpace(text) || text.Length > Longest || text.Any(char.IsControl))
                faults.Add($"{Section}:{part} is '{text}': it must have 1 to {Longest} characters, none of them a control character; leave out all of {Section} to print no labels.");
            return text;
        }
    }
}
