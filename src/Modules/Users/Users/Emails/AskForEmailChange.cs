using Marten;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>Somebody wants another address: a link goes to the new one, and the old one is told. Nothing changes yet.</summary>
internal static class AskForEmailChange
{
    public sealed record Command(Guid AccountId, string Email) : ICommand, IValidated
    {
        public void Validate(Rules rules) => Account.CheckEmail(rules, Email);
    }

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing) : ICommandHandler<Command>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            var email = Account.Normal(command.Email);
            var account = await db.LoadAsync<Account>(command.AccountId, ct) ?? throw new NotFoundException($"user {command.AccountId}");
            if (account.Email == email) throw new RefusedException("user.email-unchanged", "This is your address already.");

            await db.EmailMustBeFree(email, ct);
            if (!await db.TryMailLink(outbox, mailing, LinkKind.Change, account.Id, email, ct))
                throw new RefusedException("user.too-many-mails", $"No other mail is sent now: wait a minute, or until tomorrow if you have asked {MailLink.MostADay} times today.");
            await db.TellAccount(outbox, mailing, "email-change-asked", account.Id, account.Email, new() { ["email"] = email });

            return Unit.Value;
        }
    }
}
