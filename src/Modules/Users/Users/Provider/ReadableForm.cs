using Microsoft.AspNetCore;
using Microsoft.Extensions.DependencyInjection;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Users;

/// <summary>A form that ASP.NET refuses to read (null characters, a thousand fields) is the client's fault, and answered as OAuth answers one. OpenIddict lets it become a fault of the server.</summary>
internal sealed class ReadableForm<TContext> : IOpenIddictServerHandler<TContext> where TContext : BaseValidatingContext
{
    public async ValueTask HandleAsync(TContext context)
    {
        if (context.Transaction.GetHttpRequest() is not { HasFormContentType: true } request) return;

        try
        {
            // Read once, kept for whoever reads it next.
            await request.ReadFormAsync(context.CancellationToken);
        }
        catch (InvalidDataException fault)
        {
            context.Reject(Errors.InvalidRequest, $"The form cannot be read: {fault.Message}");
        }
    }
}

internal static class ReadableForms
{
    public static void Add(OpenIddictServerBuilder server)
    {
        Require<ExtractAuthorizationRequestContext>(server);
        Require<ExtractTokenRequestContext>(server);
        Require<ExtractRevocationRequestContext>(server);
        Require<ExtractEndSessionRequestContext>(server);
        Require<ExtractUserInfoRequestContext>(server);
    }

    private static void Require<TContext>(OpenIddictServerBuilder server) where TContext : BaseValidatingContext =>
        server.AddEventHandler<TContext>(handler => handler.UseSingletonHandler<ReadableForm<TContext>>().SetOrder(int.MinValue));
}
