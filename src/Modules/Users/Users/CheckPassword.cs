using Marten;
using Marten.Patching;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>Whether e-mail and password fit an account that is not locked. Every refusal takes the same work: no account, no password, wrong, locked.</summary>
internal static class CheckPassword
{
    public const string Refusal = "E-mail address and password do not fit, or too many attempts have failed: try again later.";

    public sealed record Command(string Email, string Password) : ICommand<Outcome>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(Email, "email", most: Account.LongestEmail);
            rules.Require(Password?.Length is >= 1 and <= 200, "password", "must have 1 to 200 characters");
        }
    }

    /// <summary>A refusal is not thrown but answered: the failure's count must be committed.</summary>
    public sealed record Outcome(Account? Account);

    public sealed class Handler(IDocumentSession db, UsersSettings settings, TimeProvider clock) : ICommandHandler<Command, Outcome>
    {
        public async ValueTask<Outcome> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var email = Account.Normal(command.Email);
            var account = await db.Query<Account>().FirstOrDefaultAsync(account => account.Email == email, ct) ?? Account.Nobody;

            var fits = Passwords.Fit(account.PasswordHash, command.Password);
            if (account.IsLocked(now, settings.FailedSignIns, settings.LockedFor)) return new Outcome(null);

            if (!fits)
            {
                db.CountFailure(account, now, settings);
                return new Outcome(null);
            }

            // While the hash was made others may have failed, or the password have been changed.
            var held = await db.Hold(account.Id, ct);
            if (held is null || held.Email != email || held.PasswordHash != account.PasswordHash || held.IsLocked(clock.GetUtcNow(), settings.FailedSignIns, settings.LockedFor)) return new Outcome(null);

            // Who knows the password could try codes without end otherwise.
            if (held.FailedSignIns > 0 && !await db.HasSecondFactor(held.Id, ct)) db.Patch<Account>(held.Id).Set(a => a.FailedSignIns, 0);
            return new Outcome(held);
        }
    }

    /// <summary>By one statement, that adds or begins anew: failures at once are all counted.</summary>
    public static void CountFailure(this IDocumentSession db, Account account, DateTimeOffset now, UsersSettings settings) => db.QueueSqlCommand(
        """
        update mt_doc_account set data = data || jsonb_build_object('lastFailedAt', ?::timestamptz,
            'failedSignIns', case when (data ->> 'lastFailedAt')::timestamptz > ? then coalesce((data ->> 'failedSignIns')::int, 0) + 1 else 1 end)
        where id = ?
        """,
        now, now - settings.LockedFor, account.Id);
}
