using System.Text.Json.Nodes;
using Shared.Testing;

namespace Integration;

/// <summary>One file through shops in one process and in others: the result is the same, byte for byte.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class ResultTests(ResultTests.AllInOne allInOne) : IClassFixture<ResultTests.AllInOne>
{
    private const int Orders = 500;

    [Fact]
    public Task split_over_rabbitmq() => MustBeTheSameAsync("--split");

    [Theory, Trait(Topologies.Runs, Topologies.Long)]
    [InlineData("--split --bus postgres"), InlineData("--split --databases each"), InlineData("--databases each")]
    [InlineData("--out users"), InlineData("--out catalog"), InlineData("--out inventory"), InlineData("--out orders"), InlineData("--out billing"), InlineData("--out shipping")]
    public Task every_other_topology(string options) => MustBeTheSameAsync(options);

    [Fact]
    public void it_has_every_order_with_its_state_and_the_stock_that_is_left()
    {
        var records = allInOne.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject()).ToList();
        var states = records.Where(record => record.ContainsKey("order")).CountBy(record => (string)record["state"]!).ToDictionary();

        Assert.Equal(Orders, (int)records[0]["orders"]!);
        Assert.Equal(Orders, states["completed"] + states["cancelled"]);
        Assert.InRange(states["cancelled"], 40, 100);
        Assert.All(records.Where(record => record.ContainsKey("product")), stock => Assert.Equal((long)stock["received"]!, (long)stock["onHand"]! + (long)stock["shipped"]!));
        Assert.DoesNotMatch("[0-9a-f]{8}-[0-9a-f]{4}-", allInOne.Result);
    }

    private async Task MustBeTheSameAsync(string options) => Assert.Equal(allInOne.Result, await ReplayAsync(options.Split(' ')));

    private static async Task<string> ReplayAsync(params string[] options)
    {
        using var folder = OwnFolder.Create("result");
        var (file, result) = (Path.Combine(folder.Path, "orders.csv"), Path.Combine(folder.Path, "result"));
        await File.WriteAllTextAsync(file, GeneratedSample.Write(Orders, seed: 7));

        var told = await ChildProcess.RunAsync(new("dotnet", [HostProgram.Built("tests/Replay", "Replay"), file, "--result", result, .. options])
        {
            Environment = new Dictionary<string, string?> { [RabbitMqServer.Variable] = (await RabbitMqServer.SharedAsync()).Uri.ToString() },
        }, TimeSpan.FromMinutes(5));
        Assert.Contains("Reconciled: every figure is equal", told, StringComparison.Ordinal);
        return await File.ReadAllTextAsync(result);
    }

    /// <summary>Replayed once, for every topology to be compared with.</summary>
    public sealed class AllInOne : IAsyncLifetime
    {
        public string Result { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            Result = await ReplayAsync("--own");
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
