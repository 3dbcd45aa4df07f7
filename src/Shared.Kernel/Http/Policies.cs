using Microsoft.AspNetCore.Builder;

namespace Shared.Kernel;

/// <summary>Who may call an endpoint. One of these three is declared on each, or the host does not start.</summary>
public static class Policies
{
    public const string Customer = "customer";
    public const string Operator = "operator";

    /// <summary>Anyone who is signed in, customer or operator; ownership is checked by the use case.</summary>
    public static TBuilder ForCustomers<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Customer);

    public static TBuilder ForOperators<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.RequireAuthorization(Operator);

    public static TBuilder ForAnyone<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.AllowAnonymous();
}
