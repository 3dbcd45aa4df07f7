namespace Shared.Testing;

/// <summary>A program that was started: a process of its own, or a turn in one. Disposing ends it.</summary>
public interface IRunning : IAsyncDisposable
{
    /// <summary>Of its process.</summary>
    int Id { get; }

    bool HasEnded { get; }

    /// <summary>The last 2,000 lines of both streams, as they came.</summary>
    string Output { get; }

    string LastOutput(int lines);

    /// <summary>Sends signal <paramref name="number"/>; nothing happens if the program has ended. After <see cref="Signals.Stop"/> none of its threads runs any more.</summary>
    void Signal(int number);

    /// <summary>Waits for its end, by default a minute, then throws <see cref="TimeoutException"/>.</summary>
    Task<ProcessEnd> WaitForExitAsync(TimeSpan? timeout = null);
}

public static class Running
{
    /// <summary>Asks by <paramref name="signal"/>, and kills after <paramref name="grace"/>. False if it had to be killed.</summary>
    public static async Task<bool> StopAsync(this IRunning program, int signal, TimeSpan grace)
    {
        program.Signal(signal);
        program.Signal(Signals.Continue);
        try
        {
            await program.WaitForExitAsync(grace);
            return true;
        }
        catch (TimeoutException)
        {
            program.Signal(Signals.Kill);
            await program.WaitForExitAsync();
            return false;
        }
    }
}
