using System.Net.Sockets;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using Shared.Testing;

namespace Integration;

public sealed class TcpProxyTests : IAsyncLifetime
{
    private PostgresServer _server = null!;
    private TcpProxy _proxy = null!;
    private string _direct = null!;
    private NpgsqlDataSource _through = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await PostgresServer.SharedAsync();
        _direct = await _server.CreateDatabaseAsync();
        _proxy = TcpProxy.ToPostgres(_server.Port);
        _through = NpgsqlDataSource.Create(_proxy.Through(_direct));
        await Execute(_through, "create table thing (id int primary key, name text)");
    }

    public async ValueTask DisposeAsync()
    {
        await _through.DisposeAsync();
        await _proxy.DisposeAsync();
        await _server.DropDatabaseAsync(_direct);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task a_commit_whose_answer_is_swallowed_has_happened_and_the_client_sees_an_error(bool prepared)
    {
        var swallowed = _proxy.SwallowNextCommit();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InsertInTransaction(1, "one", prepared));

        Assert.Equal("COMMIT", (await swallowed).Answer);
        Assert.Equal(1, _proxy.SwallowedAnswers);
        Assert.Equal(1L, await Count());
        await InsertInTransaction(2, "two", prepared);
        Assert.Equal(2L, await Count());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task a_commit_sent_as_a_command_is_one_as_well(bool prepared)
    {
        await using var connection = await _through.OpenConnectionAsync(Token);
        var insert = new NpgsqlBatchCommand("insert into thing values ($1)") { Parameters = { new() { Value = 1 } } };
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new("begin"), insert, new("commit;") } };
        var swallowed = _proxy.SwallowNextCommit();
        if (prepared)
            await batch.PrepareAsync(Token);

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => batch.ExecuteNonQueryAsync(Token));

        Assert.Equal("COMMIT", (await swallowed).Answer);
        Assert.Equal(1L, await Count());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task only_the_commit_of_the_transaction_that_is_meant_is_swallowed(bool prepared)
    {
        var swallowed = _proxy.SwallowNextCommit(mentions: "module://inventory/when-order-placed");

        await InsertInTransaction(1, "module://billing/when-order-placed", prepared);
        Assert.False(swallowed.IsCompleted);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InsertInTransaction(2, "module://inventory/when-order-placed", prepared));

        Assert.Equal("COMMIT", (await swallowed).Answer);
        Assert.Equal(1, _proxy.SwallowedAnswers);
        Assert.Equal(2L, await Count());
    }

    [Fact]
    public async Task what_an_earlier_transaction_said_does_not_count()
    {
        await using var connection = await _through.OpenConnectionAsync(Token);
        await InsertInTransaction(1, "marked", prepared: true, connection);
        var swallowed = _proxy.SwallowNextCommit(mentions: "marked");

        await InsertInTransaction(2, "plain", prepared: true, connection);

        Assert.False(swallowed.IsCompleted);
    }

    [Fact]
    public async Task only_the_named_users_commit_is_swallowed()
    {
        var role = $"role_{Guid.CreateVersion7():N}";
        await Execute(_through, $"create role {role} login password 'secret'; grant all on thing to {role}");
        await using var orders = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(_proxy.Through(_direct)) { Username = role, Password = "secret" }.ConnectionString);
        var swallowed = _proxy.SwallowNextCommit(user: role);

        await InsertInTransaction(1, "by the administrator", prepared: false);
        await using var connection = await orders.OpenConnectionAsync(Token);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InsertInTransaction(2, "by the role", prepared: false, connection));

        Assert.Equal(role, (await swallowed).User);
        await orders.DisposeAsync();
        await Execute(_through, $"drop owned by {role}; drop role {role}");
    }

    [Fact]
    public async Task a_commit_that_the_server_refuses_is_told_from_one_that_happened()
    {
        await Execute(_through, "alter table thing add constraint later unique (name) deferrable initially deferred; insert into thing values (1, 'one')");
        var swallowed = _proxy.SwallowNextCommit();

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => InsertInTransaction(2, "one", prepared: false));

        Assert.Contains("23505", (await swallowed).Answer, StringComparison.Ordinal);
        Assert.Equal(1L, await Count());
    }

    [Fact]
    public async Task any_other_request_can_be_picked()
    {
        var swallowed = _proxy.SwallowNextAnswerTo(request => request.Mentions("insert into thing"));

        await Assert.ThrowsAnyAsync<NpgsqlException>(() => Execute(_through, "insert into thing values (1)"));

        Assert.Equal("INSERT 0 1", (await swallowed).Answer);
        Assert.Equal(1L, await Count());
    }

    [Fact]
    public async Task big_messages_pass_both_ways()
    {
        var name = new string('x', 3_000_000);

        await InsertInTransaction(1, name, prepared: false);

        await using var command = _through.CreateCommand("select name from thing");
        Assert.Equal(name, await command.ExecuteScalarAsync(Token));
    }

    [Fact]
    public async Task cut_connections_fail_and_new_ones_are_taken()
    {
        await using var connection = await _through.OpenConnectionAsync(Token);

        _proxy.CutAll();

        await using var command = new NpgsqlCommand("select 1", connection);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => command.ExecuteScalarAsync(Token));
        Assert.Equal(0L, await Count(_through));
    }

    [Fact]
    public async Task a_paused_wire_holds_answers_back_until_it_is_resumed()
    {
        _proxy.Pause();
        var asking = Count(_through);
        await Assert.ThrowsAsync<TimeoutException>(() => asking.WaitAsync(TimeSpan.FromMilliseconds(200), Token));

        _proxy.Resume();

        Assert.Equal(0L, await asking);
    }

    [Fact]
    public async Task a_proxy_that_is_down_refuses_and_comes_back_at_the_same_port()
    {
        await _proxy.GoDownAsync();
        _through.Clear();
        var fault = await Assert.ThrowsAnyAsync<NpgsqlException>(() => Count(_through));
        Assert.IsType<SocketException>(fault.InnerException);

        _proxy.ComeBack();

        Assert.Equal(0L, await Count(_through));
    }

    [Fact]
    public async Task a_broker_can_lose_its_confirmation_of_a_message()
    {
        var broker = await RabbitMqServer.SharedAsync();
        var host = await broker.CreateVirtualHostAsync();
        await using var proxy = TcpProxy.To(broker.Port);
        await using var connection = await new ConnectionFactory { Uri = proxy.Through(host), AutomaticRecoveryEnabled = false }.CreateConnectionAsync(Token);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true), Token);
        await channel.QueueDeclareAsync("orders", durable: true, exclusive: false, autoDelete: false, cancellationToken: Token);
        var swallowed = proxy.SwallowNextAnswerTo(request => request.Mentions("orders.order-placed.v1"));

        var properties = new BasicProperties { Type = "orders.order-placed.v1" };
        await Assert.ThrowsAnyAsync<RabbitMQClientException>(() => channel.BasicPublishAsync("", "orders", true, properties, new byte[] { 1 }, Token).AsTask());

        await swallowed;
        Assert.Equal(1, (await broker.QueueDepthsAsync(host))["orders"]);
    }

    private async Task InsertInTransaction(int id, string name, bool prepared, NpgsqlConnection? open = null)
    {
        await using var own = open is null ? await _through.OpenConnectionAsync(Token) : null;
        var connection = open ?? own!;
        await using var transaction = await connection.BeginTransactionAsync(Token);
        await using var command = new NpgsqlCommand("insert into thing values ($1, $2)", connection, transaction) { Parameters = { new() { Value = id }, new() { Value = name } } };
        if (prepared)
            await command.PrepareAsync(Token);
        await command.ExecuteNonQueryAsync(Token);
        await transaction.CommitAsync(Token);
    }

    private async Task<object?> Count(NpgsqlDataSource? source = null)
    {
        await using var own = source is null ? NpgsqlDataSource.Create(_direct) : null;
        await using var command = (source ?? own!).CreateCommand("select count(*) from thing");
        return await command.ExecuteScalarAsync(Token);
    }

    private static async Task Execute(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(Token);
    }
}
