using System.Reflection;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace Shared.Kernel;

/// <summary>Who asks, taken from the checked token. An endpoint gets it as a parameter.</summary>
/// <param name="Id">The token's subject.</param>
public sealed record Caller(Guid Id, bool IsOperator)
{
    public static ValueTask<Caller> BindAsync(HttpContext context, ParameterInfo parameter) => new(Of(context.User));

    public static Caller Of(ClaimsPrincipal user) => new(
        Guid.TryParse(user.FindFirstValue("sub"), out var id) ? id : throw new InvalidOperationException("The endpoint takes a Caller but its policy lets anonymous requests in."),
        user.IsInRole(Policies.Operator));

    /// <summary>What is not the caller's own is answered as if it were not there.</summary>
    /// <exception cref="NotFoundException">The owner is somebody else, and the caller is no operator.</exception>
    public void MustOwn(Guid owner, string what)
    {
        if (!IsOperator && owner != Id) throw new NotFoundException(what);
    }
}
