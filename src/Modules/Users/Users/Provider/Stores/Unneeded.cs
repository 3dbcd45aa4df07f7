using System.Runtime.CompilerServices;

namespace Users;

/// <summary>What OpenIddict's stores can be asked for in general and nothing here asks for.</summary>
internal static class Unneeded
{
    public static NotSupportedException Call(string instead, [CallerMemberName] string method = "") => new($"{method} is not needed by the provider's flows and not written: {instead}");
}
