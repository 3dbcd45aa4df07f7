using Shared.Testing;

namespace Integration;

public sealed class StartUpTests
{
    [Fact]
    public async Task every_fault_of_the_configuration_is_named_at_once()
    {
        var told = await RefusedAsync(new Dictionary<string, string?>
        {
            ["Modules"] = "orders,ordrs",
            ["Addresses:billing"] = "somewhere",
            ["Addresses:users"] = "http://127.0.0.1:8081, nowhere",
            ["Gateway:Timeout"] = "-1",
            ["Gateway:Probes"] = "often",
            ["Messages:DeadLettersEvery"] = "00:00:00",
            ["Canary:shipping:Addresses"] = "",
            ["Canary:shipping:Weight"] = "101",
            ["Canary:shipping:Header"] = "X Canary",
            ["Canary:shipping:Wait"] = "10",
            ["Canary:bird:Weight"] = "1",
            ["Carrier"] = "Pigeon",
            ["Scaled"] = "orders",
            ["Database:Administrator"] = "Host=127.0.0.1;Port=1;Username=x;Password=hush",
            ["Database:Secret"] = "short",
            ["Orders:StockTimeout"] = "soon",
            ["Orders:FallbackShipping"] = "cheap",
            ["Calls:Urls"] = "https://127.0.0.1:9081",
            ["Calls:Secret"] = "short too",
            ["Calls:Attempt"] = "00:00:05",
            ["Calls:Parallel"] = "0",
        });

        Assert.All(
            [
                "no module is named 'ordrs'. Known: users, catalog, inventory, orders, billing, shipping",
                "Addresses:billing is 'somewhere'",
                "Addresses:users is 'nowhere'",
                "Gateway:Timeout is '-1'",
                "Messages:DeadLettersEvery is '00:00:00': it must be a time above zero",
                "Gateway:Probes is 'often'",
                "Canary:shipping is set, but this host does not forward to the module 'shipping'",
                "Canary:shipping:Addresses is ''",
                "Canary:shipping:Weight is '101'",
                "Canary:shipping:Header is 'X Canary'",
                "Canary:shipping:Wait is no setting",
                "Canary: no module is named 'bird'",
                "no carrier is named 'Pigeon'",
                "The module 'inventory' is neither in this host (Modules) nor has it an address",
                "Scaled is set but Carrier is None",
                "Database:Secret must have at least 16 characters",
                "Orders:StockTimeout must be a time",
                "Orders:FallbackShipping must be an amount",
                "orders asks shipping, which is not in this host: set Calls:Addresses:shipping",
                "Calls:Urls is 'https://127.0.0.1:9081': it must be an absolute http address",
                "Calls:Secret must have at least 16 characters",
                "Calls:Attempt is 00:00:05, and must not be longer than Calls:Deadline",
                "Calls:Parallel is '0': it must be a number of 1 to 10000",
            ],
            fault => Assert.Contains(fault, told, StringComparison.Ordinal));
        Assert.DoesNotContain("hush", told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "true", "Modules names none")]
    [InlineData("none", "false", "such a host has nothing to do")]
    [InlineData("none", "true", "The module 'users' is neither in this host")]
    public async Task a_host_without_modules_is_a_gateway_that_says_so(string modules, string gateway, string told) =>
        Assert.Contains(told, await RefusedAsync(new Dictionary<string, string?> { ["Modules"] = modules, ["Gateway"] = gateway }), StringComparison.Ordinal);

    [Fact]
    public async Task nobody_gets_a_token_for_the_asking_any_more() =>
        Assert.Contains("Users:DevelopmentTokens is no setting any more", await RefusedAsync(new Dictionary<string, string?> { ["Users:DevelopmentTokens"] = "true", ["ASPNETCORE_ENVIRONMENT"] = "Development" }), StringComparison.Ordinal);

    [Fact]
    public async Task a_host_needs_the_broker_it_is_told_to_use() =>
        Assert.Contains("RabbitMq is ''", await RefusedAsync(new Dictionary<string, string?> { ["Carrier"] = "RabbitMq" }), StringComparison.Ordinal);

    [Fact]
    public async Task a_database_that_does_not_answer_is_named() =>
        Assert.Contains("Look at Database:Administrator", await RefusedAsync(new Dictionary<string, string?>
        {
            ["Database:Administrator"] = $"Host=127.0.0.1;Port={FreePort.Take()};Username=x;Password=hush;Database=shop",
            ["Database:Secret"] = ModuleUnderTest.Secret,
        }), StringComparison.Ordinal);

    [Fact]
    public async Task an_address_that_is_taken_is_named()
    {
        var server = await PostgresServer.SharedAsync();
        Assert.Contains("Another program listens there", await RefusedAsync(new Dictionary<string, string?>
        {
            ["Database:Administrator"] = await server.CreateDatabaseAsync(),
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{server.Port}",
        }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_host_that_is_asked_to_stop_ends_without_a_fault()
    {
        var server = await PostgresServer.SharedAsync();
        await using var host = await HostProcess.StartReadyAsync(new Dictionary<string, string?>
        {
            ["Database:Administrator"] = await server.CreateDatabaseAsync(),
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Modules"] = "billing",
            ["Gateway"] = "false",
            ["Carrier"] = "Postgres",
        });

        host.Signal(Signals.Terminate);

        Assert.Equal("exit code 0", $"{await host.WaitForExitAsync()}");
    }

    /// <summary>What the host says before it ends with exit code 2.</summary>
    private static async Task<string> RefusedAsync(IReadOnlyDictionary<string, string?> settings)
    {
        await using var host = await HostProcess.StartAsync(settings);
        var end = await host.WaitForExitAsync();

        Assert.Equal(2, end.Code);
        return host.Output;
    }
}
