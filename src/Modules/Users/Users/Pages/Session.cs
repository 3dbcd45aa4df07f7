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
/// <param name="Second">A second factor was given too.</param>
internal sealed record Session(Guid Account, DateTimeOffset Since, int Generation, bool Second)
{
    private const string Whole = "session", Half = "half-session";

    // For typing a code, or for setting up what gives codes.
    private static readonly TimeSpan s_halfsLifetime = TimeSpan.FromMinutes(10);

    public static void Add(IServiceCollection services, ProviderSettings settings)
    {
        foreach (var (scheme, lifetime) in new[] { (Whole, settings.Session), (Half, s_halfsLifetime) })
            services.AddAuthentication().AddCookie(scheme, cookie =>
            {
                cookie.Cookie = new OwnCookie($"shop-{scheme}", settings.IsSecure);
                cookie.ExpireTimeSpan = lifetime;
                cookie.SlidingExpiration = false;
            });
    }

    public static async Task BeginAsync(HttpContext http, Guid account, int generation, bool second, DateTimeOffset now)
    {
        await http.SignInAsync(Whole, Principal(account, generation, second, now));
        await http.SignOutAsync(Half);
    }

    /// <summary>The password was right, and is not enough.</summary>
    public static Task BeginHalfAsync(HttpContext http, Guid account, int generation, DateTimeOffset now) => http.SignInAsync(Half, Principal(account, generation, second: false, now));

    public static async Task EndAsync(HttpContext http)
    {
        await http.SignOutAsync(Whole);
        await http.SignOutAsync(Half);
    }

    public static Task<Session?> ReadAsync(HttpContext http) => ReadAsync(http, Whole);

    private static async Task<Session?> ReadAsync(HttpContext http, string scheme) =>
        await http.AuthenticateAsync(scheme) is { Principal: { } somebody }
            ? new(
                Guid.Parse(somebody.FindFirstValue("sub")!),
                DateTimeOffset.FromUnixTimeSeconds(long.Parse(somebody.FindFirstValue("auth_time")!, CultureInfo.InvariantCulture)),
                // None: it began when accounts had no generations.
                int.Parse(somebody.FindFirstValue("generation") ?? "0", CultureInfo.InvariantCulture),
                somebody.HasClaim("second", "true"))
            : null;

    /// <summary>Whose session it is, as his account is now. Null: nobody's, or it was ended with all others of the account, or it began with less than the account takes now.</summary>
    public static async Task<SignedIn?> OwnerAsync(HttpContext http, IQuerySession db, UsersSettings settings, CancellationToken ct) =>
        await OwnerAsync(http, db, Whole, ct) is { } owner && (owner.Session.Second || !settings.NeedsSecondFactor(owner.Account)) ? owner : null;

    /// <summary>Who has given his password, and must do more.</summary>
    public static Task<SignedIn?> HalfOwnerAsync(HttpContext http, IQuerySession db, CancellationToken ct) => OwnerAsync(http, db, Half, ct);

    private static async Task<SignedIn?> OwnerAsync(HttpContext http, IQuerySession db, string scheme, CancellationToken ct) =>
        await ReadAsync(http, scheme) is { } session && await db.LoadAsync<Account>(session.Account, ct) is { } account && account.Generation == session.Generation ? new(session, account) : null;

    private static ClaimsPrincipal Principal(Guid account, int generation, bool second, DateTimeOffset now) => new(new ClaimsIdentity(
        [
            new Claim("sub", account.ToString()),
            new Claim("auth_time", now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)),
            new Claim("generation", generation.ToString(CultureInfo.InvariantCulture)),
            new Claim("second", second ? "true" : "false"),
        ], Whole));
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
