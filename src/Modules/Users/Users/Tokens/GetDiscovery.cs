using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Shared.Kernel;

namespace Users;

/// <summary>Where the issuer's keys are: as much of OpenID discovery as is needed to check tokens. There is no authorisation endpoint.</summary>
internal static class GetDiscovery
{
    public sealed record Discovery(
        [property: JsonPropertyName("issuer")] string Issuer,
        [property: JsonPropertyName("jwks_uri")] string KeysAt,
        [property: JsonPropertyName("response_types_supported")] IReadOnlyList<string> ResponseTypes,
        [property: JsonPropertyName("subject_types_supported")] IReadOnlyList<string> SubjectTypes,
        [property: JsonPropertyName("id_token_signing_alg_values_supported")] IReadOnlyList<string> Algorithms);

    public static void Map(IEndpointRouteBuilder users) => users
        // The keys are named by the host that was asked: what reaches this document reaches them.
        .MapGet("/.well-known/openid-configuration", (HttpContext http, LinkGenerator links, UsersSettings settings) =>
            TypedResults.Ok(new Discovery(settings.Issuer, links.GetUriByName(http, "GetSigningKeys")!, [], ["public"], ["ES256"])))
        .WithName("GetDiscovery")
        .WithSummary("Names the issuer and where its keys are.")
        .ForAnyone();
}
