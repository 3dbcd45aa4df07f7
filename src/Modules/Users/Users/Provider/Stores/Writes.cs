using Mediator;
using Microsoft.Extensions.DependencyInjection;

namespace Users;

/// <summary>OpenIddict wants each write done when the call returns: each is a command of its own, in a scope of its own, so that one that fails leaves nothing behind for the next.</summary>
internal sealed class Writes(IServiceScopeFactory scopes)
{
    public async Task<T> Send<T>(ICommand<T> command, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        try
        {
            return await scope.ServiceProvider.GetRequiredService<ISender>().Send(command, ct);
        }
        catch (JasperFx.ConcurrencyException fault)
        {
            // By which OpenIddict knows that somebody else has used the token, and refuses it.
            throw new OpenIddict.Abstractions.OpenIddictExceptions.ConcurrencyException("Somebody else has changed it at the same moment.", fault);
        }
    }
}
