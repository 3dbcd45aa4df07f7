using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Shared.Testing;

namespace Integration;

/// <summary>The machinery only, with a stand-in for the product's host.</summary>
public sealed class HostPoolTests : IAsyncDisposable
{
    private static readonly string StandIn = HostProgram.Built("tests/StandInHost", "StandInHost");

    private readonly HostPool _pool = HostPool.Open();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task a_host_that_stopped_leaves_its_process_to_the_next_which_knows_nothing_of_it()
    {
        var first = await StartAsync("first", ("Of:First", "only"));
        Assert.Equal("only", await Get(first, "/setting/Of:First"));
        await first.DisposeAsync();

        await using var second = await StartAsync("second");

        Assert.Equal(first.Id, second.Id);
        Assert.Equal("second", await Get(second, "/setting"));
        Assert.Equal("", await Get(second, "/setting/Of:First"));
        Assert.StartsWith("started with 'second'", second.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("second", first.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task hosts_at_the_same_time_have_processes_of_their_own()
    {
        await using var one = await StartAsync("one");
        await using var two = await StartAsync("two");

        Assert.NotEqual(one.Id, two.Id);
        Assert.Equal("one two", $"{await Get(one, "/setting")} {await Get(two, "/setting")}");
    }

    [Fact]
    public async Task a_host_that_was_killed_or_failed_leaves_no_process()
    {
        var killed = await StartAsync("x");
        killed.Kill();
        Assert.Equal(9, (await killed.WaitForExitAsync()).Signal);
        await killed.DisposeAsync();
        var broken = await HostProcess.StartAsync(Settings("broken"), program: StandIn, pool: _pool.Address);
        Assert.Equal(3, (await broken.WaitForExitAsync()).Code);
        Assert.Contains("the configuration is wrong", broken.Output, StringComparison.Ordinal);
        await broken.DisposeAsync();

        await using var next = await StartAsync("next");

        Assert.NotEqual(killed.Id, next.Id);
        Assert.NotEqual(broken.Id, next.Id);
        await UntilGoneAsync(broken.Id);
    }

    [Fact]
    public async Task a_host_that_does_not_stop_is_killed_and_reported_and_a_paused_one_is_not()
    {
        var paused = await StartAsync("x");
        paused.Signal(Signals.Stop);
        await paused.DisposeAsync();
        var stubborn = await StartAsync("stubborn");
        stubborn.StopsWithin = TimeSpan.FromSeconds(1);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => stubborn.DisposeAsync().AsTask());

        Assert.Contains("did not stop within 1 s", fault.Message, StringComparison.Ordinal);
        await UntilGoneAsync(stubborn.Id);
    }

    [Fact]
    public async Task a_host_ends_with_the_test_project_that_asked_for_it()
    {
        using var project = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await project.ConnectAsync(new UnixDomainSocketEndPoint(_pool.Address), TestContext.Current.CancellationToken);
        await using var stream = new NetworkStream(project);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new { Dll = StandIn, Environment = Settings("x") }) + "\n"), TestContext.Current.CancellationToken);
        var id = int.Parse((await new StreamReader(stream).ReadLineAsync(TestContext.Current.CancellationToken))!, CultureInfo.InvariantCulture);
        Assert.Contains(Process.GetProcesses(), running => running.Id == id);

        project.Close();

        await UntilGoneAsync(id);
    }

    [Fact]
    public async Task hosts_end_with_the_pool()
    {
        var host = await StartAsync("x");

        await _pool.DisposeAsync();

        Assert.Equal(9, (await host.WaitForExitAsync()).Signal);
        await host.DisposeAsync();
    }

    private Task<HostProcess> StartAsync(string setting, params (string Name, string? Value)[] more) =>
        HostProcess.StartReadyAsync(Settings(setting, more), program: StandIn, pool: _pool.Address);

    private static Dictionary<string, string?> Settings(string value, params (string Name, string? Value)[] more) => more.Append(("Stand:In", value)).ToDictionary();

    private static Task<string> Get(HostProcess host, string path) => host.Http.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static Task UntilGoneAsync(int process) => Eventually.True(() => Task.FromResult(!Process.GetProcesses().Any(running => running.Id == process)), $"process {process} is gone");
}
