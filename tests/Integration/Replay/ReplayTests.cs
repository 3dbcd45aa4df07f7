using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;
using Shared.Testing;

namespace Integration;

/// <summary>The whole command as a process, on the sample and a shop of its own.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class ReplayTests : IAsyncLifetime
{
    private static readonly string Program = HostProgram.Built("tests/Replay", "Replay");

    private readonly OwnFolder _folder = OwnFolder.Create("replay");
    private Shop _shop = null!;

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "sample.csv"), Sample.Csv);
        _shop = await Shop.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _shop.DisposeAsync();
        _folder.Dispose();
    }

    private Task<ChildProcess> StartAsync(params string[] more) => ChildProcess.StartAsync(new("dotnet",
        [Program, Path.Combine(_folder.Path, "sample.csv"), "--url", $"{_shop.Address}", "--database", _shop.Database, .. more]) { Environment = ShopProgram.Operator.Environment });

    private static async Task MustEnd(ChildProcess replay, int code, string saying)
    {
        var end = await replay.WaitForExitAsync(TimeSpan.FromMinutes(5));
        Assert.True(end.Code == code && replay.Output.Contains(saying, StringComparison.Ordinal), $"{end}:\n{replay.Output}");
    }

    private Task UntilPlaced(int orders) =>
        Eventually.True(async () => await _shop.QueryAsync<long>("select count(*) from orders.mt_doc_order") >= orders, $"{orders} orders");

    [Fact]
    public async Task the_file_is_replayed_and_reconciles_and_a_second_time_changes_nothing()
    {
        await using (var first = await StartAsync()) await MustEnd(first, 0, "Reconciled");
        var events = await _shop.QueryAsync<long>("select count(*) from orders.mt_events");

        await using (var again = await StartAsync()) await MustEnd(again, 0, "delivered: 3 of 3 (3 before)");

        Assert.Equal(events, await _shop.QueryAsync<long>("select count(*) from orders.mt_events"));
    }

    [Fact]
    public async Task one_altered_row_is_a_difference_by_name()
    {
        await using (var first = await StartAsync()) await MustEnd(first, 0, "Reconciled");
        await using (var connection = new NpgsqlConnection(_shop.Database))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("update billing.test_provider set captured = captured - 0.01 where captured = 33.90", connection);
            Assert.Equal(1, await command.ExecuteNonQueryAsync());
        }

        await using var again = await StartAsync();

        await MustEnd(again, 1, "NOT reconciled");
        Assert.Contains("BROKEN  provider.agrees-with-payments", again.Output, StringComparison.Ordinal);
        Assert.Contains("invoice 1003", again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_host_that_is_killed_and_comes_back_is_ridden_out()
    {
        await using var replay = await StartAsync("--speed", "2");
        await UntilPlaced(2);

        _shop[Shop.Main].Kill();
        await _shop.StartHostAsync(Shop.Main);

        await MustEnd(replay, 0, "Reconciled");
    }

    [Fact]
    public async Task a_replay_that_is_killed_goes_on_when_it_is_started_again()
    {
        await using var killed = await StartAsync("--speed", "1");
        await UntilPlaced(2);

        killed.Signal(Signals.Kill);
        await killed.WaitForExitAsync();
        await using var replay = await StartAsync();

        await MustEnd(replay, 0, "Reconciled");
        Assert.Contains("The shop holds no other orders", replay.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_longer_replay_goes_on_where_a_shorter_one_ended()
    {
        await using (var shorter = await StartAsync("--orders", "2")) await MustEnd(shorter, 0, "2 orders in");

        await using var longer = await StartAsync();

        await MustEnd(longer, 0, "5 orders in");
    }

    [Fact]
    public async Task a_shop_of_its_own_is_started_and_started_again_when_it_is_killed()
    {
        await using var replay = await ChildProcess.StartAsync(new("dotnet", [Program, Path.Combine(_folder.Path, "sample.csv"), "--own", "--speed", "1"]));
        // It makes a PostgreSQL cluster and six schemas first.
        await Eventually.Get(() => Task.FromResult(replay.Output), told => told.Contains("products received", StringComparison.Ordinal), "the placing has begun", TimeSpan.FromMinutes(5));

        Process.GetProcessById(int.Parse(Regex.Match(replay.Output, @"main \(process (\d+)\)").Groups[1].Value)).Kill();

        await MustEnd(replay, 0, "Reconciled");
        Assert.Contains("The host main has ended: killed by signal 9. It is started again.", replay.Output, StringComparison.Ordinal);
    }
}
