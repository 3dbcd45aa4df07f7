using System.Net.Http.Json;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>An operator's access token for a command beside a shop: the one given, or one for the client of the settings whose role is operator.</summary>
internal static class OperatorToken
{
    public const string Variable = "MODULAR_TOKEN";

    /// <exception cref="ConfigurationFaultsException">There is none to be had; says how there would be.</exception>
    public static async Task<string> GetAsync(HttpClient shop, IConfiguration configuration, CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;

        if (configuration.GetSection("Users:Clients").GetChildren().FirstOrDefault(client => client["Secret"] is not null && "operator".Equals(client["Role"], StringComparison.OrdinalIgnoreCase)) is not { } client)
            throw new ConfigurationFaultsException([$"An operator's token is needed: set {Variable}, or the secret of a client of the shop whose role is operator (Users:Clients:<id>:Secret, :Role). ./modular run keeps one in the data folder, which Data names, in a file that its owner alone can read."]);

        using var answer = await shop.PostAsync("/v1/users/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = client.Key, ["client_secret"] = client["Secret"]!,
        }), ct);
        if (!answer.IsSuccessStatusCode)
            throw new ConfigurationFaultsException([$"The shop gives the client '{client.Key}' no token ({(int)answer.StatusCode}): is its Users:Clients:{client.Key}:Secret the one that the shop was started with?"]);

        return (await answer.Content.ReadFromJsonAsync<JsonElement>(ct)).GetProperty("access_token").GetString()!;
    }
}
