using System.Net.Http.Json;
using Catcher.Contracts;
using Shared.Testing;
using Toys;
using Toys.Contracts;

namespace Integration;

public sealed class ReactionTests
{
    [Fact]
    public async Task an_event_is_handled_once_by_each_destination_and_what_they_publish_arrives()
    {
        await using var module = await ModuleUnderTest.StartAsync(new CatcherModule());
        var ball = Guid.CreateVersion7();

        await module.Deliver(new BallThrown(ball, "ok"));

        Assert.Equal([ball], (await module.Published<BallCaught>()).Select(caught => caught.Id));
        Assert.Equal(2, await module.Query<long>("select count(*) from mt_doc_catch"));
    }

    [Fact]
    public async Task a_command_commits_its_state_and_its_event_together()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ToysModule());
        using var http = module.Anonymous();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "one");

        var first = await http.PostAsJsonAsync("/v1/toys/balls", new { behaviour = "ok" });
        var again = await http.PostAsJsonAsync("/v1/toys/balls", new { behaviour = "ok" });

        Assert.Equal(await first.Content.ReadAsStringAsync(), await again.Content.ReadAsStringAsync());
        Assert.Single(await module.Published<BallThrown>());
    }
}
