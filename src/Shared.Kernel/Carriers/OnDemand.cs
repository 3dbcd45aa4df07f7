namespace Shared.Kernel;

/// <summary>Opened when it is needed, once for all who ask, and again when it was lost.</summary>
internal sealed class OnDemand<T>(Func<CancellationToken, Task<T>> open, Func<T, bool> isOpen) : IAsyncDisposable where T : class, IAsyncDisposable
{
    private readonly SemaphoreSlim _opening = new(1, 1);
    private volatile T? _last;

    public async Task<T> GetAsync(CancellationToken cancellation = default)
    {
        if (_last is { } now && isOpen(now)) return now;

        await _opening.WaitAsync(cancellation);
        try
        {
            if (_last is { } opened && isOpen(opened)) return opened;

            if (_last is { } lost) await lost.DisposeAsync();
            return _last = await open(cancellation);
        }
        finally
        {
            _opening.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_last is { } last) await last.DisposeAsync();
        _opening.Dispose();
    }
}
