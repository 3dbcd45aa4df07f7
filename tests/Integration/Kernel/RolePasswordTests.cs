using System.Text;
using Microsoft.Extensions.Configuration;
using Npgsql;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>A server may write every statement to its log: what a host says to make a role does not open the door to it.</summary>
public sealed class RolePasswordTests
{
    [Fact]
    public async Task a_roles_password_opens_its_database_and_is_in_no_statement()
    {
        var server = await PostgresServer.SharedAsync();
        var database = await server.CreateDatabaseAsync();
        await using var proxy = TcpProxy.ToPostgres(server.Port);
        var said = new StringBuilder();
        _ = proxy.SwallowNextAnswerTo(request =>
        {
            lock (said) said.Append(Encoding.UTF8.GetString(request.Message.Span));
            return false;
        });
        var role = $"r{Guid.CreateVersion7():N}";
        var databases = Databases.Read(
            new ConfigurationBuilder().AddInMemoryCollection([new("Database:Administrator", proxy.Through(database)), new("Database:Secret", ModuleUnderTest.Secret)]).Build(), "Database", [role], []);

        await databases.ProvisionAsync([role], TestContext.Current.CancellationToken);

        var own = new NpgsqlConnectionStringBuilder(databases.ConnectionOf(role)) { Pooling = false };
        await using (var connection = new NpgsqlConnection(own.ConnectionString)) await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using (var stranger = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(own.ConnectionString) { Password = own.Password + "?" }.ConnectionString))
            Assert.Equal(PostgresErrorCodes.InvalidPassword, (await Assert.ThrowsAsync<PostgresException>(() => stranger.OpenAsync(TestContext.Current.CancellationToken))).SqlState);
        Assert.Contains($"alter role {role} login", said.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(own.Password!, said.ToString(), StringComparison.OrdinalIgnoreCase);

        await using var administrator = new NpgsqlConnection(database);
        await administrator.OpenAsync(TestContext.Current.CancellationToken);
        await using var dropping = new NpgsqlCommand($"drop owned by {role}; drop role {role}", administrator);
        await dropping.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await server.DropDatabaseAsync(database);
    }
}
