using Npgsql;
using Shared.Testing;

namespace Integration;

/// <summary>A shop whose way to PostgreSQL, or to each of its servers, may be cut.</summary>
public sealed class ShopBehindProxy : ShopAndShopper
{
    private readonly Dictionary<int, TcpProxy> _proxies = [];

    public TcpProxy ProxyOf(string module) => _proxies[Shop.ServerOf(module).Port];

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        foreach (var proxy in _proxies.Values) await proxy.DisposeAsync();
    }

    protected override Task<Shop> StartAsync() => Shop.StartAsync(through: database =>
    {
        var port = new NpgsqlConnectionStringBuilder(database).Port;
        if (!_proxies.TryGetValue(port, out var proxy)) _proxies[port] = proxy = TcpProxy.ToPostgres(port);
        return proxy.Through(database);
    });
}

/// <summary>PostgreSQL has committed, but its answer never comes: whoever asked cannot know, and repeats.</summary>
[Trait(Topologies.Runs, Topologies.InSplitToo), Trait(Topologies.Runs, Topologies.Slow)]
public sealed class LostAnswerTests(ShopBehindProxy behind) : IClassFixture<ShopBehindProxy>
{
    private Shop Shop => behind.Shop;

    private Shopper Shopper => behind.Shopper;

    [Fact]
    public async Task a_command_whose_commit_s_answer_is_lost_is_repeated_under_its_key_and_done_once()
    {
        var swallowed = behind.ProxyOf("orders").SwallowNextCommit(user: "orders", mentions: "/v1/orders ");
        var order = await Shopper.PlaceAsync("tea");

        Assert.StartsWith("COMMIT", (await swallowed).Answer, StringComparison.Ordinal);
        await Shopper.UntilAsync(order, "confirmed");
        await MustHoldAsync();
    }

    [Theory, InlineData("inventory", "module://inventory/when-order-placed"), InlineData("billing", "module://billing/capture-payment"), InlineData("orders", "module://orders/when-payment-captured")]
    public async Task a_reaction_whose_commit_s_answer_is_lost_has_its_effects_once(string module, string destination)
    {
        // The fence names the destination in the reaction's own transaction.
        var swallowed = behind.ProxyOf(module).SwallowNextCommit(user: module, mentions: destination);
        await Shopper.PlaceAsync("tea", orders: 5, connections: 2);

        Assert.StartsWith("COMMIT", (await swallowed).Answer, StringComparison.Ordinal);
        await MustHoldAsync();
        Assert.Equal(Shopper.Promised.Count, await Shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }

    [Fact]
    public async Task one_module_whose_database_connections_break_does_not_stop_the_others()
    {
        // Billing cannot log in: its role is locked and its connections are ended.
        await AtBillingsAsync("revoke connect on database \"{0}\" from billing; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'billing' and datname = '{0}'");
        var order = await Shopper.PlaceAsync("tea");
        await Shopper.UntilAsync(order, "reserved");
        await AtBillingsAsync("grant connect on database \"{0}\" to billing");

        await Shopper.UntilAsync(order, "confirmed");
        await MustHoldAsync();
    }

    private Task MustHoldAsync() => Shop.MustHoldAsync(new Known { AcknowledgedOrders = Shopper.Promised, AcknowledgedAreAll = true }, TimeSpan.FromSeconds(90));

    private async Task AtBillingsAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Shop.DatabaseOf("billing"));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(string.Format(sql, connection.Database), connection);
        await command.ExecuteNonQueryAsync();
    }
}
