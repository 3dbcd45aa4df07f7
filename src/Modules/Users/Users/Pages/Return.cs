using Microsoft.AspNetCore.Http;

namespace Users;

/// <summary>Where a browser goes on when it has done with a page: to the provider's own protocol, or a page that asks who it is; nowhere else.</summary>
internal static class Return
{
    public const string Authorize = "/v1/users/connect/authorize", EndSession = "/v1/users/connect/logout";

    /// <summary>Characters of an address to come back to: it is sent as part of another one.</summary>
    public const int Longest = 4000;

    /// <summary>Null: it leads elsewhere, or is none.</summary>
    public static string? Checked(string? to) =>
        to is { Length: <= Longest } && (Fits(to, Authorize) || Fits(to, EndSession) || to is ChangeEmailPage.Path or ChangePasswordPage.Path or SetUpPage.Path) && to.All(c => c is > ' ' and < '\x7f' and not '\\') ? to : null;

    /// <summary>The same request once more, as a GET, without what has been done about it.</summary>
    public static string? To(HttpRequest request, string path, params string[] without)
    {
        IEnumerable<KeyValuePair<string, Microsoft.Extensions.Primitives.StringValues>> given = request.HasFormContentType ? request.Form : request.Query;
        return Checked(path + QueryString.Create(given.Where(parameter => !without.Contains(parameter.Key))).Value);
    }

    private static bool Fits(string to, string path) => to == path || to.StartsWith($"{path}?", StringComparison.Ordinal);
}
