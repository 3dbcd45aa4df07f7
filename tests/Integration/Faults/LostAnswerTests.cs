using Npgsql;
using Shared.Testing;

namespace Integration;

/// <summary>PostgreSQL has committed, but its answer never comes: whoever asked cannot know, and repeats.</summary>
[Trait(Topologies.Runs, Topologies.InSplitToo)]
public sealed class LostAnswerTests
{
    [Fact]
    public async Task a_command_whose_commit_s_answer_is_lost_is_repeated_under_its_key_and_done_once()
    {
        await using var proxy = TcpProxy.ToPostgres((await PostgresServer.SharedAsync()).Port);
        await using var shop = await Shop.StartAsync(through: proxy.Through);
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 100);

        var swallowed = proxy.SwallowNextCommit(user: "orders", mentions: "/v1/orders ");
        var order = await shopper.PlaceAsync("tea");

        Assert.StartsWith("COMMIT", (await swallowed).Answer, StringComparison.Ordinal);
        await shopper.UntilAsync(order, "confirmed");
        await shop.MustHoldAsync(new Known { AcknowledgedOrders = shopper.Promised, AcknowledgedAreAll = true }, TimeSpan.FromSeconds(90));
    }

    [Theory, InlineData("inventory", "module://inventory/when-order-placed"), InlineData("billing", "module://billing/capture-payment"), InlineData("orders", "module://orders/when-payment-captured")]
    public async Task a_reaction_whose_commit_s_answer_is_lost_has_its_effects_once(string module, string destination)
    {
        await using var proxy = TcpProxy.ToPostgres((await PostgresServer.SharedAsync()).Port);
        await using var shop = await Shop.StartAsync(through: proxy.Through);
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 100);

        // The fence names the destination in the reaction's own transaction.
        var swallowed = proxy.SwallowNextCommit(user: module, mentions: destination);
        await shopper.PlaceAsync("tea", orders: 5, connections: 2);

        Assert.StartsWith("COMMIT", (await swallowed).Answer, StringComparison.Ordinal);
        await shop.MustHoldAsync(new Known { AcknowledgedOrders = shopper.Promised, AcknowledgedAreAll = true }, TimeSpan.FromSeconds(90));
        Assert.Equal(5, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }

    [Fact]
    public async Task one_module_whose_database_connections_break_does_not_stop_the_others()
    {
        await using var shop = await Shop.StartAsync();
        using var shopper = await Shopper.OperatorAsync(shop);
        await shopper.ReceiveAsync("tea", 100);

        // Billing cannot log in: its role is locked and its connections are ended.
        await ExecuteAsync(shop, "revoke connect on database \"{0}\" from billing; select pg_terminate_backend(pid) from pg_stat_activity where usename = 'billing' and datname = '{0}'");
        var order = await shopper.PlaceAsync("tea");
        await shopper.UntilAsync(order, "reserved");
        await ExecuteAsync(shop, "grant connect on database \"{0}\" to billing");

        await shopper.UntilAsync(order, "confirmed");
        await shop.MustHoldAsync(timeout: TimeSpan.FromSeconds(90));
    }

    private static async Task ExecuteAsync(Shop shop, string sql)
    {
        await using var connection = new NpgsqlConnection(shop.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(string.Format(sql, connection.Database), connection);
        await command.ExecuteNonQueryAsync();
    }
}
