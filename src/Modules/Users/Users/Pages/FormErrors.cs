namespace Users;

/// <summary>
/// What is wrong with a form, for eyes and screen readers: a summary that gets the focus and links to each field, and beside the field what is wrong with it.
/// </summary>
internal sealed class FormErrors(IReadOnlyDictionary<string, string[]> errors)
{
    /// <summary>Rules read on from a field's name.</summary>
    private static readonly Dictionary<string, string> s_labels = new() { ["email"] = "The e-mail address", ["password"] = "The password", ["new"] = "The new password", ["name"] = "The name", ["code"] = "The code" };

    public Html Summary() => new(errors.Count == 0 ? "" :
        "<div class=\"summary\" role=\"alert\" aria-labelledby=\"summary\" tabindex=\"-1\" autofocus><h2 id=\"summary\">There is a problem</h2><ul>"
        + string.Concat(errors.SelectMany(field => field.Value.Select(rule => field.Key.Length == 0
            ? $"<li>{Html.Encoded(rule)}</li>"
            : $"<li><a href=\"#{Html.Encoded(field.Key)}\">{Text(field.Key, rule)}</a></li>")))
        + "</ul></div>");

    /// <summary>What a template's place for a field's error or state shows; null: it is another place.</summary>
    public Html? At(string place) => place.Split(':') switch
    {
        ["error", var field] => new(errors.TryGetValue(field, out var rules) ? $"<p class=\"error\" id=\"{field}-error\">{string.Join("<br>", rules.Select(rule => Text(field, rule)))}</p>" : ""),
        ["state", var field] => new(errors.ContainsKey(field) ? $" aria-invalid=\"true\" aria-describedby=\"{field}-error\"" : ""),
        _ => null,
    };

    private static string Text(string field, string rule) => Html.Encoded($"{s_labels.GetValueOrDefault(field, field)} {rule}.");
}
