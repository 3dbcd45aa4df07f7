using Shared.Testing;

namespace Integration;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task a_child_outlives_the_thread_that_asked_for_it()
    {
        ChildProcess? child = null;
        var asking = new Thread(() => child = ChildProcess.StartAsync(new("sleep", ["60"])).GetAwaiter().GetResult());
        asking.Start();
        asking.Join();

        await using (child)
        {
            Assert.Equal("", (await ChildProcess.RunAsync(new("true", []))));
            Assert.False(child!.HasEnded);
        }
    }

    [Fact]
    public async Task a_child_does_not_outlive_a_killed_parent()
    {
        // A shell in the middle stands for the killed test run; sleep dies by the kernel's signal, not by anything the shell could still do.
        await using var parent = await ChildProcess.StartAsync(new("sh", ["-c", "setpriv --pdeathsig KILL sleep 61 & echo $!; wait"]));
        await Eventually.True(() => Task.FromResult(parent.Output.Length > 0), "the shell names its child");
        var grandchild = parent.Output.Trim();
        Assert.True(Directory.Exists($"/proc/{grandchild}"));

        parent.Signal(Signals.Kill);

        await Eventually.True(() => Task.FromResult(HasEnded(grandchild)), "the grandchild has ended");
    }

    // Ended, or a zombie that its new parent has not collected yet.
    private static bool HasEnded(string process) =>
        !Directory.Exists($"/proc/{process}") || File.ReadAllText($"/proc/{process}/stat").Contains(") Z", StringComparison.Ordinal);

    [Fact]
    public async Task how_it_ended_and_what_it_wrote_is_known()
    {
        await using var failed = await ChildProcess.StartAsync(new("sh", ["-c", "echo out; echo err >&2; exit 3"]));
        await using var killed = await ChildProcess.StartAsync(new("sleep", ["60"]));
        killed.Signal(Signals.Kill);

        var end = await failed.WaitForExitAsync();

        Assert.Equal((3, null), (end.Code, end.Signal));
        Assert.Equal(["err", "out"], failed.Output.Split('\n').Order());
        Assert.Equal(9, (await killed.WaitForExitAsync()).Signal);
    }

    [Fact]
    public async Task a_child_that_ignores_the_request_to_stop_is_killed()
    {
        await using var stubborn = await ChildProcess.StartAsync(new("sh", ["-c", "trap '' TERM; echo ready; while :; do sleep 1; done"]));
        await Eventually.True(() => Task.FromResult(stubborn.Output.Length > 0), "the trap is set");

        Assert.False(await stubborn.StopAsync(Signals.Terminate, TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task a_program_that_is_not_there_is_named()
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => ChildProcess.RunAsync(new("no-such-program", [])));

        Assert.Contains("no-such-program", fault.Message, StringComparison.Ordinal);
    }
}
