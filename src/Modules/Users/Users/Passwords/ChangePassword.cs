using System.Text.Json.Serialization;
using Marten;
using Marten.Patching;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>Who is signed in and has given his password sets another: every session and token that began before is over, and links that were mailed lead nowhere, but for that which confirms the address.</summary>
internal static class ChangePassword
{
    /// <param name="Generation">The account's, when the old password was given.</param>
    public sealed record Command(Guid AccountId, int Generation, [property: JsonIgnore] string Password) : ICommand<int>, IValidated
    {
        public void Validate(Rules rules) => Passwords.Check(rules, Password, "new");
    }

    /// <summary>Answers the generation that begins with it.</summary>
    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing, TimeProvider clock) : ICommandHandler<Command, int>
    {
        public async ValueTask<int> Handle(Command command, CancellationToken ct)
        {
            var account = await db.Hold(command.AccountId, ct) ?? throw new NotFoundException($"user {command.AccountId}");
            // Of two at once the second has not given the password that there is now.
            if (account.Generation != command.Generation) throw new RefusedException("user.password-changed", "The password was changed meanwhile: sign in again.");

            var next = account.Generation + 1;
            db.Patch<Account>(account.Id).Set(a => a.PasswordHash, Passwords.Hash(command.Password)).Set(a => a.Generation, next);
            db.EndGrants(account.Id, clock.GetUtcNow());
            db.EndLinks(account.Id, but: LinkKind.Confirm);
            await db.TellAccount(outbox, mailing, "password-changed", account.Id, account.Email, []);

            return next;
        }
    }
}
