using System.Text.RegularExpressions;

namespace Users;

/// <summary>
/// The mails' texts: a file for each mail and language, its subject in the first line. <c>{{name}}</c> is replaced by a value, in which nothing breaks a line.
/// English has all of them, or the host does not start; what another language lacks is sent in English.
/// </summary>
internal sealed partial class MailTemplates
{
    public const string English = "en", Reasons = "reasons";

    private const string Root = "Users.Mail/", Subject = "Subject: ";

    /// <summary>Each mail that there is, and the values that its text may show, beside <c>shop</c> and <c>name</c>.</summary>
    private static readonly Dictionary<string, string[]> s_values = new()
    {
        ["order-confirmed"] = ["order", "lines"],
        ["order-dispatched"] = ["order", "tracking"],
        ["order-dispatched-part"] = ["order", "tracking", "lines", "open"],
        ["order-dispatched-rest"] = ["order", "tracking", "lines"],
        ["order-part-not-sent"] = ["order", "lines"],
        ["order-cancelled"] = ["order", "reason"],
        ["payment-refunded"] = ["order", "amount"],
        ["invoice-overdue"] = ["order", "invoice", "amount", "due", "stage"],
        ["confirm-email"] = ["link"],
        ["change-email"] = ["link"],
        ["email-change-asked"] = ["email"],
        ["reset-password"] = ["link"],
        ["password-changed"] = [],
        ["second-factor-set-up"] = [],
        ["second-factor-removed"] = [],
        ["stock-low"] = ["sku", "available"],
        ["dead-letters"] = ["module", "count", "letters", "since"],
    };

    private static readonly Dictionary<(string Language, string Name), string> s_builtIn = Embedded();

    private readonly Dictionary<(string Language, string Name), string> _all;

    internal MailTemplates(Dictionary<(string Language, string Name), string> all) => _all = all;

    public IReadOnlyList<string> Languages => [.. _all.Keys.Select(key => key.Language).Distinct().Order(StringComparer.Ordinal)];

    /// <param name="folder">Its files take the place of the built-in ones.</param>
    public static MailTemplates Of(string? folder)
    {
        var all = new Dictionary<(string, string), string>(s_builtIn);
        if (folder is not null)
            foreach (var file in Directory.EnumerateFiles(folder, "*.txt", SearchOption.AllDirectories))
                all[(Path.GetFileName(Path.GetDirectoryName(file)!), Path.GetFileNameWithoutExtension(file))] = File.ReadAllText(file);
        return new MailTemplates(all);
    }

    public IEnumerable<string> Faults()
    {
        foreach (var name in s_values.Keys.Append(Reasons).Where(name => !_all.ContainsKey((English, name)))) yield return $"The mail template {English}/{name}.txt is missing: English has all of them.";
        foreach (var ((language, name), text) in _all.Where(template => template.Key.Name != Reasons))
        {
            if (!s_values.TryGetValue(name, out var values))
            {
                yield return $"The mail template {language}/{name}.txt is of no mail. Known: {string.Join(", ", s_values.Keys)}, {Reasons}.";
                continue;
            }

            if (!text.StartsWith(Subject, StringComparison.Ordinal)) yield return $"The mail template {language}/{name}.txt must begin with '{Subject}'.";
            foreach (var place in Place().Matches(text).Select(match => match.Groups[1].Value).Except([.. values, "shop", "name"]))
                yield return $"The mail template {language}/{name}.txt shows {{{{{place}}}}}. Known: {string.Join(", ", values)}, shop, name.";
        }
    }

    /// <param name="language">A tag such as de or de-AT.</param>
    public (string Subject, string Text) Fill(string language, string name, IReadOnlyDictionary<string, string> values)
    {
        var template = In(language, name);
        var end = template.IndexOf('\n', StringComparison.Ordinal);
        var (subject, text) = end < 0 ? (template, "") : (template[..end], template[(end + 1)..].Trim('\n', '\r'));
        return (Filled(subject)[Subject.Length..].Trim(), Filled(text) + "\n");

        string Filled(string part) => Place().Replace(part, place => place.Groups[1].Value == "reason" ? Reason(language, values["reason"]) : OneLine(values[place.Groups[1].Value]));
    }

    /// <summary>Whatever is between its words, a value is one line: it begins no header and no paragraph.</summary>
    internal static string OneLine(string value) => Breaks().Replace(value, " ").Trim();

    private string Reason(string language, string code)
    {
        var said = In(language, Reasons).Split('\n').Select(line => line.Split(':', 2, StringSplitOptions.TrimEntries)).Where(line => line.Length == 2).ToDictionary(line => line[0], line => line[1]);
        return said.GetValueOrDefault(code) ?? said["other"];
    }

    private string In(string language, string name) =>
        _all.GetValueOrDefault((language.ToLowerInvariant(), name)) ?? _all.GetValueOrDefault((language.Split('-')[0].ToLowerInvariant(), name)) ?? _all[(English, name)];

    private static Dictionary<(string Language, string Name), string> Embedded()
    {
        var assembly = typeof(MailTemplates).Assembly;
        return assembly.GetManifestResourceNames().Where(name => name.StartsWith(Root, StringComparison.Ordinal)).ToDictionary(
            name => (name[Root.Length..].Replace('\\', '/').Split('/')[0], name[(name.LastIndexOfAny(['/', '\\']) + 1)..]),
            name =>
            {
                using var file = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return file.ReadToEnd();
            });
    }

    [GeneratedRegex(@"\{\{([a-z]+)\}\}")]
    private static partial Regex Place();

    [GeneratedRegex(@"[\p{Cc}\u2028-\u202e\u2066-\u2069\s]+")]
    private static partial Regex Breaks();
}
