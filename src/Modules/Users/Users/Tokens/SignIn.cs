using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>E-mail and password against an access token, without a provider's flow: for development.</summary>
internal static class SignIn
{
    public sealed record Body(string Email, string Password);

    public static void Map(IEndpointRouteBuilder users) => users
        .MapPost("/tokens", async Task<Results<Ok<IssuedToken>, ProblemHttpResult>> (Body body, ISender sender, TokenIssuer issuer, HttpResponse response, CancellationToken ct) =>
        {
            var outcome = await sender.Send(new CheckPassword.Command(body.Email, body.Password), ct);
            response.Headers.CacheControl = "no-store";
            if (outcome.Account is { } account) return TypedResults.Ok(await issuer.IssueAsync(account.Id, account.Role, ct));

            response.Headers.WWWAuthenticate = "Bearer";
            return TypedResults.Problem(
                CheckPassword.Refusal,
                statusCode: StatusCodes.Status401Unauthorized,
                extensions: new Dictionary<string, object?> { ["code"] = "user.sign-in-refused" });
        })
        .WithName("SignIn")
        .WithSummary("Gives an access token for e-mail and password.")
        .ProducesProblem(StatusCodes.Status401Unauthorized)
        .ForAnyone();
}
