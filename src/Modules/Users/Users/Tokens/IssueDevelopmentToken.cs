using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>A token for whoever asks, of any role, without an account: for development, tests and load.</summary>
internal static class IssueDevelopmentToken
{
    /// <param name="Subject">A new one unless given.</param>
    public sealed record Body(Role Role, Guid? Subject = null);

    public sealed record Command(Role Role, Guid Subject) : ICommand<IssuedToken>, IValidated
    {
        public void Validate(Rules rules) => rules.Require(Enum.IsDefined(Role), "role", "must be customer or operator");
    }

    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/development-tokens", async (Body body, ISender sender, HttpResponse response, CancellationToken ct) =>
        {
            response.Headers.CacheControl = "no-store";
            return TypedResults.Ok(await sender.Send(new Command(body.Role, body.Subject ?? Guid.CreateVersion7()), ct));
        })
        .WithName("IssueDevelopmentToken")
        .WithSummary("Gives an access token to whoever asks. Development only.")
        .ForAnyone();

    public sealed class Handler(TokenIssuer issuer) : ICommandHandler<Command, IssuedToken>
    {
        public async ValueTask<IssuedToken> Handle(Command command, CancellationToken ct) => await issuer.IssueAsync(command.Subject, command.Role, ct);
    }
}
