using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shared.Testing;

namespace Integration;

public sealed class RabbitMqServerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task virtual_hosts_share_no_queues_and_go_with_their_messages()
    {
        var server = await RabbitMqServer.SharedAsync();
        var hosts = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => server.CreateVirtualHostAsync()));
        await Publish(hosts[0], "orders", 3);
        await Publish(hosts[1], "billing", 1);

        Assert.Equal(3, (await server.QueueDepthsAsync(hosts[0]))["orders"]);
        Assert.Equal(["billing"], (await server.QueueDepthsAsync(hosts[1])).Keys);
        Assert.Empty(await server.QueueDepthsAsync(hosts[2]));

        await Task.WhenAll(hosts.Select(server.DeleteVirtualHostAsync));
        var gone = await Assert.ThrowsAsync<OperationInterruptedException>(() => Publish(hosts[0], "orders", 1));
        Assert.Contains("not found", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_message_in_a_consumers_hands_is_still_in_its_queue()
    {
        var server = await RabbitMqServer.SharedAsync();
        var host = await server.CreateVirtualHostAsync();
        await Publish(host, "classic", 2);
        await Publish(host, "quorum", 2, "quorum");

        await using var connection = await Connect(host);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: Token);
        await channel.BasicGetAsync("classic", autoAck: false, Token);
        await channel.BasicGetAsync("quorum", autoAck: false, Token);
        Assert.Equal(new Dictionary<string, long> { ["classic"] = 2, ["quorum"] = 2 }, await server.QueueDepthsAsync(host));

        await channel.BasicGetAsync("classic", autoAck: true, Token);
        await channel.BasicGetAsync("quorum", autoAck: true, Token);
        Assert.Equal(new Dictionary<string, long> { ["classic"] = 1, ["quorum"] = 1 }, await server.QueueDepthsAsync(host));
    }

    [Fact]
    public async Task a_broker_comes_back_at_the_same_address_with_its_messages()
    {
        await using var server = await RabbitMqServer.StartAsync();
        var host = await server.CreateVirtualHostAsync();
        await Publish(host, "orders", 2);

        await server.StopBrokerAsync();
        await Assert.ThrowsAsync<BrokerUnreachableException>(() => Connect(host));
        await server.StartBrokerAsync();
        Assert.Equal(2, (await server.QueueDepthsAsync(host))["orders"]);

        await server.StopBrokerAsync(kill: true);
        await server.StartBrokerAsync();
        Assert.Equal(2, (await server.QueueDepthsAsync(host))["orders"]);
    }

    [Fact]
    public async Task the_broker_is_reached_from_this_machine_only()
    {
        var server = await RabbitMqServer.SharedAsync();

        var listening = await ChildProcess.RunAsync(new("sh", ["-c", "cat /proc/net/tcp /proc/net/tcp6"]));
        var anywhere = listening.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns is [_, _, _, "0A", ..] && columns[1].Split(':')[0].All(digit => digit == '0'))
            .Select(columns => Convert.ToInt32(columns[1].Split(':')[1], 16));

        Assert.DoesNotContain(server.Port, anywhere);
        Assert.DoesNotContain(4369, anywhere);   // epmd's own
    }

    private static Task<IConnection> Connect(Uri virtualHost) => new ConnectionFactory { Uri = virtualHost }.CreateConnectionAsync(Token);

    private static async Task Publish(Uri virtualHost, string queue, int messages, string type = "classic")
    {
        await using var connection = await Connect(virtualHost);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Token);
        var arguments = new Dictionary<string, object?> { ["x-queue-type"] = type };
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments, cancellationToken: Token);
        for (var i = 0; i < messages; i++)
            await channel.BasicPublishAsync("", queue, mandatory: true, new BasicProperties { Persistent = true }, new byte[] { 1 }, Token);
    }
}
