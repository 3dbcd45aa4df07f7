using Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Shared.Testing;

namespace Integration;

/// <summary>How export and import speak to a shop; the shop here is a few lines of HTTP.</summary>
public sealed class ShopApiTests
{
    [Fact]
    public async Task a_token_that_has_run_out_is_replaced()
    {
        var ct = TestContext.Current.CancellationToken;
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        await using var shop = builder.Build();
        var (tokens, good) = (0, 1);
        shop.MapPost(ShopProgram.TokensAt, () => Results.Json(new { access_token = $"token-{++tokens}" }));
        shop.MapGet("/page", (HttpRequest request) => request.Headers.Authorization == $"Bearer token-{good}" ? Results.Json(new { answer = 42 }) : Results.Unauthorized());
        await shop.StartAsync(ct);
        using var api = await ShopApi.OpenAsync(new ConfigurationBuilder().AddInMemoryCollection(ShopProgram.Operator.Settings).Build(), new Uri(shop.Urls.First()), ct);

        var first = await api.Get<Page>("/page", ct);
        good = 2;
        var second = await api.Get<Page>("/page", ct);
        good = 0;
        var fault = await Assert.ThrowsAsync<ExchangeException>(() => api.Get<Page>("/page", ct));

        Assert.Equal((42, 42, 3), (first.Answer, second.Answer, tokens));
        Assert.Contains("401", fault.Message, StringComparison.Ordinal);
    }

    private sealed record Page(int Answer);
}
