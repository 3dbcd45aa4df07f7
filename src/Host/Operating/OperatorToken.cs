using System.Net.Http.Json;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>
/// An operator's access token for a command beside a shop: the one given, or one for the client of the settings whose role is operator, or where the shop gives them to anybody, a token for development.
/// </summary>
internal static class OperatorToken
{
    public const string Variable = "MODULAR_TOKEN";

    // The same each time: keys of repeated requests are the caller's own.
    private static readonly Guid DevelopmentOperator = new("0be7a704-0000-4000-8000-000000000001");

    /// <exception cref="ConfigurationFaultsException">There is none to be had; says how there would be.</exception>
    public static async Task<string> GetAsync(HttpClient shop, IConfiguration configuration, CancellationToken ct)
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given) return given;

        var client = configuration.GetSection("Users:Clients").GetChildren().FirstOrDefault(client => client["Secret"] is not null && "operator".Equals(client["Role"], StringComparison.OrdinalIgnoreCase));
        using var answer = client is null
            ? await shop.PostAsJsonAsync("/v1/users/development-tokens", new { role = "operator", subject = DevelopmentOperator }, ct)
            : await shop.PostAsync("/v1/users/connect/token", new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "client_credentials", ["client_id"] = client.Key, ["client_secret"] = client["Secret"]!,
            }), ct);
        if (!answer.IsSuccessStatusCode)
            throw new ConfigurationFaultsException([client is null
                ? $"An operator's token is needed: set {Variable}, or the secret of a client of the shop whose role is operator (Users:Clients:<id>:Secret, :Role)."
                : $"The shop gives the client '{client.Key}' no token ({(int)answer.StatusCode}): is its Users:Clients:{client.Key}:Secret the one that the shop was started with?"]);

        var body = await answer.Content.ReadFromJsonAsync<JsonElement>(ct);
        return (body.TryGetProperty("access_token", out var token) || body.TryGetProperty("accessToken", out token) ? token.GetString() : null)
            ?? throw new ConfigurationFaultsException(["The shop's answer to the request for a token has none in it."]);
    }
}
