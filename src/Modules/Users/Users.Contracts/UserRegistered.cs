namespace Users.Contracts;

/// <summary>Somebody has an account. Ids only: who they are stays with Users.</summary>
public sealed record UserRegistered(Guid UserId, DateTimeOffset At);
