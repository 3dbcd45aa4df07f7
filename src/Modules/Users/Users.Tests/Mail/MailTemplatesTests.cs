namespace Users.Tests;

public sealed class MailTemplatesTests
{
    private static readonly Dictionary<string, string> s_values = new() { ["order"] = "o-1", ["reason"] = "payment.declined", ["name"] = "Ann", ["shop"] = "Shop", ["tracking"] = "t", ["lines"] = "2 × A", ["amount"] = "1", ["sku"] = "A", ["available"] = "2", ["email"] = "ann@example.com", ["link"] = "https://shop.example/l" };

    [Fact]
    public void the_built_in_ones_are_whole_in_both_languages()
    {
        var templates = MailTemplates.Of(null);

        Assert.Empty(templates.Faults());
        Assert.Equal(["de", "en"], templates.Languages);
    }

    [Theory]
    [InlineData("en", "Your order o-1 is cancelled", "the payment was declined")]
    [InlineData("en-GB", "Your order o-1 is cancelled", "the payment was declined")]
    [InlineData("de", "Ihre Bestellung o-1 ist storniert", "die Zahlung wurde abgelehnt")]
    [InlineData("DE-at", "Ihre Bestellung o-1 ist storniert", "die Zahlung wurde abgelehnt")]
    [InlineData("fr", "Your order o-1 is cancelled", "the payment was declined")]
    public void a_language_that_is_not_there_is_english(string language, string subject, string said)
    {
        var filled = MailTemplates.Of(null).Fill(language, "order-cancelled", s_values);

        Assert.Equal(subject, filled.Subject);
        Assert.Contains(said, filled.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void a_reason_that_is_not_known_is_another_one() =>
        Assert.Contains("cannot be carried out", MailTemplates.Of(null).Fill("en", "order-cancelled", new Dictionary<string, string>(s_values) { ["reason"] = "moon.full" }).Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("fr/order-confirmed", "Votre commande", "must begin with 'Subject: '")]
    [InlineData("fr/order-confirmed", "Subject: {{order}}\n\n{{tracking}}", "shows {{tracking}}")]
    [InlineData("fr/order-confirmd", "Subject: x", "is of no mail")]
    public void a_wrong_file_is_a_fault(string file, string text, string said)
    {
        using var folder = new Folder((file, text));

        Assert.Contains(said, Assert.Single(MailTemplates.Of(folder.Path).Faults()), StringComparison.Ordinal);
    }

    [Fact]
    public void without_the_english_one_the_host_does_not_start() =>
        Assert.Contains("en/stock-low.txt is missing", string.Join('\n', new MailTemplates([]).Faults()), StringComparison.Ordinal);

    [Fact]
    public void a_shops_own_file_takes_the_place_of_the_built_in_one()
    {
        using var folder = new Folder(("de/stock-low", "Subject: Nachbestellen: {{sku}}\n\nNur noch {{available}}."));

        var filled = MailTemplates.Of(folder.Path).Fill("de", "stock-low", s_values);

        Assert.Equal(("Nachbestellen: A", "Nur noch 2.\n"), filled);
    }

    private sealed class Folder : IDisposable
    {
        public Folder(params (string File, string Text)[] files)
        {
            foreach (var (file, text) in files)
            {
                var path = System.IO.Path.Combine(Path, $"{file}.txt");
                Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
                File.WriteAllText(path, text);
            }
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("mail-templates").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
