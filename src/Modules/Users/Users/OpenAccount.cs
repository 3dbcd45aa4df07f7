using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;
using Users.Contracts;

namespace Users;

/// <summary>An operator opens an account for somebody else, without a password: imported customers, colleagues.</summary>
internal static class OpenAccount
{
    public sealed record Body(string Email, string Name, Role Role = Role.Customer);

    public sealed record Opened(Guid Id);

    public sealed record Command(string Email, string Name, Role Role) : ICommand<Opened>, IValidated
    {
        public void Validate(Rules rules)
        {
            Account.Check(rules, Email, Name);
            rules.Require(Enum.IsDefined(Role), "role", "must be customer or operator");
        }
    }

    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/accounts", async (Body body, ISender sender, CancellationToken ct) =>
        {
            var opened = await sender.Send(new Command(body.Email, body.Name, body.Role), ct);
            return TypedResults.Created($"/v1/users/{opened.Id}", opened);
        })
        .WithExample(new Body("ada@example.com", "Ada Lovelace"))
        .WithName("OpenAccount")
        .WithSummary("Opens an account without a password for somebody else.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForOperators()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db, Outbox outbox, TimeProvider clock) : ICommandHandler<Command, Opened>
    {
        public async ValueTask<Opened> Handle(Command command, CancellationToken ct)
        {
            await db.EmailMustBeFree(command.Email, ct);

            var account = new Account
            {
                Id = Guid.CreateVersion7(),
                Email = Account.Normal(command.Email),
                Name = command.Name.Trim(),
                Role = command.Role,
                RegisteredAt = clock.GetUtcNow(),
            };
            db.Insert(account);
            await outbox.Publish(new UserRegistered(account.Id, account.RegisteredAt));

            return new Opened(account.Id);
        }
    }
}
