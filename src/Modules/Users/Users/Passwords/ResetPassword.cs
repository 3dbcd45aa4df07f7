using System.Text.Json.Serialization;
using Marten;
using Marten.Patching;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>Who has the mailed link sets a new password: whoever knew the old one is signed out everywhere, and a lock-out ends. He reads the address, so it is confirmed.</summary>
internal static class ResetPassword
{
    public sealed record Command([property: JsonIgnore] string Secret, [property: JsonIgnore] string Password) : ICommand, IValidated
    {
        public void Validate(Rules rules) => Passwords.Check(rules, Password);
    }

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing, TimeProvider clock) : ICommandHandler<Command>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var link = await db.UseLink(command.Secret, now, ct, LinkKind.Reset);
            var account = (await db.LoadAsync<Account>(link.AccountId, ct))!;

            db.Patch<Account>(account.Id)
                .Set(a => a.PasswordHash, Passwords.Hash(command.Password))
                .Set(a => a.Generation, account.Generation + 1)
                .Set(a => a.FailedSignIns, 0)
                .Set(a => a.EmailConfirmedAt, now);
            db.EndGrants(account.Id, now);
            db.EndLinks(account.Id);
            await db.TellAccount(outbox, mailing, "password-changed", account.Id, account.Email, []);

            return Unit.Value;
        }
    }
}
