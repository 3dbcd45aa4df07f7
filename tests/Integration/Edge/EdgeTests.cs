using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>What a stranger sees at the door, the same wherever the modules run.</summary>
[Collection(typeof(OneShop)), Trait(Topologies.Runs, Topologies.InSplitToo)]
public sealed class EdgeTests(StartedShop started)
{
    [Theory]
    [InlineData("GET", "/v1/orders", null, null, 401, "unauthenticated")]
    [InlineData("GET", "/v1/inventory/stock", "customer", null, 403, "forbidden")]
    [InlineData("GET", "/v1/nothing", null, null, 404, "route.unknown")]
    [InlineData("GET", "/v1/inventory/nothing", "operator", null, 404, "route.unknown")]
    [InlineData("DELETE", "/v1/inventory/receipts", "operator", null, 405, "method.not-allowed")]
    [InlineData("GET", "/v1/inventory/stock/none", "operator", null, 404, "not-found")]
    [InlineData("POST", "/v1/inventory/receipts", "operator", "{ \"reference\": ", 400, "request.malformed")]
    [InlineData("POST", "/v1/inventory/receipts", "operator", "{ \"reference\": \"x\", \"lines\": [], \"more\": 1 }", 400, "request.malformed")]
    [InlineData("POST", "/v1/inventory/receipts", "operator", "{ \"reference\": \"x\", \"lines\": \"none\" }", 400, "request.malformed")]
    [InlineData("POST", "/v1/inventory/receipts", "operator", "{ \"reference\": \"x\", \"lines\": [] }", 400, "invalid")]
    [InlineData("GET", "/v1/inventory/stock?limit=1000", "operator", null, 400, "invalid")]
    public async Task every_refusal_is_a_problem_with_a_stable_code(string method, string path, string? role, string? body, int status, string code)
    {
        using var client = await ClientAsync(role);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Headers = { { "Idempotency-Key", Guid.CreateVersion7().ToString() } } };
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");

        using var response = await client.SendAsync(request);

        var problem = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        Assert.Equal((status, code), ((int)response.StatusCode, (string)problem["code"]!));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(32, ((string)problem["traceId"]!).Length);
        Assert.DoesNotContain("Exception", problem.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("System.", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_body_above_the_limit_is_refused()
    {
        using var client = await ClientAsync("operator");
        using var request = Post("/v1/inventory/receipts", new string('x', 1_100_000));

        using var response = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        Assert.Contains("request.too-large", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_hundred_kilobytes_are_taken_and_a_hundred_megabytes_refused_before_they_are_sent()
    {
        using var client = await ClientAsync("operator");
        var lines = Enumerable.Range(0, 1_000).Select(n => new { sku = $"{new string('x', 30)}{n}", quantity = 1 });
        using var large = Post("/v1/inventory/receipts", JsonSerializer.Serialize(new { reference = "large", lines }) + new string(' ', 50_000));
        using var huge = new HttpRequestMessage(HttpMethod.Post, "/v1/inventory/receipts") { Content = new ByteArrayContent(new byte[100_000_000]), Headers = { { "Idempotency-Key", "huge" }, { "Expect", "100-continue" } } };
        huge.Content.Headers.ContentType = new("application/json");

        using var taken = await client.SendAsync(large);
        using var refused = await client.SendAsync(huge);

        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
        Assert.Contains("request.too-large", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task an_order_of_ten_thousand_lines_is_refused_by_its_rule()
    {
        using var client = await ClientAsync("operator");
        using var order = Post("/v1/orders", JsonSerializer.Serialize(new { paymentToken = "test-ok", lines = Enumerable.Repeat(new { sku = "tea", quantity = 1 }, 10_000) }));

        using var answer = await client.SendAsync(order);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("must have 1 to 1,000 entries", (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!["lines"]![0]!);
    }

    [Theory]
    [InlineData("a\0b")]
    [InlineData("\u202egnp.exe")]
    [InlineData("'; drop schema orders cascade; --")]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("{{7*7}}${7*7}%s%n")]
    [InlineData("\r\nSet-Cookie: a=b")]
    [InlineData("../../../etc/passwd")]
    [InlineData("\uffff\ufffe")]
    public async Task whatever_is_typed_is_taken_as_text_or_refused_by_a_rule_and_is_never_a_fault(string typed)
    {
        using var client = await ClientAsync("operator");
        var some = Guid.CreateVersion7();
        (string Path, object Body)[] requests =
        [
            ("/v1/catalog/products", new { sku = $"s{some:N}", name = typed, price = 1, currency = "GBP", weight = 1 }),
            ("/v1/catalog/products", new { sku = typed, name = "x", price = 1, currency = "GBP", weight = 1 }),
            ("/v1/inventory/receipts", new { reference = typed, lines = new[] { new { sku = "tea", quantity = 1 } } }),
            ("/v1/users/accounts", new { email = $"{some:N}@example.com", name = typed }),
            ("/v1/orders", new { paymentToken = typed, lines = new[] { new { sku = "tea", quantity = 1, unitPrice = 1 } }, to = new { name = typed, street = typed, postalCode = "1", city = typed } }),
        ];

        foreach (var (path, body) in requests) await MustBeTakenOrRefusedAsync(Post(path, JsonSerializer.Serialize(body)));
        // What HTTP itself does not allow in an address or a header never comes so far.
        if (!typed.Any(char.IsControl)) await MustBeTakenOrRefusedAsync(new HttpRequestMessage(HttpMethod.Get, $"/v1/catalog/products?q={Uri.EscapeDataString(typed)}"));

        async Task MustBeTakenOrRefusedAsync(HttpRequestMessage request)
        {
            using var sent = request;
            using var answer = await client.SendAsync(sent);
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True((int)answer.StatusCode < 500, $"{request.RequestUri} was answered {(int)answer.StatusCode} {text}");
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            if (!answer.IsSuccessStatusCode) Assert.False(string.IsNullOrEmpty((string?)JsonNode.Parse(text)!["code"]), text);
        }
    }

    [Fact]
    public async Task a_key_that_is_missing_is_asked_for_and_one_that_is_used_for_something_else_is_refused()
    {
        using var client = await ClientAsync("operator");
        const string tea = """{ "reference": "a", "lines": [ { "sku": "tea", "quantity": 1 } ] }""", coffee = """{ "reference": "a", "lines": [ { "sku": "coffee", "quantity": 1 } ] }""";
        using var keyless = new HttpRequestMessage(HttpMethod.Post, "/v1/inventory/receipts") { Content = new StringContent(tea, Encoding.UTF8, "application/json") };
        var key = Guid.CreateVersion7().ToString();

        using var missing = await client.SendAsync(keyless);
        using var first = await client.SendAsync(Post("/v1/inventory/receipts", tea, key));
        using var other = await client.SendAsync(Post("/v1/inventory/receipts", coffee, key));

        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Contains("Idempotency-Key", await missing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, first.StatusCode);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, other.StatusCode);
    }

    [Fact]
    public async Task the_same_request_ten_times_at_once_is_done_once_and_answered_alike()
    {
        using var client = await ClientAsync("operator");
        var sku = $"sku-{Guid.CreateVersion7():N}"[..30];
        var body = $$"""{ "reference": "a", "lines": [ { "sku": "{{sku}}", "quantity": 7 } ] }""";
        var key = Guid.CreateVersion7().ToString();

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ =>
        {
            using var response = await client.SendAsync(Post("/v1/inventory/receipts", body, key));
            return $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
        }));

        Assert.Single(answers.Distinct());
        Assert.StartsWith("201", answers[0], StringComparison.Ordinal);
        Assert.Equal(7, (long)JsonNode.Parse(await client.GetStringAsync($"/v1/inventory/stock/{sku}"))!["available"]!);
    }

    [Fact]
    public async Task one_document_describes_every_module()
    {
        using var client = await ClientAsync(null);

        var document = JsonNode.Parse(await client.GetStringAsync("/openapi/v1.json"))!;

        Assert.Equal("3.1.1", (string)document["openapi"]!);
        foreach (var module in Sources.Modules) Assert.Contains(document["paths"]!.AsObject(), path => path.Key.StartsWith($"/v1/{module}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task the_version_is_in_the_address_or_in_a_header()
    {
        using var client = await ClientAsync("operator");
        var sku = $"sku-{Guid.CreateVersion7():N}";
        (await client.SendAsync(Post("/v1/catalog/products", $$"""{ "sku": "{{sku}}", "name": "Tea", "price": 12.5, "currency": "GBP", "weight": 100 }"""))).EnsureSuccessStatusCode();

        using HttpResponseMessage first = await client.GetAsync($"/v1/catalog/products/{sku}"), byHeader = await AskAsync($"/catalog/products/{sku}", "1"), unsaid = await AskAsync($"/catalog/products/{sku}", null);
        using HttpResponseMessage second = await client.GetAsync($"/v2/catalog/products/{sku}"), secondByHeader = await AskAsync($"/catalog/products/{sku}", "2");
        using HttpResponseMessage third = await AskAsync($"/catalog/products/{sku}", "3"), both = await AskAsync($"/v1/catalog/products/{sku}", "2");

        var told = await first.Content.ReadAsStringAsync();
        Assert.Equal((told, told), (await byHeader.Content.ReadAsStringAsync(), await unsaid.Content.ReadAsStringAsync()));
        Assert.Equal("12.5", (string)JsonNode.Parse(await second.Content.ReadAsStringAsync())!["price"]!["amount"]!);
        Assert.Equal(await second.Content.ReadAsStringAsync(), await secondByHeader.Content.ReadAsStringAsync());
        Assert.Equal(("@1796083200", "Wed, 01 Dec 2027 00:00:00 GMT", $"</v2/catalog/products/{sku}>; rel=\"successor-version\""), (Said(first, "Deprecation"), Said(first, "Sunset"), Said(first, "Link")));
        Assert.False(second.Headers.Contains("Deprecation"));
        Assert.Contains("this shop has 1 and 2", await third.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("leave one of them out", await both.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.BadRequest), (third.StatusCode, both.StatusCode));

        Task<HttpResponseMessage> AskAsync(string path, string? version)
        {
            var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (version is not null) request.Headers.Add("Api-Version", version);
            return client.SendAsync(request);
        }

        static string Said(HttpResponseMessage answer, string header) => answer.Headers.GetValues(header).Single();
    }

    [Fact]
    public async Task health_metrics_and_the_start_page_answer()
    {
        using var client = await ClientAsync(null);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        Assert.Contains("http_server_request_duration", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
        Assert.Contains("<title>Modular</title>", await client.GetStringAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_header_cannot_forge_the_caller()
    {
        using var client = await ClientAsync(null);
        client.DefaultRequestHeaders.Add("X-User", "operator");
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIiwicm9sZSI6Im9wZXJhdG9yIn0.");

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("/v1/inventory/stock")).StatusCode);
    }

    private static HttpRequestMessage Post(string path, string body, string? key = null) => new(HttpMethod.Post, path)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
        Headers = { { "Idempotency-Key", key ?? Guid.CreateVersion7().ToString() } },
    };

    private async Task<HttpClient> ClientAsync(string? role)
    {
        var client = new HttpClient { BaseAddress = started.Shop.Address };
        if (role is null) return client;

        using var shopper = await Shopper.AsAsync(role == "operator" ? ShopProgram.Operator : ShopProgram.Customer, started.Shop.Address);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", shopper.Token);
        return client;
    }
}
