using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Another mail by which an address is confirmed. Whether there is an account, and whether a mail goes out, is not told.</summary>
internal static class SendConfirmation
{
    public sealed record Body(string Email);

    public sealed record Command(string Email) : ICommand, IValidated
    {
        public void Validate(Rules rules) => Account.CheckEmail(rules, Email);
    }

    // No idempotency key: it makes nothing that could be asked for, and twice in a minute sends one mail.
    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/confirmation-mails", async (Body body, ISender sender, CancellationToken ct) =>
        {
            await sender.Send(new Command(body.Email), ct);
            return TypedResults.Accepted((string?)null);
        })
        .WithExample(new Body("ada@example.com"))
        .WithName("SendConfirmation")
        .WithSummary("Mails another link by which an address is confirmed, if an account has it and it is not confirmed; at most one a minute and five a day.")
        .ForAnyone();

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing) : ICommandHandler<Command>
    {
        public async ValueTask<Unit> Handle(Command command, CancellationToken ct)
        {
            var email = Account.Normal(command.Email);
            if (await db.Query<Account>().FirstOrDefaultAsync(account => account.Email == email, ct) is { EmailConfirmedAt: null } account)
                await db.TryMailLink(outbox, mailing, LinkKind.Confirm, account.Id, email, ct);
            return Unit.Value;
        }
    }
}
