using JasperFx;
using Marten.Exceptions;
using Npgsql;
using Wolverine;
using Wolverine.ErrorHandling;

namespace Shared.Kernel;

/// <summary>
/// What becomes of a message whose reaction fails. The transaction is rolled back in any case; the message itself is never lost: it is repeated, or a dead letter.
/// </summary>
internal static class Retries
{
    /// <summary>Delays between later attempts, each ± 20 %, stored with the message so that they outlive restarts; then it is a dead letter.</summary>
    public static readonly IReadOnlyList<TimeSpan> Backoff =
    [
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10),
        TimeSpan.FromHours(1), TimeSpan.FromHours(6), TimeSpan.FromHours(24),
    ];

    private const int AtOnce = 5;

    public static void Apply(WolverineOptions options, IReadOnlyList<TimeSpan> backoff)
    {
        // Left alone, not discarded: discarding would mark the row handled, which another process may just have stored for a later attempt.
        options.OnException<AlreadyHandledException>().CustomActionIndefinitely((_, _, _) => ValueTask.CompletedTask, "left to whoever handles it");

        options.OnException<RefusedException>().Or<InvalidException>().Or<TooOldException>().MoveToErrorQueue();

        var race = options.OnException(IsLostRace, "a lost race for a version").Or<NpgsqlException>(fault => fault.IsTransient);
        Later(race.RetryTimes(AtOnce).Then, backoff);

        Later(options.OnAnyException(), backoff);
    }

    /// <summary>Somebody else changed the same entity first: repeated at once, the reaction sees the new state.</summary>
    public static bool IsLostRace(Exception fault) =>
        fault is ConcurrencyException or JasperFx.Events.EventStreamUnexpectedMaxEventIdException or DocumentAlreadyExistsException or ExistingStreamIdCollisionException
        || fault is PostgresException { SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.UniqueViolation }
        || (fault.InnerException is { } inner && IsLostRace(inner));

    private static void Later(IFailureActions actions, IReadOnlyList<TimeSpan> backoff)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (attempt == backoff.Count)
            {
                actions.MoveToErrorQueue();
                return;
            }

            var delay = backoff[attempt];
            actions = actions.CustomAction(
                async (_, lifecycle, _) =>
                {
                    Checkpoints.Reached("retry.before-stored", lifecycle.Envelope?.Destination);
                    await lifecycle.ReScheduleAsync(TimeProvider.System.GetUtcNow() + delay * (0.8 + 0.4 * Random.Shared.NextDouble()));
                    Checkpoints.Reached("retry.stored", lifecycle.Envelope?.Destination);
                }, $"again after {delay}").Then;
        }
    }
}

/// <summary>The message is older than de-duplication remembers: whether it was handled cannot be known, so it is kept as a dead letter for a person to decide.</summary>
public sealed class TooOldException(Guid id, TimeSpan retention) : Exception($"Message {id} was sent longer ago than the {retention.TotalDays:0.#} days for which handled messages are remembered: replay it if it was not handled, discard it if it was.");
