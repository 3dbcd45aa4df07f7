using Shared.Testing;

namespace Integration;

/// <summary>
/// A process dies by SIGKILL at a named point while orders are placed; it starts again, its clients repeat what was not answered, and the shop comes to rest with
/// every order there once. One shop for the tests of a class, whose hosts are killed one after the other.
/// </summary>
public abstract class KillPoints(ShopAndShopper mortal)
{
    protected const string Orders = "orders", Inventory = "inventory", Billing = "billing";

    private const string Reserves = "module://inventory/when-order-placed";
    private const string Captures = "module://billing/capture-payment";
    private const int Placed = 24, Connections = 4;

    /// <param name="module">In whose host the point is reached.</param>
    protected async Task Survives(string checkpoint, string module, bool atInventory = false, bool atBilling = false)
    {
        // Up to "stored", messages go in batches: all orders may be in the first one.
        var time = checkpoint.StartsWith("command", StringComparison.Ordinal) ? 6 : checkpoint.StartsWith("send", StringComparison.Ordinal) || checkpoint == "receive.before-inbox" ? 1 : 2;
        var before = Shopper.Promised.Count;
        await DiesAndComesBack(module, new KillAt(checkpoint, atInventory ? Reserves : atBilling ? Captures : null, time), () => Shopper.PlaceAsync("tea", Placed, Connections, n => atBilling && n % 4 == 0 ? "test-lost-answer" : "test-ok"));

        Assert.Equal(before + Placed, Shopper.Promised.Count);
        Assert.Equal(before + Placed, await Shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }

    protected Shop Shop => mortal.Shop;

    protected Shopper Shopper => mortal.Shopper;

    /// <summary>The host of a module dies there while something is done, and is started again; then all of it is done, and the shop is at rest and right.</summary>
    protected async Task DiesAndComesBack(string module, KillAt point, Func<Task> meanwhile)
    {
        var dying = Shop.HostOf(module);
        if (!Shop[dying].WaitsForKillPoint) await RestartAsync();
        Shop[dying].DieAt(point);

        var done = meanwhile();
        var end = Shop[dying].WaitForExitAsync(TimeSpan.FromSeconds(45));
        if (await Task.WhenAny(done, end) == done) await done;
        Assert.Equal(Signals.Kill, (await end).Signal);
        Assert.StartsWith(point.Checkpoint, Shop[dying].KilledAt, StringComparison.Ordinal);

        await RestartAsync();
        await done;

        await Shop.MustHoldAsync(new Known { AcknowledgedOrders = Shopper.Promised, AcknowledgedAreAll = true });

        async Task RestartAsync()
        {
            await Shop.StopHostAsync(dying);
            await Shop.StartHostAsync(dying, KillAt.NamedLater);
        }
    }
}

[Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Slow)]
public sealed class WritePathTests(ShopAndShopper mortal) : KillPoints(mortal), IClassFixture<ShopAndShopper>
{
    [Fact]
    public Task before_a_command_commits() => Survives("command.before-commit", Orders);

    [Fact]
    public Task after_a_command_committed_and_before_its_events_are_sent() => Survives("command.committed", Orders);

    [Fact]
    public Task before_an_event_is_handed_over() => Survives("send.before-carrier", Orders, atInventory: true);

    [Fact]
    public Task after_an_event_was_accepted_and_before_its_row_is_removed() => Survives("send.accepted", Orders, atInventory: true);

    [Fact]
    public Task after_an_event_s_row_was_removed() => Survives("send.forgotten", Orders, atInventory: true);
}

[Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Slow)]
public sealed class ReceivePathTests(ShopAndShopper mortal) : KillPoints(mortal), IClassFixture<ShopAndShopper>
{
    [Fact]
    public Task before_a_message_is_in_the_inbox() => Survives("receive.before-inbox", Inventory, atInventory: true);

    [Fact]
    public Task after_the_inbox_stored_it_and_before_the_carrier_knows() => Survives("receive.stored", Inventory, atInventory: true);

    [Fact]
    public Task after_the_carrier_knows() => Survives("receive.acknowledged", Inventory, atInventory: true);

    [Fact]
    public Task before_the_reaction_runs() => Survives("reaction.received", Inventory, atInventory: true);
}

[Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Slow)]
public sealed class ReactionPathTests(ShopAndShopper mortal) : KillPoints(mortal), IClassFixture<ShopAndShopper>
{
    [Fact]
    public Task before_the_reaction_commits() => Survives("reaction.before-commit", Inventory, atInventory: true);

    [Fact]
    public Task after_the_reaction_committed_and_before_its_events_are_sent() => Survives("reaction.committed", Inventory, atInventory: true);

    [Fact]
    public Task after_the_reaction_is_finished() => Survives("reaction.finished", Inventory, atInventory: true);

    [Fact]
    public Task before_a_failed_message_is_stored_for_later() => Survives("retry.before-stored", Billing, atBilling: true);

    [Fact]
    public Task after_a_failed_message_was_stored_for_later() => Survives("retry.stored", Billing, atBilling: true);
}
