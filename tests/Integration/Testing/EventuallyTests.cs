using Shared.Testing;

namespace Integration;

public sealed class EventuallyTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(200);

    [Fact]
    public async Task a_wait_ends_when_the_condition_holds()
    {
        var asked = 0;

        await Eventually.True(() => Task.FromResult(++asked == 3), "the third question");

        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task a_wait_in_vain_names_what_was_awaited_and_what_was_seen()
    {
        var fault = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.Get(() => Task.FromResult(7), rows => rows == 0, "no outgoing rows", Short));

        Assert.Equal("Awaited for 0.2 s in vain: no outgoing rows. Seen last: 7", fault.Message);
    }

    [Fact]
    public async Task an_exception_is_not_yet_until_the_deadline_and_then_shown()
    {
        var asked = 0;

        var fault = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.True(() => throw new InvalidOperationException($"refused {++asked}"), "an answer", Short));

        Assert.InRange(asked, 2, 6);
        Assert.Equal($"refused {asked}", Assert.IsType<InvalidOperationException>(fault.InnerException).Message);
    }

    [Fact]
    public async Task a_question_without_answer_does_not_outlive_the_deadline() =>
        await Assert.ThrowsAsync<TimeoutException>(() => Eventually.True(() => new TaskCompletionSource<bool>().Task, "an answer", Short));

    [Fact]
    public async Task a_wait_ends_at_once_when_it_cannot_come_any_more() =>
        await Assert.ThrowsAsync<NeverException>(() => Eventually.True(() => throw new NeverException("the process has ended"), "readiness"));
}
