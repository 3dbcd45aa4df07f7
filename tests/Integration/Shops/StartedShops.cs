using Shared.Testing;

namespace Integration;

/// <summary>One shop for all the tests of a class, all modules in one process.</summary>
public sealed class ShopAllInOne : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.StartAsync();

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}

/// <summary>One shop for all the tests of a class, Shipping in a process of its own.</summary>
public sealed class ShopShippingOut : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.StartAsync(["shipping"]);

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}

/// <summary>One shop for all the tests of a class, Inventory in a process of its own.</summary>
public sealed class ShopInventoryOut : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.StartAsync(["inventory"]);

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}
