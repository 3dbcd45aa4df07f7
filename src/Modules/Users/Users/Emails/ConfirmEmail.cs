using System.Text.Json.Serialization;
using Marten;
using Marten.Patching;
using Mediator;

namespace Users;

/// <summary>Who has the mailed link reads the address: it is confirmed, or takes the place of the one before.</summary>
internal static class ConfirmEmail
{
    public sealed record Command([property: JsonIgnore] string Secret) : ICommand<string>;

    /// <summary>Answers the address.</summary>
    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, string>
    {
        public async ValueTask<string> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var link = await db.UseLink(command.Secret, now, ct, LinkKind.Confirm, LinkKind.Change);

            var confirmed = db.Patch<Account>(link.AccountId).Set(account => account.EmailConfirmedAt, now);
            if (link.Kind == LinkKind.Change)
            {
                await db.EmailMustBeFree(link.Email, ct);
                confirmed.Set(account => account.Email, link.Email);
                db.EndLinks(link.AccountId);
            }

            return link.Email;
        }
    }
}
