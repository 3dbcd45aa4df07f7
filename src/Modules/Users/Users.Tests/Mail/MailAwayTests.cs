using Microsoft.Extensions.DependencyInjection;
using Orders.Contracts;
using Shared.Kernel;
using Shared.Testing;

namespace Users.Tests;

public sealed class MailAwayTests
{
    [Fact]
    public async Task a_mail_waits_for_its_server_and_is_a_dead_letter_by_name_if_that_stays_away()
    {
        await using var server = new SmtpStandIn();
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule(), new Dictionary<string, string?>
        {
            ["Users:Mail:Provider"] = "smtp", ["Users:Mail:From"] = "shop@example.com", ["Users:Mail:Operators"] = "ops@example.com", ["Users:Mail:Language"] = "de",
            ["Users:Mail:Smtp:Host"] = "127.0.0.1", ["Users:Mail:Smtp:Port"] = server.Port.ToString(), ["Users:Mail:Smtp:Tls"] = "none",
        });

        // Tried three times in all: the first mail is taken at the last, the second not at all.
        for (var times = 0; times < 2; times++) server.Recipients.Enqueue("451 later");
        await module.Deliver(new Inventory.Contracts.StockLow("TEA", 1));
        await Eventually.True(() => Task.FromResult(server.Taken.Count == 1), "the mail is taken");
        await module.AtRest();
        for (var times = 0; times < 3; times++) server.Recipients.Enqueue("451 later");
        await module.Deliver(new Inventory.Contracts.StockLow("TEA", 0));

        var letters = new DeadLetters(module.ServicesOf("users").GetRequiredService<Npgsql.NpgsqlDataSource>());
        var letter = Assert.Single(await Eventually.Get(() => letters.ListAsync(10), found => found.Count > 0, "the dead letter"));
        Assert.Equal("users.send-mail.v1", letter.Message);
        Assert.Contains("The mail server answered 451", letter.Fault, StringComparison.Ordinal);
        Assert.DoesNotContain("ops@", letter.Fault + letter.Text(), StringComparison.Ordinal);

        Assert.Equal(1, await letters.ReplayAsync());
        await Eventually.True(() => Task.FromResult(server.Taken.Count == 2), "the replayed mail is taken");
        Assert.All(server.Taken, text => Assert.Contains("Geringer Bestand: TEA", text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task without_settings_the_shop_goes_on_and_nothing_is_kept()
    {
        await using var module = await ModuleUnderTest.StartAsync(new UsersModule());
        var order = Guid.CreateVersion7();

        await module.Deliver(new OrderPlaced(order, Guid.CreateVersion7(), [], 1, "EUR", "test-ok"));
        await module.Deliver(new OrderConfirmed(order, Guid.CreateVersion7(), []));
        await module.Deliver(new Shipping.Contracts.ShipmentDispatched(order, "T"));
        await module.Deliver(new Inventory.Contracts.StockLow("TEA", 1));

        await module.AtRest();
        Assert.Equal(0, await module.Query<long>("select (select count(*) from mt_doc_mail) + (select count(*) from order_customers)"));
    }
}
