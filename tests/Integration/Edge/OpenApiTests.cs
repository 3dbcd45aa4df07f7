using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shared.Testing;

namespace Integration;

/// <summary>One document for the whole shop, wherever its modules run.</summary>
public sealed partial class OpenApiTests
{
    [Fact]
    public async Task the_document_is_the_same_byte_for_byte_in_every_topology_and_a_module_that_is_away_is_named_instead_of_left_out()
    {
        await using var together = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"));
        await using var apart = await Shop.StartAsync(TopologyUnderTest.Parse("split"));
        using HttpClient one = new() { BaseAddress = together.Address }, two = new() { BaseAddress = apart.Address };
        var document = await one.GetByteArrayAsync("/openapi/v1.json");
        Assert.Contains("/v1/inventory/stock", JsonNode.Parse(document)!["paths"]!.AsObject().Select(path => path.Key));

        Assert.Equal(document, await two.GetByteArrayAsync("/openapi/v1.json"));

        await apart.StopHostAsync("inventory");
        using (var away = await two.GetAsync("/openapi/v1.json"))
        {
            var problem = JsonNode.Parse(await away.Content.ReadAsStringAsync())!;
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "module.away", "application/problem+json"), (away.StatusCode, (string)problem["code"]!, away.Content.Headers.ContentType!.MediaType));
            Assert.Contains("'inventory'", (string)problem["detail"]!, StringComparison.Ordinal);
            Assert.NotNull(away.Headers.RetryAfter);
        }

        await apart.StartHostAsync("inventory");
        Assert.Equal(document, await two.GetByteArrayAsync("/openapi/v1.json"));
    }

    [Fact]
    public async Task every_json_body_shows_an_example_that_the_shop_takes()
    {
        await using var shop = await Shop.StartAsync(TopologyUnderTest.Parse("all-in-one"));
        using var shopper = await Shopper.OperatorAsync(shop);
        using HttpClient http = new() { BaseAddress = shop.Address, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", shopper.Token) } };
        var document = JsonNode.Parse(await http.GetStringAsync("/openapi/v1.json"))!;
        var bodies = from path in document["paths"]!.AsObject()
                     from operation in path.Value!.AsObject()
                     let json = operation.Value!["requestBody"]?["content"]?["application/json"]
                     where json is not null
                     select (Method: operation.Key.ToUpperInvariant(), Path: path.Key, Example: json["example"]);
        var refused = new List<string>();
        foreach (var (method, path, example) in bodies.ToList())
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), InBraces().Replace(path, name => name.Value is "{sku}" or "{slug}" ? "none" : $"{Guid.Empty}"));
            request.Headers.TryAddWithoutValidation("Idempotency-Key", $"{Guid.CreateVersion7()}");
            request.Headers.TryAddWithoutValidation("If-Match", "*");
            request.Content = new StringContent(example?.ToJsonString() ?? "", System.Text.Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request);
            // What it is about may not be there: that is found out once the body is taken.
            if (!answer.IsSuccessStatusCode && answer.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict)) refused.Add($"{method} {path}: {example?.ToJsonString() ?? "no example"}: {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.True(bodies.Count() >= 20 && refused.Count == 0, string.Join('\n', refused));
    }

    [GeneratedRegex("\\{[^}]*\\}")]
    private static partial Regex InBraces();
}
