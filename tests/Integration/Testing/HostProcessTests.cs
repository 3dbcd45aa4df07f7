using System.Net.Sockets;
using Shared.Testing;

namespace Integration;

/// <summary>The machinery only, with a stand-in for the product's host.</summary>
public sealed class HostProcessTests
{
    private static readonly string StandIn = HostProgram.Built("tests/StandInHost", "StandInHost");

    [Fact]
    public async Task a_host_has_its_settings_and_a_port_of_its_own_and_is_awaited_until_ready()
    {
        await using var one = await HostProcess.StartReadyAsync(Settings("one"), program: StandIn);
        await using var two = await HostProcess.StartReadyAsync(Settings("two"), program: StandIn);

        Assert.Equal("one", await Get(one, "/setting"));
        Assert.Equal("two", await Get(two, "/setting"));
        Assert.Contains("started with 'two'", two.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_host_that_ends_before_it_is_ready_is_shown_at_once()
    {
        var fault = await Assert.ThrowsAsync<NeverException>(() => HostProcess.StartReadyAsync(Settings("broken"), program: StandIn));

        Assert.Contains("exit code 3", fault.Message, StringComparison.Ordinal);
        Assert.Contains("the configuration is wrong", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_host_that_is_asked_to_stop_ends_well()
    {
        await using var host = await HostProcess.StartReadyAsync(Settings("x"), program: StandIn);

        host.Signal(Signals.Terminate);

        Assert.Equal(0, (await host.WaitForExitAsync()).Code);
    }

    [Fact]
    public async Task a_killed_host_comes_back_at_the_same_address()
    {
        using var port = FreePort.Take();
        await using var first = await HostProcess.StartReadyAsync(Settings("first"), port: port, program: StandIn);

        first.Kill();
        Assert.Equal(9, (await first.WaitForExitAsync()).Signal);
        await using var second = await HostProcess.StartReadyAsync(Settings("second"), port: port, program: StandIn);

        Assert.Equal((port.Number, port.Number), (first.Port, second.Port));
        Assert.Equal("second", await Get(second, "/setting"));
    }

    [Fact]
    public async Task a_paused_host_answers_when_it_is_woken()
    {
        await using var host = await HostProcess.StartReadyAsync(Settings("x"), program: StandIn);

        host.Signal(Signals.Stop);
        var asking = Get(host, "/setting");
        await Assert.ThrowsAsync<TimeoutException>(() => asking.WaitAsync(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken));
        host.Signal(Signals.Continue);

        Assert.Equal("x", await asking);
    }

    [Fact]
    public async Task a_paused_host_can_be_disposed_of()
    {
        var host = await HostProcess.StartReadyAsync(Settings("x"), program: StandIn);
        host.Signal(Signals.Stop);

        await host.DisposeAsync();

        using var client = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync("127.0.0.1", host.Port, TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task a_host_that_does_not_stop_is_killed_and_reported()
    {
        var host = await HostProcess.StartReadyAsync(Settings("stubborn"), program: StandIn);
        host.StopsWithin = TimeSpan.FromSeconds(1);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => host.DisposeAsync().AsTask());

        Assert.Contains("did not stop within 1 s", fault.Message, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Settings(string value) => new() { ["Stand:In"] = value };

    private static Task<string> Get(HostProcess host, string path) => host.Http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
}
