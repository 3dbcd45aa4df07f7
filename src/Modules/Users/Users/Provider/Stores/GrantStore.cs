using System.Collections.Immutable;
using System.Text.Json;
using Marten;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Users;

/// <summary>What the provider remembers of grants, in the module's own store.</summary>
internal sealed class GrantStore(IQuerySession db, Writes writes, TimeProvider clock) : IOpenIddictAuthorizationStore<Grant>
{
    private const string Instead = "query Grant.";

    public ValueTask<Grant> InstantiateAsync(CancellationToken ct) => new(new Grant { Id = Guid.CreateVersion7() });

    public async ValueTask CreateAsync(Grant grant, CancellationToken ct) => await writes.Send(new KeepGrant.Command(grant, IsNew: true), ct);

    public async ValueTask UpdateAsync(Grant grant, CancellationToken ct)
    {
        var next = grant.Version + 1;
        await writes.Send(new KeepGrant.Command(grant, IsNew: false), ct);
        grant.Version = next;
    }

    public async ValueTask<Grant?> FindByIdAsync(string id, CancellationToken ct) => Guid.TryParse(id, out var known) ? await db.LoadAsync<Grant>(known, ct) : null;

    public ValueTask<string?> GetIdAsync(Grant grant, CancellationToken ct) => new(grant.Id.ToString());

    public ValueTask<string?> GetApplicationIdAsync(Grant grant, CancellationToken ct) => new(grant.ClientId);

    public ValueTask<string?> GetSubjectAsync(Grant grant, CancellationToken ct) => new(grant.Subject);

    public ValueTask<string?> GetTypeAsync(Grant grant, CancellationToken ct) => new(grant.Type);

    public ValueTask<string?> GetStatusAsync(Grant grant, CancellationToken ct) => new(grant.Status);

    public ValueTask<ImmutableArray<string>> GetScopesAsync(Grant grant, CancellationToken ct) => new([.. grant.Scopes]);

    public ValueTask<DateTimeOffset?> GetCreationDateAsync(Grant grant, CancellationToken ct) => new(grant.CreatedAt);

    public ValueTask SetApplicationIdAsync(Grant grant, string? value, CancellationToken ct)
    {
        grant.ClientId = value;
        return default;
    }

    public ValueTask SetSubjectAsync(Grant grant, string? value, CancellationToken ct)
    {
        grant.Subject = value;
        return default;
    }

    public ValueTask SetTypeAsync(Grant grant, string? value, CancellationToken ct)
    {
        grant.Type = value;
        return default;
    }

    public ValueTask SetStatusAsync(Grant grant, string? value, CancellationToken ct)
    {
        grant.Status = value;
        if (value == Statuses.Revoked) grant.RevokedAt ??= clock.GetUtcNow();
        return default;
    }

    public ValueTask SetScopesAsync(Grant grant, ImmutableArray<string> value, CancellationToken ct)
    {
        grant.Scopes = [.. value];
        return default;
    }

    public ValueTask SetCreationDateAsync(Grant grant, DateTimeOffset? value, CancellationToken ct)
    {
        grant.CreatedAt = value!.Value;
        return default;
    }

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(Grant grant, CancellationToken ct) => new(ImmutableDictionary<string, JsonElement>.Empty);

    public ValueTask SetPropertiesAsync(Grant grant, ImmutableDictionary<string, JsonElement> value, CancellationToken ct) => value.IsEmpty ? default : throw Unneeded.Call("give Grant a member for it.");

    public ValueTask<long> CountAsync(CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<Grant>, IQueryable<TResult>> query, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<Grant>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<Grant> ListAsync(int? count, int? offset, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<Grant>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask DeleteAsync(Grant grant, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<Grant> FindAsync(string? subject, string? client, string? status, string? type, ImmutableArray<string>? scopes, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<Grant> FindByApplicationIdAsync(string id, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<Grant> FindBySubjectAsync(string subject, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> RevokeAsync(string? subject, string? client, string? status, string? type, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> RevokeByApplicationIdAsync(string id, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> RevokeBySubjectAsync(string subject, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> PruneAsync(DateTimeOffset threshold, CancellationToken ct) => throw Unneeded.Call("ForgetTokens does it.");
}
