using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Shared.Kernel;

/// <summary>The request's <c>Idempotency-Key</c>, made unique per caller and route; empty where the endpoint takes none.</summary>
public sealed class IdempotencyKey
{
    public string? Value { get; set; }

    /// <summary>Puts the answer into the command's transaction.</summary>
    internal Action<object?>? Keep { get; set; }
}

/// <summary>The key was used before with another body. HTTP 422.</summary>
public sealed class KeyReusedException() : Exception("This Idempotency-Key was used with another body: use a new key for a new request.");

public static class Idempotent
{
    /// <summary>
    /// The header <c>Idempotency-Key</c> (1 to 100 visible characters) is required; repeated by the same caller, the first success is answered again and nothing is done twice.
    /// The endpoint must send one command.
    /// </summary>
    public static RouteHandlerBuilder WithIdempotencyKey(this RouteHandlerBuilder endpoint) => endpoint
        .WithMetadata(new TakesIdempotencyKey())
        .AddEndpointFilter((invocation, next) =>
        {
            var http = invocation.HttpContext;
            var key = http.Request.Headers["Idempotency-Key"].ToString();
            var rules = new Rules();
            rules.Require(key.Length is > 0 and <= 100 && key.All(c => c is > ' ' and < '\x7f'), "Idempotency-Key", "must be a header of 1 to 100 visible characters, the same for each repetition of one request");
            rules.ThrowIfBroken();

            http.RequestServices.GetRequiredService<IdempotencyKey>().Value = $"{http.User.FindFirst("sub")?.Value ?? "anonymous"} {http.Request.Method} {http.Request.Path} {key}";
            return next(invocation);
        });
}

/// <summary>Endpoint metadata: by which OpenAPI documents the header.</summary>
public sealed class TakesIdempotencyKey;
