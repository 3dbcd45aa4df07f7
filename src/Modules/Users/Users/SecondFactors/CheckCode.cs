using System.Text.Json.Serialization;
using Marten;
using Marten.Patching;
using Mediator;

namespace Users;

/// <summary>Whether a code fits an account's second factor, once. A wrong one counts like a wrong password, and only a right one forgets the failures before it.</summary>
internal static class CheckCode
{
    public const string Refusal = "does not fit, was used already, or too many attempts have failed: try again later";

    /// <summary>A refusal is not thrown but answered: the failure's count must be committed.</summary>
    public sealed record Command(Guid AccountId, [property: JsonIgnore] string Code) : ICommand<bool>;

    public sealed class Handler(IDocumentSession db, Totps totps, UsersSettings settings, TimeProvider clock) : ICommandHandler<Command, bool>
    {
        public async ValueTask<bool> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await db.Hold(command.AccountId, ct) is not { } account || await db.LoadAsync<SecondFactor>(account.Id, ct) is not { } factor) return false;
            if (account.IsLocked(now, settings.FailedSignIns, settings.LockedFor)) return false;

            if (!factor.Accepts(command.Code, totps))
            {
                db.CountFailure(account, now, settings);
                return false;
            }

            db.Update(factor);
            if (account.FailedSignIns > 0) db.Patch<Account>(account.Id).Set(a => a.FailedSignIns, 0);
            return true;
        }
    }
}
