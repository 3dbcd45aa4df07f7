using Marten;
using Mediator;
using Shared.Kernel;

namespace Users;

/// <summary>A mail by which a forgotten password is replaced, or a first one set where somebody else opened the account. Whether there is an account is not told.</summary>
internal static class SendReset
{
    public sealed record Command(string Email) : ICommand, IValidated
    {
        public void Validate(Rules rules) => Account.CheckEmail(rules, Email);
    }

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing) : ICommandHandler<Command>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            var email = Account.Normal(command.Email);
            if (await db.Query<Account>().FirstOrDefaultAsync(account => account.Email == email, ct) is { } account)
                await db.TryMailLink(outbox, mailing, LinkKind.Reset, account.Id, email, ct);
            return Unit.Value;
        }
    }
}
