namespace Shared.Testing;

/// <summary>
/// Waits for what another process or a background loop will make true: asks every 50 ms, gives up at a deadline, and then says what was awaited
/// and what was seen last. The one place in tests where time passes by itself. (No cancellation: every wait has its deadline.)
/// </summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Returns once <paramref name="condition"/> answers true. An exception counts as "not yet", but <see cref="NeverException"/>; the last one is shown.</summary>
    public static Task True(Func<Task<bool>> condition, string what, TimeSpan? timeout = null) =>
        Get(condition, met => met, what, timeout);

    /// <summary>Returns the first value that <paramref name="accept"/> takes: for waits whose failure should show the value (<c>"3 outgoing rows"</c>).</summary>
    public static async Task<T> Get<T>(Func<Task<T>> read, Func<T, bool> accept, string what, TimeSpan? timeout = null)
    {
        var patience = timeout ?? Patience;
        var deadline = TimeProvider.System.GetTimestamp() + (long)(patience.TotalSeconds * TimeProvider.System.TimestampFrequency);

        while (true)
        {
            var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), deadline);
            string seen;
            Exception? fault = null;
            try
            {
                // A question that never comes back must not outlive the deadline either; the first one gets a second in any case.
                var value = await read().WaitAsync(left > TimeSpan.FromSeconds(1) ? left : TimeSpan.FromSeconds(1));
                if (accept(value))
                    return value;
                seen = $"{value}";
            }
            catch (Exception e) when (e is not NeverException)
            {
                fault = e;
                seen = $"{e.GetType().Name}: {e.Message}";
            }

            if (left <= TimeSpan.Zero)
                throw new TimeoutException($"Awaited for {patience.TotalSeconds:0.#} s in vain: {what}. Seen last: {seen}", fault);
            await Task.Delay(Pause);
        }
    }
}

/// <summary>Thrown by a condition when what is awaited cannot come any more (its process has ended): the wait ends at once.</summary>
public sealed class NeverException(string message, Exception? cause = null) : InvalidOperationException(message, cause);
