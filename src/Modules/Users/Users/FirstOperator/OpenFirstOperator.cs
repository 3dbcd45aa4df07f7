using System.Text.Json.Serialization;
using Marten;
using Mediator;
using Shared.Kernel;
using Users.Contracts;

namespace Users;

/// <summary>Who has the printed link opens the first operator's account; the link is used up in the same transaction.</summary>
internal static class OpenFirstOperator
{
    public sealed record Command([property: JsonIgnore] string Secret, string Email, [property: JsonIgnore] string Password, string Name) : ICommand<Guid>, IValidated
    {
        public void Validate(Rules rules)
        {
            Account.Check(rules, Email, Name);
            Passwords.Check(rules, Password);
        }
    }

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing, TimeProvider clock) : ICommandHandler<Command, Guid>
    {
        public async ValueTask<Guid> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            if (await Invitation.TakeTurn(db, ct) is not { } invitation || !invitation.IsGoodFor(command.Secret, now) || await Invitation.IsNeedless(db, ct))
                throw new RefusedException("user.invitation-over", "This link is not good any more: it was used, or is too old. As long as there is no operator, a host prints a new one when it starts.");

            await db.EmailMustBeFree(command.Email, ct);
            var account = new Account
            {
                Id = Guid.CreateVersion7(),
                Email = Account.Normal(command.Email),
                Name = command.Name.Trim(),
                PasswordHash = Passwords.Hash(command.Password),
                Role = Role.Operator,
                RegisteredAt = now,
            };
            db.Insert(account);
            db.Delete(invitation);
            await outbox.Publish(new UserRegistered(account.Id, account.RegisteredAt));
            await db.TryMailLink(outbox, mailing, LinkKind.Confirm, account.Id, account.Email, ct);

            return account.Id;
        }
    }
}
