using System.Net;
using System.Net.Sockets;
using Shared.Testing;

namespace Integration;

public sealed class FreePortTests
{
    [Fact]
    public void ports_are_below_the_kernels_own_and_never_handed_out_twice()
    {
        var ports = Enumerable.Range(0, 50).AsParallel().Select(_ => FreePort.Take()).ToArray();

        Assert.Equal(50, ports.Select(port => port.Number).Distinct().Count());
        Assert.All(ports, port => Assert.InRange(port.Number, 20_000, 32_000));
        Array.ForEach(ports, port => port.Dispose());
    }

    [Fact]
    public async Task a_port_held_here_is_locked_for_other_processes()
    {
        using var port = FreePort.Take();
        var file = Path.Combine(Path.GetTempPath(), "modular-ports", $"{port}");

        Assert.Equal("taken", (await TryLock(file)).Trim());
        port.Dispose();
        Assert.Equal("free", (await TryLock(file)).Trim());
    }

    [Fact]
    public void a_port_can_be_listened_to_by_whom_it_is_passed_to()
    {
        using var port = FreePort.Take();

        using var listener = new TcpListener(IPAddress.Loopback, port.Number);
        listener.Start();

        Assert.True(listener.Server.IsBound);
    }

    private static Task<string> TryLock(string file) =>
        ChildProcess.RunAsync(new("sh", ["-c", $"flock --nonblock {file} true && echo free || echo taken"]));
}
