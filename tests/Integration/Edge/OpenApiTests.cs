using System.Net;
using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>One document for the whole shop, wherever its modules run.</summary>
public sealed class OpenApiTests
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
}
