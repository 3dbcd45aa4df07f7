using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;

namespace Users;

/// <summary>HTML as it is. Everything else that comes into a page is text, and encoded.</summary>
internal readonly record struct Html(string Text)
{
    public static string Encoded(string text) => HtmlEncoder.Default.Encode(text);
}

/// <summary>The pages' templates: <c>{{name}}</c> is replaced by a value; a name that nobody gives is a fault.</summary>
internal static partial class Template
{
    private static readonly FrozenDictionary<string, string> s_all =
        new[] { "Layout", "SignIn", "Register", "SignOut", "FirstOperator", "Message", "Mailbox", "Letter", "AskForMail", "ConfirmEmail", "ResetPassword", "ChangeEmail", "ChangePassword", "SignedIn", "SecondFactor", "SetUpSecondFactor", "RecoveryCodes" }.ToFrozenDictionary(name => name, Load);

    /// <summary>What a Content-Security-Policy allows the layout's one style sheet by.</summary>
    public static readonly string StyleHash = HashOfStyle(s_all["Layout"]);

    public static Html Fill(string template, Func<string, object> value) => new(Place().Replace(s_all[template], place => value(place.Groups[1].Value) switch
    {
        Html html => html.Text,
        string text => Html.Encoded(text),
        var other => throw new InvalidOperationException($"{place.Value} in {template}.html is given a {other.GetType().Name}: it takes text or HTML."),
    }));

    private static string Load(string name)
    {
        using var file = new StreamReader(typeof(Template).Assembly.GetManifestResourceStream($"Users.{name}.html")!);
        return file.ReadToEnd();
    }

    private static string HashOfStyle(string layout)
    {
        var (from, to) = (layout.IndexOf("<style>", StringComparison.Ordinal) + "<style>".Length, layout.IndexOf("</style>", StringComparison.Ordinal));
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(layout[from..to])))}'";
    }

    [GeneratedRegex(@"\{\{([a-z:]+)\}\}")]
    private static partial Regex Place();
}
