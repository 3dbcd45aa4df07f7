using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Shared.Kernel;

/// <summary>Endpoint metadata: OpenAPI says that it is deprecated.</summary>
public sealed class IsDeprecated;

public static class Deprecation
{
    /// <summary>
    /// The endpoint below <c>/v1</c> goes on, until a day at least, beside its successor at the same address below <c>/v2</c>; each answer says so
    /// (headers <c>Deprecation</c>, RFC 9745; <c>Sunset</c>, RFC 8594; <c>Link</c>).
    /// </summary>
    public static RouteHandlerBuilder Deprecated(this RouteHandlerBuilder endpoint, DateTimeOffset since, DateTimeOffset sunset) => endpoint
        .WithMetadata(new IsDeprecated())
        .AddEndpointFilter((invocation, next) =>
        {
            var (request, headers) = (invocation.HttpContext.Request, invocation.HttpContext.Response.Headers);
            headers["Deprecation"] = $"@{since.ToUnixTimeSeconds()}";
            headers["Sunset"] = sunset.ToString("R");
            headers.Append("Link", $"<{new PathString("/v2" + request.Path.Value![3..]).ToUriComponent()}>; rel=\"successor-version\"");
            return next(invocation);
        });
}
