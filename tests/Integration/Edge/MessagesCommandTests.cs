using Shared.Testing;

namespace Integration;

public sealed class MessagesCommandTests
{
    [Fact]
    public async Task a_dead_letter_is_listed_shown_replayed_and_discarded_from_the_command_line()
    {
        await using var shop = await Shop.StartAsync();
        var id = Guid.CreateVersion7();
        await DieAsync(shop, id);

        Assert.Contains($"{id}  module://inventory/when-order-cancelled", await RunAsync(shop, "messages", "list", "--module", "inventory"), StringComparison.Ordinal);
        Assert.DoesNotContain($"{id}", await RunAsync(shop, "messages", "list", "--module", "billing"), StringComparison.Ordinal);
        Assert.Contains("unheard-of", await RunAsync(shop, "messages", "show", $"{id}"), StringComparison.Ordinal);
        Assert.Contains("inventory: 1 replayed", await RunAsync(shop, "messages", "replay", $"{id}"), StringComparison.Ordinal);
        await Eventually.True(async () => (await RunAsync(shop, "messages", "list")).Contains($"{id}", StringComparison.Ordinal), "the message is dead again");
        Assert.Contains("inventory: 1 discarded", await RunAsync(shop, "messages", "discard", $"{id}"), StringComparison.Ordinal);
        Assert.Contains("There is no dead letter", await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(shop, "messages", "show", $"{id}")) is { } fault ? fault.Message : "", StringComparison.Ordinal);
    }

    /// <summary>A message that nobody knows, put into Inventory's inbox as if it had come.</summary>
    private static async Task DieAsync(Shop shop, Guid id)
    {
        var envelope = new Wolverine.Envelope { Id = id, MessageType = "orders.unheard-of.v1", ContentType = "application/json", Data = "{\"unheard-of\":1}"u8.ToArray(), Destination = new Uri("module://inventory/when-order-cancelled"), SentAt = TimeProvider.System.GetUtcNow() };
        var body = Convert.ToHexString(Wolverine.Runtime.Serialization.EnvelopeSerializer.Serialize(envelope));
        await shop.QueryAsync<int>($"""
            with arrived as (insert into inventory.wolverine_incoming_envelopes (id, received_at, status, owner_id, attempts, body, message_type)
              values ('{id}', 'module://inventory/when-order-cancelled', 'Incoming', 0, 0, decode('{body}', 'hex'), 'orders.unheard-of.v1') returning 1)
            select 1 from arrived
            """);
        await Eventually.True(async () => await shop.QueryAsync<long>("select count(*) from inventory.wolverine_dead_letters") == 1, "a dead letter");
    }

    private static Task<string> RunAsync(Shop shop, params string[] arguments) => ChildProcess.RunAsync(new ChildCommand("dotnet", [HostProgram.Find(), .. arguments])
    {
        Environment = new Dictionary<string, string?> { ["Database__Administrator"] = shop.Database, ["Database__Secret"] = ModuleUnderTest.Secret },
    });
}
