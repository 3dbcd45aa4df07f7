using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Npgsql;
using Shared.Testing;

namespace Catalog.Tests;

/// <summary>The module alone, for all tests of a class: each uses skus of its own.</summary>
public sealed class TheCatalog : IAsyncLifetime
{
    public ModuleUnderTest Module { get; private set; } = null!;

    /// <summary>One person, for idempotency keys are the caller's own.</summary>
    public HttpClient Operator { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Module = await ModuleUnderTest.StartAsync(new CatalogModule());
        Operator = Module.AsOperator();
    }

    /// <summary>The module once more, on the same database.</summary>
    public async Task<ModuleUnderTest> SecondInstanceAsync(IReadOnlyDictionary<string, string?>? settings = null)
    {
        var server = new NpgsqlConnectionStringBuilder((await PostgresServer.SharedAsync()).ConnectionString) { Database = await Module.Query<string>("select current_database()::text") };
        return await ModuleUnderTest.StartAsync(new CatalogModule(), new Dictionary<string, string?>(settings ?? new Dictionary<string, string?>()) { ["Database:Administrator"] = server.ConnectionString });
    }

    public ValueTask DisposeAsync() => Module.DisposeAsync();

    public Task<HttpResponseMessage> Publish(string sku, string name = "Lantern", decimal price = 2.5m, string currency = "EUR", string? key = null) =>
        Operator.PostOnce("/v1/catalog/products", JsonContent.Create(new { sku, name, price, currency }), key);

    public Task<HttpResponseMessage> SetPrice(string sku, string? ifMatch, decimal price, string currency = "EUR") => Put($"/v1/catalog/products/{sku}/price", ifMatch, new { price, currency });

    public Task<HttpResponseMessage> Draft(string sku, string name = "Lantern", decimal price = 2.5m, string? key = null, string[]? categories = null) =>
        Operator.PostOnce("/v1/catalog/drafts", JsonContent.Create(new { sku, name, price, currency = "EUR", categories = categories ?? [] }), key);

    /// <summary>What is not said is as <see cref="Publish"/> has it.</summary>
    public Task<HttpResponseMessage> Correct(string sku, string? ifMatch, string name = "Lantern", string description = "", int weight = 0, object[]? images = null, string[]? categories = null) =>
        Put($"/v1/catalog/products/{sku}", ifMatch, new { name, description, weight, images = images ?? [], categories = categories ?? [] });

    public async Task<HttpResponseMessage> Put(string path, string? ifMatch, object body, HttpClient? http = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        return await (http ?? Operator).SendAsync(request);
    }

    public Task<HttpResponseMessage> AddCategory(string slug, string? parent = null, string name = "A category", string? key = null) =>
        Operator.PostOnce("/v1/catalog/categories", JsonContent.Create(new { slug, name, parent }), key);

    public Task<HttpResponseMessage> Withdraw(string sku) => Operator.PostAsync($"/v1/catalog/products/{sku}/withdraw", null);

    public Task<HttpResponseMessage> Republish(string sku) => Operator.PostAsync($"/v1/catalog/products/{sku}/publish", null);

    /// <summary>The skus on a page of a list.</summary>
    public async Task<IEnumerable<string?>> Skus(string query, HttpClient? http = null)
    {
        var answer = await (http ?? Module.Anonymous()).GetAsync($"/v1/catalog/products{query}");
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return [.. (await answer.Json()).GetProperty("items").EnumerateArray().Select(product => product.GetProperty("sku").GetString())];
    }

    public Task<HttpResponseMessage> Get(string address) => Module.Anonymous().GetAsync($"/v1/catalog/products{address}");

    public Task<HttpResponseMessage> Import(string csv, HttpClient? http = null) => Import(Encoding.UTF8.GetBytes(csv), http);

    public async Task<HttpResponseMessage> Import(byte[] csv, HttpClient? http = null, string mediaType = "text/csv", string? key = null)
    {
        var content = new ByteArrayContent(csv);
        content.Headers.ContentType = new(mediaType);
        return await (http ?? Operator).PostOnce("/v1/catalog/imports", content, key);
    }

    public async Task<long> Version(string sku) => (await (await Get($"/{sku}")).Json()).GetProperty("version").GetInt64();
}

internal static class Requests
{
    /// <summary>A POST with an idempotency key, a new one unless given.</summary>
    public static async Task<HttpResponseMessage> PostOnce(this HttpClient http, string path, HttpContent content, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
        // Who is refused for the body's size hears so before sending it.
        request.Headers.ExpectContinue = true;
        return await http.SendAsync(request);
    }

    public static async Task<JsonElement> Json(this HttpResponseMessage answer) => JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync());

    /// <summary>Status and code of a problem.</summary>
    public static async Task<(HttpStatusCode Status, string? Code)> Problem(this HttpResponseMessage answer) => (answer.StatusCode, (await answer.Json()).GetProperty("code").GetString());

    /// <summary>The fields that an invalid request is told of.</summary>
    public static async Task<IEnumerable<string>> Invalid(this HttpResponseMessage answer)
    {
        Assert.Equal((HttpStatusCode.BadRequest, "invalid"), await answer.Problem());
        return [.. (await answer.Json()).GetProperty("errors").EnumerateObject().Select(field => field.Name).Order()];
    }

    /// <summary>price currency state version</summary>
    public static async Task<string> Product(this HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, $"{answer.StatusCode}");
        var product = await answer.Json();
        return string.Create(CultureInfo.InvariantCulture, $"{product.GetProperty("price").GetDecimal()} {product.GetProperty("currency")} {product.GetProperty("state")} {product.GetProperty("version")}");
    }
}
