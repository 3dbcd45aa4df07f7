using Shared.Testing;

namespace Integration;

/// <summary>One shop in the topology under test, for all classes whose tests leave it as they found it.</summary>
[CollectionDefinition]
public sealed class OneShop : ICollectionFixture<StartedShop>;

/// <inheritdoc cref="OneShop"/>
public sealed class StartedShop : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.StartAsync();

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}

/// <summary>A shop in the topology under test, and its customer, who finds tea in stock.</summary>
public class ShopAndShopper : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public Shopper Shopper { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Shop = await StartAsync();
        Shopper = await Shopper.OperatorAsync(Shop);
        await Shopper.ReceiveAsync("tea", 1000);
    }

    public virtual async ValueTask DisposeAsync()
    {
        // Neither is there if the shop did not start: that fault is told, not one of its end.
        Shopper?.Dispose();
        if (Shop is not null) await Shop.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected virtual Task<Shop> StartAsync() => Shop.StartAsync();
}

/// <summary>One shop for all the tests of a class, Shipping in a process of its own.</summary>
public sealed class ShopShippingOut : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.StartAsync(TopologyUnderTest.Parse("shipping-out"));

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}

/// <summary>In which topologies tests are run: all of them all in one, those that concern a whole shop in others too (<see cref="TopologyUnderTest"/>).</summary>
internal static class Topologies
{
    public const string Runs = "Runs", InSplitToo = "split", Everywhere = "everywhere";

    /// <summary>Kills, pauses, moves, replays or launches whole shops, which takes two fifths of all the time: with <c>./modular test --slow</c>, as in CI, and with <c>--all</c>.</summary>
    public const string Slow = "slow";

    /// <summary>Minutes rather than seconds: with <c>./modular test --all</c> only.</summary>
    public const string Long = "long";
}
