using Microsoft.AspNetCore.Http;
using Shared.Kernel;

namespace Users;

/// <summary>The languages of mails, by tags such as de or en-GB; which there are texts of is another matter.</summary>
internal static class Languages
{
    private const int Longest = 35;

    public static void Check(Rules rules, string? language) => rules.Require(language is null || IsTag(language), "language", "must be a language tag such as de or en-GB");

    /// <summary>What the browser wants most; null: it does not say.</summary>
    public static string? Of(HttpRequest request) =>
        request.GetTypedHeaders().AcceptLanguage.Where(language => language.Quality is not 0).MaxBy(language => language.Quality ?? 1)?.Value.Value is { } tag && IsTag(tag) ? tag : null;

    private static bool IsTag(string text) => text.Length is >= 2 and <= Longest && char.IsAsciiLetter(text[0]) && text.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');
}
