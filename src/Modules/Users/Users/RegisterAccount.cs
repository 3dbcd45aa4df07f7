using System.Text.Json.Serialization;
using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Npgsql;
using Shared.Kernel;
using Users.Contracts;

namespace Users;

/// <summary>A customer opens an account with a password.</summary>
internal static class RegisterAccount
{
    public const string Taken = "This e-mail address has an account already: sign in, or use another address.";

    /// <param name="Language">Of mails: a tag such as de or en-GB.</param>
    public sealed record Body(string Email, string Password, string Name, string? Language = null);

    public sealed record Registered(Guid Id);

    // An idempotency key keeps a fast hash of its command: the password must not be in it.
    public sealed record Command(string Email, [property: JsonIgnore] string Password, string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Language = null) : ICommand<Registered>, IValidated
    {
        public void Validate(Rules rules)
        {
            Account.Check(rules, Email, Name);
            Passwords.Check(rules, Password);
            Languages.Check(rules, Language);
        }
    }

    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/", async (Body body, ISender sender, CancellationToken ct) =>
        {
            var registered = await sender.Send(new Command(body.Email, body.Password, body.Name, body.Language), ct);
            return TypedResults.Created($"/v1/users/{registered.Id}", registered);
        })
        .WithExample(new Body("ada@example.com", "a long sentence of one's own", "Ada Lovelace", "en"))
        .WithName("RegisterAccount")
        .WithSummary("Opens a customer's account with a password.")
        .ProducesProblem(StatusCodes.Status409Conflict)
        .ForAnyone()
        .WithIdempotencyKey();

    public sealed class Handler(IDocumentSession db, Outbox outbox, Mailing mailing, TimeProvider clock) : ICommandHandler<Command, Registered>
    {
        public async ValueTask<Registered> Handle(Command command, CancellationToken ct)
        {
            await db.EmailMustBeFree(command.Email, ct);

            var account = new Account
            {
                Id = Guid.CreateVersion7(),
                Email = Account.Normal(command.Email),
                Name = command.Name.Trim(),
                PasswordHash = Passwords.Hash(command.Password),
                Role = Role.Customer,
                RegisteredAt = clock.GetUtcNow(),
                Language = command.Language,
            };
            db.Insert(account);
            await outbox.Publish(new UserRegistered(account.Id, account.RegisteredAt));
            await db.TryMailLink(outbox, mailing, LinkKind.Confirm, account.Id, account.Email, ct);

            return new Registered(account.Id);
        }
    }

    /// <summary>The race is lost: no other unique index is there to be violated.</summary>
    public static bool IsTaken(Exception fault) =>
        fault is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation } || fault.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>The unique index decides a race; this gives the usual case its own code.</summary>
    public static async Task EmailMustBeFree(this IQuerySession db, string email, CancellationToken ct)
    {
        var normal = Account.Normal(email);
        if (await db.Query<Account>().AnyAsync(account => account.Email == normal, ct))
            throw new RefusedException("user.email-taken", Taken);
    }
}
