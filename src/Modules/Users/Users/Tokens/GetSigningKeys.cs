using Marten;
using Mediator;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.IdentityModel.Tokens;
using Shared.Kernel;

namespace Users;

/// <summary>The public keys by which every host checks tokens (RFC 7517).</summary>
internal static class GetSigningKeys
{
    public sealed record KeySet(IReadOnlyList<Key> Keys);

    public sealed record Key(string Kty, string Use, string Alg, string Kid, string Crv, string X, string Y);

    /// <summary>A command, for the first one makes the key: a host that read an empty set would refuse tokens until it reads again.</summary>
    public sealed record Command : ICommand<KeySet>;

    public static void Map(IEndpointRouteBuilder users) => users
        .MapGet("/keys", async (ISender sender, CancellationToken ct) => TypedResults.Ok(await sender.Send(new Command(), ct)))
        .WithName("GetSigningKeys")
        .WithSummary("The keys by which access tokens are checked.")
        .ForAnyone();

    public sealed class Handler(IDocumentSession db, TimeProvider clock) : ICommandHandler<Command, KeySet>
    {
        public async ValueTask<KeySet> Handle(Command command, CancellationToken ct)
        {
            var key = await SigningKey.Current(db, clock, ct);
            using var pair = key.Open();
            var point = pair.ExportParameters(includePrivateParameters: false).Q;

            return new KeySet([new("EC", "sig", "ES256", key.KeyId, "P-256", Base64UrlEncoder.Encode(point.X), Base64UrlEncoder.Encode(point.Y))]);
        }
    }
}
