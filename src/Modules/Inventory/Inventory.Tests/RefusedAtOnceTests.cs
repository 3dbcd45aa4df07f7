using System.Net;
using static Inventory.Tests.TheInventory;

namespace Inventory.Tests;

/// <summary>Who holds locks asks for no second connection: all others may be in the hands of those who wait for these locks.</summary>
public sealed class RefusedAtOnceTests(TheInventory inventory)
{
    /// <summary>Several times the connections that a module has.</summary>
    private const int Clients = 100;

    [Fact]
    public async Task more_clients_than_connections_are_refused_about_one_product_and_none_waits_in_vain()
    {
        var sku = ASku();
        await inventory.Receive((sku, Threshold + 1));

        var answers = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ => inventory.Post("corrections", new { sku, quantity = -100, reason = "broken" })));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode));
    }
}
