using Answering.Contracts;
using Shared.Testing;
using Toys;

namespace Integration;

public sealed class CallLimitTests(StrictNeighbours modules) : IClassFixture<StrictNeighbours>
{
    [Fact]
    public async Task no_more_are_asked_at_once_than_is_allowed()
    {
        var (first, second) = (AnId(), AnId());
        using var patience = new CancellationTokenSource();
        var waiting = Ask(first, "wait", patience.Token);
        await AnswerQuestions.IsWaiting(first);

        Assert.Null(await Ask(second, "well"));

        Assert.Equal(0, AnswerQuestions.TimesAsked(second));
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task who_keeps_failing_is_left_alone_for_a_while_and_then_asked_again()
    {
        // Its first attempts fail, and then the breaker is open: what comes next is not asked.
        Assert.Null(await Ask(AnId(), "fail"));
        var spared = AnId();
        Assert.Null(await Ask(spared, "well"));
        Assert.Equal(0, AnswerQuestions.TimesAsked(spared));

        await Eventually.True(async () => await Ask(AnId(), "well") is not null, "asked again");
    }

    [Fact]
    public async Task who_is_not_there_is_left_alone_too()
    {
        await using var nobody = new AskingNobody();
        await nobody.InitializeAsync();

        Assert.Null(await nobody.Callee.Ask((questions, options) => questions.ReadAsync(new Question(), options), CancellationToken.None));

        await Eventually.True(async () => await nobody.BreakerAsync() == 1, "the breaker open");
    }

    private static string AnId() => $"{Guid.CreateVersion7()}";

    private Task<Reply?> Ask(string id, string behaviour, CancellationToken ct = default) =>
        modules.Callee.Ask((questions, options) => questions.ReadAsync(new Question { Id = id, Behaviour = behaviour }, options), ct);
}
