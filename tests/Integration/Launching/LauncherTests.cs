using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shared.Testing;

namespace Integration;

/// <summary>The program behind <c>./modular run --split</c>, on a data folder of its own.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed partial class LauncherTests : IDisposable
{
    private static readonly string Program = HostProgram.Built("tests/Launcher", "Launcher");

    private readonly OwnFolder _folder = OwnFolder.Create("launcher");
    private readonly FreePort _port = FreePort.Take();

    public void Dispose()
    {
        _port.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task a_split_shop_runs_is_shown_and_stopped_and_its_data_goes_on_in_one_process()
    {
        Guid order;
        await using (var launcher = await StartAsync("--split"))
        {
            using var shopper = await Shopper.OperatorAsync(await AddressAsync(launcher));
            await shopper.ReceiveAsync("tea", 10);
            order = await shopper.PlaceAsync("tea");
            await shopper.UntilAsync(order, "confirmed");

            var shown = await CommandAsync("topology");
            Assert.All([.. Oracle.Modules, "gateway only", "RabbitMq", "All is up."], part => Assert.Contains(part, shown, StringComparison.Ordinal));
            Assert.Matches(@"orders +inventory +RabbitMq +order-cancelled, order-placed", shown);
            Assert.Equal("", await CommandAsync("messages", "list"));

            var hosts = Hosts();
            System.Diagnostics.Process.GetProcessById(hosts["inventory"]).Kill();
            await Eventually.True(() => Task.FromResult(launcher.Output.Contains("inventory is back", StringComparison.Ordinal)), "inventory is back", TimeSpan.FromMinutes(1));
            Assert.NotEqual(hosts["inventory"], Hosts()["inventory"]);

            launcher.Signal(Signals.Interrupt);
            Assert.Equal(0, (await launcher.WaitForExitAsync()).Code);
        }

        Assert.Empty(Processes());
        await Assert.ThrowsAsync<SocketException>(() => new TcpClient().ConnectAsync("127.0.0.1", _port.Number));
        await using var alone = await HostProcess.StartReadyAsync(new Dictionary<string, string?>(Variables()) { ["Data"] = _folder.Path });
        using var again = await Shopper.OperatorAsync(alone.Http.BaseAddress!);
        Assert.Equal("confirmed", await again.StatusAsync(order));
    }

    [Fact]
    public async Task a_killed_launcher_leaves_no_process_and_the_next_run_on_a_server_each_takes_what_was_in_the_broker()
    {
        Guid order;
        await using (var launcher = await StartAsync("--out", "inventory"))
        {
            using var shopper = await Shopper.OperatorAsync(await AddressAsync(launcher));
            await shopper.ReceiveAsync("tea", 10);

            // With Inventory paused its message stays in the broker, in the consumer's hands at most.
            await ChildProcess.RunAsync(new("kill", ["-STOP", $"{Hosts()["inventory"]}"]));
            order = await shopper.PlaceAsync("tea");
            await Eventually.True(async () => OutgoingOf("orders").IsMatch(await CommandAsync("topology", mayFail: true)), "the broker has accepted the message");

            launcher.Signal(Signals.Kill);
        }

        await Eventually.Get(() => Task.FromResult(string.Join('\n', Processes())), left => left == "", "no process is left");

        await using var next = await StartAsync("--databases", "each");
        using var again = await Shopper.OperatorAsync(await AddressAsync(next));
        Assert.Contains("left in RabbitMq", next.Output, StringComparison.Ordinal);
        Assert.Contains($"The data of 'orders' is in {_folder.Path} and goes to", next.Output, StringComparison.Ordinal);
        await again.UntilAsync(order, "confirmed");
        next.Signal(Signals.Terminate);
        Assert.Equal(0, (await next.WaitForExitAsync()).Code);
        Assert.Empty(JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.Path, "topology.json")))!["Undrained"]!.AsArray());
    }

    private Task<ChildProcess> StartAsync(params string[] arguments) => ChildProcess.StartAsync(new("env", ["--default-signal=INT", "dotnet", Program, .. arguments, $"--Urls=http://127.0.0.1:{_port}"]) { Environment = Variables() });

    private Dictionary<string, string?> Variables() => new(ShopProgram.Operator.Environment)
    {
        ["Data"] = _folder.Path, ["ASPNETCORE_ENVIRONMENT"] = "Development", ["Messages__Backoff"] = "00:00:00.2,00:00:01",
    };

    private static async Task<Uri> AddressAsync(ChildProcess launcher) => new(await Eventually.Get(
        () => Task.FromResult(launcher.HasEnded ? throw new NeverException(launcher.Output) : AddressLine().Match(launcher.Output).Groups[1].Value), address => address != "", "the shop's address", TimeSpan.FromMinutes(2)));

    private async Task<string> CommandAsync(string command, string? sub = null, bool mayFail = false)
    {
        await using var child = await ChildProcess.StartAsync(new("dotnet", [HostProgram.Find(), command, .. sub is null ? [] : new[] { sub }]) { Environment = Variables() });
        var end = await child.WaitForExitAsync();
        return end.Code == 0 || mayFail ? child.Output : throw new InvalidOperationException($"{command}, {end}:\n{child.Output}");
    }

    private Dictionary<string, int> Hosts() => JsonNode.Parse(File.ReadAllText(Path.Combine(_folder.Path, "topology.json")))!["Hosts"]!.AsArray().ToDictionary(host => (string)host!["Name"]!, host => (int)host!["Process"]!);

    /// <summary>Whatever was started for this data folder: its path is in the command line, or in an environment that was inherited.</summary>
    private string[] Processes() => [.. Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out var id) && id != Environment.ProcessId)
        .Select(process => (process, Command: Read(process, "cmdline"))).Where(found => (found.Command + Read(found.process, "environ")).Contains(_folder.Path, StringComparison.Ordinal)).Select(found => found.Command)];

    private static string Read(string process, string file)
    {
        try { return File.ReadAllText(Path.Combine(process, file)).Replace('\0', ' '); }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException) { return ""; }
    }

    private static Regex OutgoingOf(string module) => new($@"^{module} +0 ", RegexOptions.Multiline);

    [GeneratedRegex("The shop is at (http://[^ ]+)")]
    private static partial Regex AddressLine();
}
