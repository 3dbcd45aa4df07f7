using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Shared.Testing;

namespace Users.Tests;

/// <summary>Its tests share a host, and run one after the other.</summary>
[CollectionDefinition]
public sealed class OneModule : ICollectionFixture<TheUsers>;

/// <summary>The module alone: each test uses addresses of its own.</summary>
public sealed class TheUsers : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    public ModuleUnderTest Module { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Module = await ModuleUnderTest.StartAsync(new UsersModule());

    public ValueTask DisposeAsync() => Module.DisposeAsync();

    public async Task<Guid> ACustomer(string email)
    {
        var answer = await Module.Anonymous().PostOnce("/v1/users", new { email, password = Password, name = "Ann" });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Json()).GetProperty("id").GetGuid();
    }
}

internal static class Requests
{
    /// <summary>A POST with an idempotency key, a new one unless given.</summary>
    public static async Task<HttpResponseMessage> PostOnce(this HttpClient http, string path, object body, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key ?? Guid.NewGuid().ToString());
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
}
