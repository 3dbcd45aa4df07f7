using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;

namespace Shared.Testing;

/// <summary>A host in a process of a <see cref="HostPool"/>: nothing tells it from a process of its own to whom it belongs.</summary>
internal sealed class HostTurn : IRunning
{
    private readonly RecentOutput _output = new();
    private readonly NetworkStream _stream;
    private readonly Task<ProcessEnd> _end;

    private HostTurn(NetworkStream stream, StreamReader told, int id)
    {
        (_stream, Id) = (stream, id);
        _end = FollowAsync(told);
    }

    public int Id { get; }
    public bool HasEnded => _end.IsCompleted;
    public string Output => _output.ToString();

    /// <param name="pool">The path of its socket.</param>
    public static async Task<HostTurn> StartAsync(string pool, string dll, IReadOnlyDictionary<string, string?> environment)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(pool));
        var stream = new NetworkStream(socket, ownsSocket: true);
        await stream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new HostPool.Wish(dll, environment)));
        await stream.WriteAsync("\n"u8.ToArray());
        var told = new StreamReader(stream);
        var id = await told.ReadLineAsync() ?? throw new InvalidOperationException($"The pool of hosts at {pool} started none.");
        return new HostTurn(stream, told, int.Parse(id, CultureInfo.InvariantCulture));
    }

    public string LastOutput(int lines) => _output.Last(lines);

    public void Signal(int number)
    {
        if (!HasEnded) Signals.Send(Id, number, () => HasEnded);
    }

    public async Task<ProcessEnd> WaitForExitAsync(TimeSpan? timeout = null)
    {
        var patience = timeout ?? TimeSpan.FromMinutes(1);
        try
        {
            return await _end.WaitAsync(patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"The host in process {Id} did not end within {patience.TotalSeconds:0.#} s:\n{LastOutput(50)}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Signal(Signals.Kill);
        await WaitForExitAsync();
        await _stream.DisposeAsync();
    }

    private async Task<ProcessEnd> FollowAsync(StreamReader told)
    {
        while (await told.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(HostPool.EndLine, StringComparison.Ordinal)) return new ProcessEnd(int.Parse(line.AsSpan(HostPool.EndLine.Length), CultureInfo.InvariantCulture));
            _output.Add(line);
        }

        throw new InvalidOperationException($"The pool of hosts has ended, and the host in process {Id} with it.");
    }
}
