using Marten;
using Mediator;
using Npgsql;

namespace Users;

/// <summary>All keys that are published; a new one is made before the last one's time is over, and those are forgotten whose tokens have all ended.</summary>
internal static class RotateKeys
{
    public sealed record Command : ICommand<IReadOnlyList<SigningKey>>;

    public sealed class Handler(IDocumentSession db, KeySettings settings, TimeProvider clock) : ICommandHandler<Command, IReadOnlyList<SigningKey>>
    {
        public async ValueTask<IReadOnlyList<SigningKey>> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var known = await db.Query<SigningKey>().ToListAsync(ct);
            if (!SigningKey.IsDue(known, now, settings)) return Alive(known, now);

            // Two instances at once: the second waits here until the first has committed, and finds its key.
            await db.BeginTransactionAsync(ct);
            await db.ExecuteAsync(new NpgsqlCommand("select pg_advisory_xact_lock(hashtextextended('users.signing-key', 0))"), ct);
            known = await db.Query<SigningKey>().ToListAsync(ct);
            if (!SigningKey.IsDue(known, now, settings)) return Alive(known, now);

            var made = Next(known.MaxBy(key => key.SignsFrom), now);
            db.Insert(made);
            foreach (var key in known.Where(key => key.RetiredAt <= now)) db.Delete(key);
            return [.. Alive(known, now), made];
        }

        private static IReadOnlyList<SigningKey> Alive(IEnumerable<SigningKey> keys, DateTimeOffset now) => [.. keys.Where(key => !(key.RetiredAt <= now))];

        private SigningKey Next(SigningKey? last, DateTimeOffset now)
        {
            if (last is null) return SigningKey.Make(now, settings.Secret, SigningKey.First);

            // A host that was away when it should have rotated makes up for it, but does not sign with what nobody could read yet.
            var due = last.SignsFrom + settings.RotatedAfter;
            var made = SigningKey.Make(now, settings.Secret, notBefore: due > now + settings.PublishedAhead ? due : now + settings.PublishedAhead);
            last.RetiredAt = made.SignsFrom + settings.KeptFor;
            db.Update(last);
            return made;
        }
    }
}
