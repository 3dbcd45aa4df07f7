using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.IdentityModel.JsonWebTokens;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Its tests share a host, and run one after the other.</summary>
[CollectionDefinition]
public sealed class OneProvider : ICollectionFixture<TheProvider>;

/// <summary>The module alone as an OpenID provider: a shop's pages that sign people in, and two programs that act themselves: an operator, a customer.</summary>
public sealed class TheProvider : IAsyncLifetime
{
    public const string Callback = "https://shop.example/callback", SignedOut = "https://shop.example/bye", Secret = "importer-secret-0123456789-0123456789";

    public static readonly IReadOnlyDictionary<string, string?> Settings = new Dictionary<string, string?>
    {
        ["Tokens:Authority"] = null,
        ["Users:SignIn:Failures"] = "3",
        ["Users:Clients:shop:RedirectUris"] = $"{Callback},http://127.0.0.1:7777/callback",
        ["Users:Clients:shop:SignedOutUris"] = SignedOut,
        ["Users:Clients:other:RedirectUris"] = "https://other.example/callback",
        ["Users:Clients:importer:Secret"] = Secret,
        ["Users:Clients:importer:Role"] = "operator",
        ["Users:Clients:buyer:Secret"] = Secret,
        ["Users:Clients:buyer:Role"] = "customer",
    };

    public ModuleUnderTest Module { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Module = await ModuleUnderTest.StartAsync(new UsersModule(), Settings);
        Ann = await Register(Module, AnnsEmail);
        Anns = ABrowser();
        await Anns.SignIn(AnnsEmail);
    }

    public ValueTask DisposeAsync()
    {
        Anns.Dispose();
        return Module.DisposeAsync();
    }

    public Browser ABrowser() => new(Module.Address);

    /// <summary>A browser in which Ann is signed in: each request for a code begins a grant of its own.</summary>
    public Browser Anns { get; private set; } = null!;

    public Guid Ann { get; private set; }

    public const string AnnsEmail = "ann@example.com";

    public async Task<JsonElement> Tokens(string scope = "openid offline_access")
    {
        var request = new CodeRequest { Scope = scope };
        return await (await Anns.Exchange(request, await Anns.Code(request))).Json();
    }

    /// <summary>A program that has its own token.</summary>
    public static async Task<HttpClient> Program(ModuleUnderTest module, string client)
    {
        using var browser = new Browser(module.Address);
        var http = module.Anonymous();
        http.DefaultRequestHeaders.Authorization = new("Bearer", (await (await browser.OwnTokens(client)).Json()).Text("access_token"));
        return http;
    }

    public static async Task<Guid> Register(ModuleUnderTest module, string email) =>
        (await (await module.Anonymous().PostOnce("/v1/users", new { email, password = TheUsers.Password, name = "Ann" })).Json()).GetProperty("id").GetGuid();
}

/// <summary>What a client asks a code with: the parameters of RFC 6749 and 7636, right unless a test makes them wrong.</summary>
public sealed record CodeRequest
{
    public string Client { get; init; } = "shop";

    public string Redirect { get; init; } = TheProvider.Callback;

    public string Scope { get; init; } = "openid offline_access";

    public string State { get; init; } = "a state & more";

    public string Verifier { get; } = Convert.ToHexString(RandomNumberGenerator.GetBytes(32));

    public string? Method { get; init; } = "S256";

    public string? Prompt { get; init; }

    public string Address
    {
        get
        {
            var challenge = Method == "plain" ? Verifier : WebEncoders.Base64UrlEncode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
            var parameters = new Dictionary<string, string?>
            {
                ["client_id"] = Client, ["redirect_uri"] = Redirect, ["response_type"] = "code", ["scope"] = Scope, ["state"] = State, ["nonce"] = "n-1", ["prompt"] = Prompt,
                ["code_challenge"] = Method is null ? null : challenge, ["code_challenge_method"] = Method,
            };
            return QueryHelpers.AddQueryString("/v1/users/connect/authorize", parameters.Where(parameter => parameter.Value is not null));
        }
    }
}

/// <summary>Cookies, forms, and no redirect that a test does not follow itself.</summary>
public sealed partial class Browser : IDisposable
{
    private readonly CookieContainer _cookies;
    private readonly HttpClient _http;

    public Browser(Uri address) : this(address, new CookieContainer()) { }

    private Browser(Uri address, CookieContainer cookies) =>
        (_cookies, _http) = (cookies, new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, CookieContainer = cookies }) { BaseAddress = address });

    /// <summary>The same browser, which a load balancer leads to another instance. (Cookies know no ports.)</summary>
    public Browser Elsewhere(Uri address) => new(address, _cookies);

    public Task<HttpResponseMessage> Get(string path) => _http.GetAsync(path);

    public Task<HttpResponseMessage> Post(string path, params (string Name, string Value)[] fields) =>
        _http.PostAsync(path, new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))));

    /// <summary>Loads a form, fills it in and sends it with all of its hidden fields.</summary>
    public async Task<HttpResponseMessage> Submit(string page, params (string Name, string Value)[] fields) =>
        await Send(await (await Get(page)).Content.ReadAsStringAsync(), fields);

    /// <summary>The same, of a form that is loaded already.</summary>
    public Task<HttpResponseMessage> Send(string html, params (string Name, string Value)[] fields)
    {
        var hidden = Hidden().Matches(html).Select(match => (WebUtility.HtmlDecode(match.Groups[1].Value), WebUtility.HtmlDecode(match.Groups[2].Value)));
        return Post(Action().Match(html).Groups[1].Value, [.. hidden, .. fields]);
    }

    public Task<HttpResponseMessage> SignIn(string email, string password = TheUsers.Password, string page = "/v1/users/sign-in") => Submit(page, ("email", email), ("password", password));

    /// <summary>The code that a client gets, for somebody who is signed in.</summary>
    public async Task<string> Code(CodeRequest request) => Parameter(await Get(request.Address), "code") ?? throw new InvalidOperationException("There is no code in the answer.");

    public Task<HttpResponseMessage> Exchange(CodeRequest request, string code, string? verifier = null) => Post("/v1/users/connect/token",
        ("grant_type", "authorization_code"), ("client_id", request.Client), ("redirect_uri", request.Redirect), ("code", code), ("code_verifier", verifier ?? request.Verifier));

    public Task<HttpResponseMessage> Refresh(string token, string client = "shop") => Post("/v1/users/connect/token", ("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token));

    /// <summary>What a program asks for in its own name.</summary>
    public Task<HttpResponseMessage> OwnTokens(string client, string? secret = TheProvider.Secret) => Post("/v1/users/connect/token",
        [("grant_type", "client_credentials"), ("client_id", client), .. secret is null ? Array.Empty<(string, string)>() : [("client_secret", secret)]]);

    public static string? Parameter(HttpResponseMessage answer, string name) =>
        answer.Headers.Location is { } to && QueryHelpers.ParseQuery(to.OriginalString[(to.OriginalString.IndexOf('?', StringComparison.Ordinal) + 1)..]).TryGetValue(name, out var value) ? value.ToString() : null;

    public async Task<HttpStatusCode> WithToken(string accessToken, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", accessToken) } };
        return (await _http.SendAsync(request)).StatusCode;
    }

    public void Dispose() => _http.Dispose();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]*)\" value=\"([^\"]*)\">")]
    private static partial Regex Hidden();

    [GeneratedRegex("<form method=\"post\" action=\"([^\"]*)\"")]
    private static partial Regex Action();
}

internal static class Answers
{
    /// <summary>Status and error of an answer of the token endpoint (RFC 6749, 5.2).</summary>
    public static async Task<(HttpStatusCode Status, string? Error)> Refusal(this HttpResponseMessage answer) => (answer.StatusCode, (await answer.Json()).GetProperty("error").GetString());

    public static string Text(this JsonElement json, string name) => json.GetProperty(name).GetString()!;

    /// <summary>What the access token came of.</summary>
    public static Guid Grant(this JsonElement tokens) => Guid.Parse(new JsonWebToken(tokens.Text("access_token")).GetClaim("oi_au_id").Value);

    /// <summary>Whether the provider lists the grant of an access token as ended.</summary>
    public static async Task<bool> IsRevoked(this Browser browser, JsonElement tokens) =>
        (await (await browser.Get("/v1/users/revocations")).Json()).TryGetProperty("oi_au_id", out var grants) && grants.EnumerateArray().Any(grant => grant.GetGuid() == tokens.Grant());
}
