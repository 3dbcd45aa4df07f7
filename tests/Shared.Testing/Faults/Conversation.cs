using System.Text;

namespace Shared.Testing;

/// <summary>
/// What a client sent: one whole <paramref name="Message"/>, and <paramref name="Transaction"/>, all it sent since it last was idle, this message included.
/// User and database are known with PostgreSQL only. The bytes are valid during the call only.
/// </summary>
public sealed record ProxiedRequest(string User, string Database, ReadOnlyMemory<byte> Message, ReadOnlyMemory<byte> Transaction, bool IsCommit)
{
    /// <summary>Whether the transaction has <paramref name="text"/> in its SQL or in a text parameter.</summary>
    public bool Mentions(string text) => Transaction.Span.IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}

/// <summary>The answer that the client never got: with PostgreSQL its command tag (<c>COMMIT</c>) or error, else its bytes.</summary>
public sealed record SwallowedAnswer(string User, string Database, string Answer);

internal sealed class Trap(Func<ProxiedRequest, bool> request)
{
    private readonly TaskCompletionSource<SwallowedAnswer> _sprung = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<ProxiedRequest, bool> Request { get; } = request;
    public Task<SwallowedAnswer> Sprung => _sprung.Task;

    public void Done(SwallowedAnswer answer) => _sprung.TrySetResult(answer);

    public void Missed() => _sprung.TrySetException(new InvalidOperationException("The connection ended after the request had been sent and before the server answered."));
}

/// <summary>What to do with a message from the server. Once one is held, all are, until the cut.</summary>
internal enum Verdict { Deliver, Hold, Cut }

/// <summary>One connection's talk, as far as one has to understand it to tell which answer belongs to which request.</summary>
internal interface IConversation
{
    /// <summary>The trap that a request has sprung, while its answer is awaited, and the answer so far.</summary>
    (Trap Trap, SwallowedAnswer Answer)? Sprung { get; }

    /// <summary>Length of the first whole message, 0 if there is none yet.</summary>
    int LengthFromClient(ReadOnlySpan<byte> pending);

    int LengthFromServer(ReadOnlySpan<byte> pending);

    /// <summary>Called before the message goes on to the server.</summary>
    void Asked(ReadOnlyMemory<byte> message);

    Verdict Answered(ReadOnlySpan<byte> message);
}

internal sealed class PlainConversation(Func<ProxiedRequest, Trap?> spring) : IConversation
{
    public (Trap Trap, SwallowedAnswer Answer)? Sprung { get; private set; }

    public int LengthFromClient(ReadOnlySpan<byte> pending) => pending.Length;

    public int LengthFromServer(ReadOnlySpan<byte> pending) => pending.Length;

    public void Asked(ReadOnlyMemory<byte> message)
    {
        if (Sprung is null && spring(new ProxiedRequest("", "", message, message, IsCommit: false)) is { } trap)
            Sprung = (trap, new SwallowedAnswer("", "", ""));
    }

    public Verdict Answered(ReadOnlySpan<byte> message)
    {
        if (Sprung is not var (trap, answer))
            return Verdict.Deliver;
        Sprung = (trap, answer with { Answer = Encoding.Latin1.GetString(message) });
        return Verdict.Cut;
    }
}
