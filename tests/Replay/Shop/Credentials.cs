using Microsoft.Extensions.Configuration;
using Shared.Testing;

namespace Replay;

/// <summary>By what the replay is an operator of a shop that it did not start: as for the host's own commands, a token, or the shop's client whose role is operator.</summary>
internal static class Credentials
{
    public const string Variable = "MODULAR_TOKEN";

    /// <exception cref="ShopException">There is neither.</exception>
    public static (ShopProgram? Program, string? Token) OfEnvironment()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } token) return (null, token);

        var client = new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection("Users:Clients").GetChildren()
            .FirstOrDefault(client => client["Secret"] is not null && "operator".Equals(client["Role"], StringComparison.OrdinalIgnoreCase));
        return client is null
            ? throw new ShopException($"An operator's token is needed: ./modular run keeps a client's secret in the shop's data folder, which --data names. Or set {Variable}, or Users__Clients__<id>__Secret and Users__Clients__<id>__Role=operator.")
            : (new ShopProgram(client.Key, "operator", client["Secret"]!), null);
    }
}
