using Marten;
using Marten.Patching;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>E-mail and password against an access token. Every refusal looks and takes the same: no account, no password, wrong, locked.</summary>
internal static class SignIn
{
    public sealed record Body(string Email, string Password);

    public sealed record Command(string Email, string Password) : ICommand<Outcome>, IValidated
    {
        public void Validate(Rules rules)
        {
            rules.Text(Email, "email", most: Account.LongestEmail);
            rules.Require(Password?.Length is >= 1 and <= 200, "password", "must have 1 to 200 characters");
        }
    }

    /// <summary>Not thrown but answered: the failure's count must be committed.</summary>
    public sealed record Outcome(IssuedToken? Token);

    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/tokens", async Task<Results<Ok<IssuedToken>, ProblemHttpResult>> (Body body, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            var outcome = await sender.Send(new Command(body.Email, body.Password), ct);
            response.Headers.CacheControl = "no-store";
            if (outcome.Token is { } token) return TypedResults.Ok(token);

            response.Headers.WWWAuthenticate = "Bearer";
            return TypedResults.Problem(
                "E-mail address and password do not fit, or too many attempts have failed: try again later.",
                statusCode: StatusCodes.Status401Unauthorized,
                extensions: new Dictionary<string, object?> { ["code"] = "user.sign-in-refused" });
        })
        .WithName("SignIn")
        .WithSummary("Gives an access token for e-mail and password.")
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ForAnyone();

    public sealed class Handler(IDocumentSession db, TokenIssuer issuer, UsersSettings settings, TimeProvider clock) : ICommandHandler<Command, Outcome>
    {
        public async ValueTask<Outcome> Handle(Command command, CancellationToken ct)
        {
            var now = clock.GetUtcNow();
            var email = Account.Normal(command.Email);
            var account = await db.Query<Account>().FirstOrDefaultAsync(account => account.Email == email, ct) ?? Account.Nobody;

            var fits = Passwords.Fit(account.PasswordHash, command.Password);
            if (account.IsLocked(now, settings.FailedSignIns, settings.LockedFor)) return new Outcome(null);

            if (!fits)
            {
                var failed = db.Patch<Account>(account.Id).Set(a => a.LastFailedAt, now);
                _ = account.RemembersFailures(now, settings.LockedFor) ? failed.Increment(a => a.FailedSignIns) : failed.Set(a => a.FailedSignIns, 1);
                return new Outcome(null);
            }

            if (account.FailedSignIns > 0) db.Patch<Account>(account.Id).Set(a => a.FailedSignIns, 0);
            return new Outcome(issuer.Issue(await SigningKey.Current(db, clock, ct), account.Id, account.Role));
        }
    }
}
