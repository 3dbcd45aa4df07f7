namespace Users;

/// <summary>A mail as it is sent. Its id is its Message-ID: sent twice, it is the same one.</summary>
internal sealed record Letter(Guid Id, string To, string Name, string Subject, string Text, DateTimeOffset At);

/// <summary>Who takes mails. What it throws is tried again by the kernel's backoff; what can never be taken is refused.</summary>
internal interface IMailPort
{
    /// <exception cref="Shared.Kernel.RefusedException">It will not be taken, however often it is tried.</exception>
    Task Send(Letter letter, CancellationToken ct);
}
