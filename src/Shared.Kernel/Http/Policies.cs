using Microsoft.AspNetCore.Builder;

namespace Shared.Kernel;

/// <summary>Who may call an endpoint. One of these is declared on each, or the host does not start.</summary>
public static class Policies
{
    public const string Customer = "customer";
    public const string Operator = "operator";
    public const string Module = "module";

    /// <summary>Anyone who is signed in, customer or operator; ownership is checked by the use case.</summary>
    public static TBuilder ForCustomers<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Customer);

    public static TBuilder ForOperators<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Operator);

    /// <summary>Modules that declare that they ask this one, from this host or another: no person.</summary>
    public static TBuilder ForModules<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Module);

    public static TBuilder ForAnyone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.AllowAnonymous();
}
