using System.Security.Cryptography;

namespace Shared.Testing;

/// <summary>A program that a shop knows by a secret in its settings, and that comes to its tokens as any such program does.</summary>
public sealed record ShopProgram(string Id, string Role, string Secret)
{
    public const string TokensAt = "/v1/users/connect/token";

    /// <summary>Of every shop that this process starts, and of no other: secrets are made anew for each run.</summary>
    public static ShopProgram Operator { get; } = new("operator", "operator", Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <inheritdoc cref="Operator"/>
    public static ShopProgram Customer { get; } = new("customer", "customer", Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));

    /// <summary>What a shop must be told to know it.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?> { [$"Users:Clients:{Id}:Secret"] = Secret, [$"Users:Clients:{Id}:Role"] = Role };

    /// <summary>The same for a process, of the shop or of somebody who asks it.</summary>
    public IReadOnlyDictionary<string, string?> Environment => Settings.ToDictionary(setting => setting.Key.Replace(":", "__", StringComparison.Ordinal), setting => setting.Value);

    /// <summary>A request that ends a token of its own.</summary>
    public HttpRequestMessage GiveBack(string token) => new(HttpMethod.Post, "/v1/users/connect/revoke")
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token, ["client_id"] = Id, ["client_secret"] = Secret }),
    };

    /// <summary>A request for a token, good for one time.</summary>
    public HttpRequestMessage Ask() => new(HttpMethod.Post, TokensAt)
    {
        Content = new FormUrlEncodedContent(new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["client_id"] = Id, ["client_secret"] = Secret }),
    };
}
