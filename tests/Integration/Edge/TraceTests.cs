using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using Shared.Testing;
using Toys.Contracts;

namespace Integration;

public sealed class TraceTests
{
    [Fact]
    public async Task one_trace_goes_from_the_request_to_the_last_reaction()
    {
        var spans = new ConcurrentBag<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Modular" or "Wolverine" or "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Add,
        };
        ActivitySource.AddActivityListener(listener);
        await using var modules = await TwoModules.StartAsync();
        using var http = modules.Http();
        using var root = new Activity("a client's").Start();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/toys/balls")
        {
            Content = JsonContent.Create(new { behaviour = "ok" }),
            Headers = { { "Idempotency-Key", "traced" } },
        };

        (await http.SendAsync(request)).EnsureSuccessStatusCode();
        await modules.AtRestAsync();

        var mine = spans.Where(span => span.TraceId == root.TraceId).ToArray();
        Assert.Contains(mine, span => span.OperationName == "ThrowBall");
        Assert.Contains(mine, span => Says(span, "module://catcher/when-ball-thrown"));
        Assert.Contains(mine, span => Says(span, "module://catcher/count-balls"));
    }

    private static bool Says(Activity span, string destination) => span.TagObjects.Any(tag => $"{tag.Value}".Contains(destination, StringComparison.Ordinal));
}
