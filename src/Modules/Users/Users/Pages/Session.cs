using System.Globalization;
using System.Security.Claims;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Users;

/// <summary>Somebody who has signed in to the provider's own pages, in this browser.</summary>
/// <param name="Since">When the password was last given.</param>
/// <param name="Generation">The account's, then.</param>
internal sealed record Session(Guid Account, DateTimeOffset Since, int Generation)
{
    private const string Scheme = "session";

    public static void Add(IServiceCollection services, ProviderSettings settings) => services.AddAuthentication().AddCookie(Scheme, cookie =>
    {
        cookie.Cookie = new OwnCookie("shop-session", settings.IsSecure);
        cookie.ExpireTimeSpan = settings.Session;
        cookie.SlidingExpiration = false;
    });

    public static Task BeginAsync(HttpContext http, Guid account, int generation, DateTimeOffset now) => http.SignInAsync(Scheme, new ClaimsPrincipal(new ClaimsIdentity(
        [new Claim("sub", account.ToString()), new Claim("auth_time", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)), new Claim("generation", generation.ToString(CultureInfo.InvariantCulture))], Scheme)));

    public static Task EndAsync(HttpContext http) => http.SignOutAsync(Scheme);

    public static async Task<Session?> ReadAsync(HttpContext http) =>
        await http.AuthenticateAsync(Scheme) is { Principal: { } somebody }
            ? new(
                Guid.Parse(somebody.FindFirstValue("sub")!),
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(somebody.FindFirstValue("auth_time")!, CultureInfo.InvariantCulture)),
                // None: it began when accounts had no generations.
                int.Parse(somebody.FindFirstValue("generation") ?? "0", CultureInfo.InvariantCulture))
            : null;

    /// <summary>Whose session it is, as his account is now. Null: nobody's, or it was ended with all others of the account.</summary>
    public static async Task<SignedIn?> OwnerAsync(HttpContext http, IQuerySession db, CancellationToken ct) =>
        await ReadAsync(http) is { } session && await db.LoadAsync<Account>(session.Account, ct) is { } account && account.Generation == session.Generation ? new(session, account) : null;
}

internal sealed record SignedIn(Session Session, Account Account);

/// <summary>No script reads it, no other site's form sends it. Where TLS is, wherever it ends, the name's prefix makes browsers hold it to this one host.</summary>
internal sealed class OwnCookie : CookieBuilder
{
    private readonly bool _secure;

    public OwnCookie(string name, bool secure)
    {
        _secure = secure;
        Name = secure ? $"__Host-{name}" : name;
        Path = "/";
        HttpOnly = true;
        SameSite = SameSiteMode.Lax;
        IsEssential = true;
    }

    // Not by SecurePolicy.Always: forms that come here without TLS, from what ends it before, would be refused.
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure = _secure || context.Request.IsHttps;
        return options;
    }
}
