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

            // Who knows the password could try codes without end otherwise.
            if (account.FailedSignIns > 0 && !await db.HasSecondFactor(account.Id, ct)) db.Patch<Account>(account.Id).Set(a => a.FailedSignIns, 0);
            return new Outcome(account);
        }
    }

    /// <summary>By SQL: failures at once are all counted.</summary>
    public static void CountFailure(this IDocumentSession db, Account account, DateTimeOffset now, UsersSettings settings)
    {
        var failed = db.Patch<Account>(account.Id).Set(a => a.LastFailedAt, now);
        _ = account.RemembersFailures(now, settings.LockedFor) ? failed.Increment(a => a.FailedSignIns) : failed.Set(a => a.FailedSignIns, 1);
    }
}
