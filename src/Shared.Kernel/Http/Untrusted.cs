using Microsoft.AspNetCore.Http;

namespace Shared.Kernel;

/// <summary>
/// Headers by which a request claims who asks or where it comes from. The front drops them, the same for modules here and elsewhere: a caller is known by the checked token only.
/// </summary>
internal static class Untrusted
{
    private static readonly string[] Beginnings =
        ["Forwarded", "X-Forwarded-", "X-Original-", "X-Real-IP", "X-Client-", "X-User", "X-Role", "X-Auth-", "X-Identity", "X-Remote-", "Remote-"];

    public static Task Drop(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        foreach (var name in headers.Keys.Where(name => Beginnings.Any(beginning => name.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))).ToArray()) headers.Remove(name);
        return next(context);
    }
}
