using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.Tokens;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>Who may what: every endpoint that there is, by every kind of caller, through the front and at the module's own host.</summary>
[Collection(typeof(OneAccessShop))]
public sealed class AccessTests(AccessShop shop)
{
    private const string SignedIn = "signed in";

    /// <summary>Bodies by which a request of an owner reaches the question whose it is. An endpoint that is not named here takes none.</summary>
    private static readonly Dictionary<string, string> s_bodies = new() { ["CancelOrder"] = """{ "reason": "changed my mind" }""" };

    [Theory]
    [InlineData("anonymous")]
    [InlineData("expired")]
    [InlineData("not valid yet")]
    [InlineData("wrong issuer")]
    [InlineData("wrong audience")]
    [InlineData("wrong type")]
    [InlineData("no algorithm")]
    [InlineData("wrong algorithm")]
    [InlineData("revoked")]
    [InlineData("tampered")]
    [InlineData("another key")]
    [InlineData("module")]
    [InlineData("no token at all")]
    public Task who_is_not_known_is_let_in_only_where_anyone_is(string caller) => EveryAnswerOf(caller, policy => policy is null ? SignedIn : "401 unauthenticated");

    [Fact]
    public Task a_role_that_nobody_has_opens_nothing() => EveryAnswerOf("nobody", policy => policy is null ? SignedIn : "403 forbidden");

    [Fact]
    public Task a_customer_is_let_in_but_where_operators_are_alone() => EveryAnswerOf(Policies.Customer, policy => policy is Policies.Operator ? "403 forbidden" : SignedIn);

    [Fact]
    public Task an_operator_is_let_in_everywhere() => EveryAnswerOf(Policies.Operator, _ => SignedIn);

    [Fact]
    public async Task what_is_not_yours_answers_as_if_it_were_not_there()
    {
        var owned = shop.Endpoints.Where(endpoint => PolicyOf(endpoint) == Policies.Customer && endpoint.RoutePattern.Parameters.Count > 0).ToList();
        using HttpClient owner = shop.As(Policies.Customer, shop.Owner), stranger = shop.As(Policies.Customer, Guid.CreateVersion7());
        Assert.Contains(owned, endpoint => endpoint.RoutePattern.RawText == "/v1/orders/{orderId:guid}");

        // The owner last: it may change something.
        foreach (var endpoint in owned.OrderBy(endpoint => MethodOf(endpoint) != "GET"))
            foreach (var door in shop.DoorsOf(endpoint))
            {
                var (nobodys, others) = (Guid.CreateVersion7(), (shop.Order, shop.Refund, shop.Owner));
                var atAll = await AnswerAsync(stranger, door, endpoint, (nobodys, nobodys, nobodys));
                var strangers = await AnswerAsync(stranger, door, endpoint, others);
                var own = await AnswerAsync(owner, door, endpoint, others);

                Assert.StartsWith("404 not-found", atAll, StringComparison.Ordinal);
                Assert.Equal(atAll.Replace($"{nobodys}", "it", StringComparison.Ordinal), strangers.Replace($"{shop.Order}", "it", StringComparison.Ordinal).Replace($"{shop.Owner}", "it", StringComparison.Ordinal).Replace($"{shop.Refund}", "it", StringComparison.Ordinal));
                Assert.StartsWith("2", own, StringComparison.Ordinal);
            }
    }

    private async Task EveryAnswerOf(string caller, Func<string?, string> expected)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", AuthorizationOf(caller));
        var wrong = new List<string>();

        foreach (var endpoint in shop.Endpoints)
            foreach (var door in shop.DoorsOf(endpoint))
            {
                var nobodys = Guid.CreateVersion7();
                var answer = await AnswerAsync(client, door, endpoint, (nobodys, nobodys, nobodys));
                var (is401or403, wanted) = (answer.StartsWith("401", StringComparison.Ordinal) || answer.StartsWith("403", StringComparison.Ordinal), expected(PolicyOf(endpoint)));
                if (wanted == SignedIn ? is401or403 : !answer.StartsWith(wanted, StringComparison.Ordinal)) wrong.Add($"{MethodOf(endpoint)} {endpoint.RoutePattern.RawText} at {door}: {answer} instead of {wanted}");
            }

        Assert.NotEmpty(shop.Endpoints);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    /// <summary>Null: anyone may.</summary>
    private static string? PolicyOf(RouteEndpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null ? null : endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(authorize => authorize.Policy).Single();

    private static string MethodOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    /// <summary>Status, code and what the problem says.</summary>
    private static async Task<string> AnswerAsync(HttpClient client, Uri door, RouteEndpoint endpoint, (Guid Order, Guid Refund, Guid Account) of)
    {
        var path = string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternSeparatorPart separator => separator.Content,
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "orderId" } => $"{of.Order}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart { Name: "refundId" } => $"{of.Refund}",
            _ => $"{of.Account}",
        }))));
        using var request = new HttpRequestMessage(new HttpMethod(MethodOf(endpoint)), new Uri(door, "/" + path)) { Headers = { { "Idempotency-Key", $"{Guid.CreateVersion7()}" } } };
        // Of a type that it takes: else routing says so before anybody asks who it is.
        if (MethodOf(endpoint) is not "GET")
            request.Content = new StringContent(s_bodies.GetValueOrDefault(endpoint.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "", "{}"), Encoding.UTF8,
                endpoint.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes[0] ?? "application/json");

        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return $"{(int)answer.StatusCode}";

        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        return $"{(int)answer.StatusCode} {problem["code"]} {problem["detail"]}";
    }

    private string? AuthorizationOf(string caller)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        return caller switch
        {
            "anonymous" => null,
            "no token at all" => "Bearer nothing",
            "module" => (string)CallToken.Header("orders", "shipping", CallSettings.KeyOf(ModuleUnderTest.Secret), TimeProvider.System)[0].Value,
            "expired" => Operators(token => (token.NotBefore, token.IssuedAt, token.Expires) = (now.AddHours(-2), now.AddHours(-2), now.AddHours(-1))),
            "not valid yet" => Operators(token => (token.NotBefore, token.Expires) = (now.AddHours(1), now.AddHours(2))),
            "revoked" => Operators(token => token.Subject.AddClaim(new Claim("jti", TestIssuer.Revoked))),
            "wrong issuer" => Operators(token => token.Issuer = "http://another"),
            "wrong audience" => Operators(token => token.Audience = "another"),
            "wrong type" => Operators(token => token.TokenType = "JWT"),
            "wrong algorithm" => Operators(token => token.SigningCredentials = new SigningCredentials(new SymmetricSecurityKey(shop.Issuer.Key.ExportSubjectPublicKeyInfo()) { KeyId = "test" }, SecurityAlgorithms.HmacSha256)),
            "another key" => Operators(token => token.SigningCredentials = new SigningCredentials(new ECDsaSecurityKey(ECDsa.Create(ECCurve.NamedCurves.nistP256)) { KeyId = "test" }, SecurityAlgorithms.EcdsaSha256)),
            "no algorithm" => $"Bearer {Encoded("""{"alg":"none","typ":"at+jwt"}""")}.{Operators(_ => { }).Split('.')[1]}.",
            "tampered" => Tampered(Operators(_ => { })),
            _ => $"Bearer {shop.Issuer.Token(caller, Guid.CreateVersion7())}",
        };

        string Operators(Action<SecurityTokenDescriptor> spoil) => $"Bearer {shop.Issuer.Token(Policies.Operator, AccessShop.Operator, spoil)}";
    }

    private static string Tampered(string bearer)
    {
        var parts = bearer.Split('.');
        var payload = JsonNode.Parse(Base64UrlEncoder.Decode(parts[1]))!;
        payload["sub"] = $"{Guid.CreateVersion7()}";
        return $"{parts[0]}.{Encoded(payload.ToJsonString())}.{parts[2]}";
    }

    private static string Encoded(string json) => Base64UrlEncoder.Encode(json);
}
