namespace Catalog;

/// <summary>What somebody typed, as words: nothing of it is ever syntax to the database.</summary>
internal static class SearchText
{
    public const int Longest = 100, MostWords = 8;

    private const int LongestWord = 30;

    /// <summary>In small letters, each once. Signs part words as they do in the index.</summary>
    public static IReadOnlyList<string> Words(string text) =>
        [.. new string([.. text.Select(c => char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.NonSpacingMark ? char.ToLowerInvariant(c) : ' ')])
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(MostWords)];

    /// <summary>A word as typed so far: from two letters on its beginning counts.</summary>
    public static string Prefix(string word) => word.Length > 1 ? $"'{word}':*" : $"'{word}'";

    /// <summary>In words of four letters and more one may be wrong, missing, too many or change places with its neighbour. Numbers are meant as typed.</summary>
    public static bool MayBeMistyped(string word) => word.Length is >= 4 and <= LongestWord && !word.Any(char.IsDigit);
}
