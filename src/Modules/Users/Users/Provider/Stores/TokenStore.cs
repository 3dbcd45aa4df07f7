using System.Collections.Immutable;
using System.Text.Json;
using Marten;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>What the provider remembers of tokens, in the module's own store.</summary>
internal sealed class TokenStore(IQuerySession db, Writes writes, TimeProvider clock) : IOpenIddictTokenStore<TokenEntry>
{
    private const string Instead = "query TokenEntry.";

    public ValueTask<TokenEntry> InstantiateAsync(CancellationToken ct) => new(new TokenEntry { Id = Guid.CreateVersion7() });

    public async ValueTask CreateAsync(TokenEntry token, CancellationToken ct) => await writes.Send(new KeepToken.Command(token, IsNew: true), ct);

    public async ValueTask UpdateAsync(TokenEntry token, CancellationToken ct)
    {
        var next = token.Version + 1;
        await writes.Send(new KeepToken.Command(token, IsNew: false), ct);
        token.Version = next;
    }

    public async ValueTask<TokenEntry?> FindByIdAsync(string id, CancellationToken ct) => Guid.TryParse(id, out var known) ? await db.LoadAsync<TokenEntry>(known, ct) : null;

    public async ValueTask<TokenEntry?> FindByReferenceIdAsync(string id, CancellationToken ct) => await db.Query<TokenEntry>().FirstOrDefaultAsync(token => token.ReferenceId == id, ct);

    public async ValueTask<long> RevokeByAuthorizationIdAsync(string id, CancellationToken ct) => await writes.Send(new RevokeGrant.Command(Guid.Parse(id)), ct);

    public ValueTask<string?> GetIdAsync(TokenEntry token, CancellationToken ct) => new(token.Id.ToString());

    public ValueTask<string?> GetApplicationIdAsync(TokenEntry token, CancellationToken ct) => new(token.ClientId);

    public ValueTask<string?> GetAuthorizationIdAsync(TokenEntry token, CancellationToken ct) => new(token.GrantId?.ToString());

    public ValueTask<string?> GetSubjectAsync(TokenEntry token, CancellationToken ct) => new(token.Subject);

    public ValueTask<string?> GetTypeAsync(TokenEntry token, CancellationToken ct) => new(token.Type);

    public ValueTask<string?> GetStatusAsync(TokenEntry token, CancellationToken ct) => new(token.Status);

    public ValueTask<string?> GetPayloadAsync(TokenEntry token, CancellationToken ct) => new(token.Payload);

    public ValueTask<string?> GetReferenceIdAsync(TokenEntry token, CancellationToken ct) => new(token.ReferenceId);

    public ValueTask<DateTimeOffset?> GetCreationDateAsync(TokenEntry token, CancellationToken ct) => new(token.CreatedAt);

    public ValueTask<DateTimeOffset?> GetExpirationDateAsync(TokenEntry token, CancellationToken ct) => new(token.ExpiresAt);

    public ValueTask<DateTimeOffset?> GetRedemptionDateAsync(TokenEntry token, CancellationToken ct) => new(token.RedeemedAt);

    public ValueTask SetApplicationIdAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.ClientId = value;
        return default;
    }

    public ValueTask SetAuthorizationIdAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.GrantId = value is null ? null : Guid.Parse(value);
        return default;
    }

    public ValueTask SetSubjectAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.Subject = value;
        return default;
    }

    public ValueTask SetTypeAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.Type = value;
        return default;
    }

    public ValueTask SetStatusAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.Status = value;
        // What the provider keeps it refuses itself: of others hosts must hear.
        if (value == Statuses.Revoked && token.ReferenceId is null) token.RevokedAt ??= clock.GetUtcNow();
        return default;
    }

    public ValueTask SetPayloadAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.Payload = value;
        return default;
    }

    public ValueTask SetReferenceIdAsync(TokenEntry token, string? value, CancellationToken ct)
    {
        token.ReferenceId = value;
        return default;
    }

    public ValueTask SetCreationDateAsync(TokenEntry token, DateTimeOffset? value, CancellationToken ct)
    {
        token.CreatedAt = value;
        return default;
    }

    public ValueTask SetExpirationDateAsync(TokenEntry token, DateTimeOffset? value, CancellationToken ct)
    {
        token.ExpiresAt = value;
        return default;
    }

    public ValueTask SetRedemptionDateAsync(TokenEntry token, DateTimeOffset? value, CancellationToken ct)
    {
        token.RedeemedAt = value;
        return default;
    }

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(TokenEntry token, CancellationToken ct) => new(ImmutableDictionary<string, JsonElement>.Empty);

    public ValueTask SetPropertiesAsync(TokenEntry token, ImmutableDictionary<string, JsonElement> value, CancellationToken ct) => value.IsEmpty ? default : throw Unneeded.Call("give TokenEntry a member for it.");

    public ValueTask<long> CountAsync(CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<TokenEntry>, IQueryable<TResult>> query, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<TokenEntry>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TokenEntry> ListAsync(int? count, int? offset, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<TokenEntry>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask DeleteAsync(TokenEntry tokenentry, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TokenEntry> FindAsync(string? subject, string? client, string? status, string? type, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TokenEntry> FindByApplicationIdAsync(string id, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TokenEntry> FindByAuthorizationIdAsync(string id, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TokenEntry> FindBySubjectAsync(string subject, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> RevokeAsync(string? subject, string? client, string? status, string? type, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> RevokeByApplicationIdAsync(string id, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> RevokeBySubjectAsync(string subject, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken ct) => throw Unneeded.Call("ForgetTokens does it.");
}
