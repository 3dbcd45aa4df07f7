using Microsoft.Extensions.Configuration;

namespace Billing;

/// <summary>Who sells, as it is printed on invoices.</summary>
/// <param name="TaxNumber">Empty if none is shown.</param>
/// <param name="BankAccount">Where invoices are paid to; empty if none is.</param>
public sealed record Seller(string Name, string Street, string PostalCode, string City, string Country, string TaxNumber = "", string BankAccount = "");

/// <summary>Settings <c>Billing:Seller:Name</c>, <c>:Street</c>, <c>:PostalCode</c>, <c>:City</c> and <c>:Country</c>, all or none, <c>:TaxNumber</c> and <c>:BankAccount</c>.</summary>
/// <param name="Seller">Null: not set, and invoices say so.</param>
public sealed record InvoiceSettings(Seller? Seller)
{
    private const string Section = "Billing:Seller";

    private const int Longest = 100;

    /// <summary>Every fault is added to <paramref name="faults"/>.</summary>
    internal static InvoiceSettings Read(IConfiguration configuration, ICollection<string> faults)
    {
        if (!configuration.GetSection(Section).GetChildren().Any()) return new InvoiceSettings(Seller: null);

        var seller = new Seller(Text("Name"), Text("Street"), Text("PostalCode"), Text("City"), configuration[$"{Section}:Country"] ?? "", Text("TaxNumber", needed: false), Text("BankAccount", needed: false));
        if (seller.Country.Length != 2 || !seller.Country.All(char.IsAsciiLetterUpper)) faults.Add($"{Section}:Country is '{seller.Country}': it must be two capital letters, such as GB.");
        return new InvoiceSettings(seller);

        string Text(string part, bool needed = true)
        {
            var text = configuration[$"{Section}:{part}"] ?? "";
            if ((needed && string.IsNullOrWhiteSpace(text)) || text.Length > Longest || text.Any(char.IsControl))
                faults.Add($"{Section}:{part} is '{text}': it must have {(needed ? 1 : 0)} to {Longest} characters, none of them a control character. It is printed on every invoice.");
            return text;
        }
    }
}
