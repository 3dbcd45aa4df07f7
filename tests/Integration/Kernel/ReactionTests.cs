using System.Net;
using System.Net.Http.Json;
using Catcher.Contracts;
using Marten;
using Microsoft.Extensions.Logging.Abstractions;
using Shared.Kernel;
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

    [Fact]
    public async Task a_command_that_fails_after_it_told_of_something_has_told_nothing()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ToysModule());
        using var http = module.Anonymous();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "dropped");

        var refused = await http.PostAsJsonAsync("/v1/toys/balls", new { behaviour = "drop" });

        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Empty(await module.Published<BallThrown>());
        Assert.Equal(0, await module.Query<long>("select count(*) from mt_doc_ball"));
        Assert.Equal(0, await module.Query<long>("select count(*) from mt_doc_idempotentanswer"));
    }

    [Fact]
    public async Task an_answer_is_kept_for_seven_days()
    {
        await using var modules = await TwoModules.StartAsync();
        await using (var session = modules.Store.LightweightSession())
        {
            foreach (var (key, days) in new[] { ("old", 8), ("young", 6) }) session.Insert(new IdempotentAnswer(key, "", "", TimeProvider.System.GetUtcNow().AddDays(-days)));
            await session.SaveChangesAsync();
        }

        await new ForgetAnswers(modules.Store, TimeProvider.System, NullLogger<ForgetAnswers>.Instance).OnceAsync(default);

        await using var query = modules.Store.QuerySession();
        Assert.Equal(["young"], (await query.Query<IdempotentAnswer>().ToListAsync()).Select(answer => answer.Key));
    }

    [Fact]
    public async Task the_behaviours_stand_in_their_order()
    {
        await using var module = await ModuleUnderTest.StartAsync(new ToysModule());
        using var http = module.Anonymous();
        http.DefaultRequestHeaders.Add("Idempotency-Key", "long");

        // Validation comes before the key: what is invalid is not remembered, and may be corrected under the same key.
        var invalid = await http.PostAsJsonAsync("/v1/toys/balls", new { behaviour = new string('x', 21) });
        var valid = await http.PostAsJsonAsync("/v1/toys/balls", new { behaviour = "ok" });

        Assert.Equal(HttpStatusCode.BadRequest, invalid.StatusCode);
        Assert.Equal(HttpStatusCode.Created, valid.StatusCode);
    }
}
