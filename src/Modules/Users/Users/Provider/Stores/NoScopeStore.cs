using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using OpenIddict.Abstractions;

namespace Users;

/// <summary>The provider has the scopes that it is set up with and no others.</summary>
internal sealed class NoScope;

/// <summary>OpenIddict looks for scopes that it does not know itself: there are none.</summary>
internal sealed class NoScopeStore : IOpenIddictScopeStore<NoScope>
{
    private const string Instead = "scopes are named in Provider.";

    public ValueTask<NoScope?> FindByNameAsync(string name, CancellationToken ct) => new((NoScope?)null);

    public IAsyncEnumerable<NoScope> FindByNamesAsync(ImmutableArray<string> names, CancellationToken ct) => AsyncEnumerable.Empty<NoScope>();

    public ValueTask<long> CountAsync(CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<long> CountAsync<TResult>(Func<IQueryable<NoScope>, IQueryable<TResult>> query, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<TResult?> GetAsync<TState, TResult>(Func<IQueryable<NoScope>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<NoScope> ListAsync(int? count, int? offset, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<TResult> ListAsync<TState, TResult>(Func<IQueryable<NoScope>, TState, IQueryable<TResult>> query, TState state, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask DeleteAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask CreateAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask UpdateAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<NoScope> InstantiateAsync(CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<NoScope?> FindByIdAsync(string id, CancellationToken ct) => throw Unneeded.Call(Instead);

    public IAsyncEnumerable<NoScope> FindByResourceAsync(string resource, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<string?> GetDescriptionAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetDescriptionAsync(NoScope scope, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDescriptionsAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetDescriptionsAsync(NoScope scope, ImmutableDictionary<CultureInfo, string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<string?> GetDisplayNameAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetDisplayNameAsync(NoScope scope, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<ImmutableDictionary<CultureInfo, string>> GetDisplayNamesAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetDisplayNamesAsync(NoScope scope, ImmutableDictionary<CultureInfo, string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<string?> GetNameAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetNameAsync(NoScope scope, string? value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<ImmutableDictionary<string, JsonElement>> GetPropertiesAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetPropertiesAsync(NoScope scope, ImmutableDictionary<string, JsonElement> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<ImmutableArray<string>> GetResourcesAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask SetResourcesAsync(NoScope scope, ImmutableArray<string> value, CancellationToken ct) => throw Unneeded.Call(Instead);

    public ValueTask<string?> GetIdAsync(NoScope scope, CancellationToken ct) => throw Unneeded.Call(Instead);
}
