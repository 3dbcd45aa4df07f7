using System.Net;
using Npgsql;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

/// <summary>Who holds locks asks for no second connection: all others may be in the hands of those who wait for these locks.</summary>
public sealed class OneConnectionTests(TheInventory inventory)
{
    [Fact]
    public async Task with_one_connection_left_all_is_done_and_refused_as_with_many()
    {
        var sku = ASku();
        var order = AnOrder((sku, 2));
        await inventory.Receive((sku, Threshold + 1));
        List<NpgsqlConnection> taken = [await inventory.Module.OpenConnectionAsync()];
        try
        {
            var all = new NpgsqlConnectionStringBuilder(taken[0].ConnectionString).MaxPoolSize;
            while (taken.Count < all - 1) taken.Add(await inventory.Module.OpenConnectionAsync());

            Assert.Equal(HttpStatusCode.Conflict, (await inventory.Post("corrections", new { sku, quantity = -100, reason = "broken" })).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await inventory.Post("corrections", new { sku = ASku(), quantity = 1, reason = "found" })).StatusCode);
            Assert.Equal(HttpStatusCode.Created, (await inventory.Post("corrections", new { sku, quantity = -1, reason = "broken" })).StatusCode);
            await inventory.Module.Deliver(order);
            await inventory.Module.Deliver(TheCancellationOf(order));
        }
        finally
        {
            foreach (var connection in taken) await connection.DisposeAsync();
        }

        Assert.Equal("released", await inventory.StateOf(order));
    }
}
