using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Shared.Testing;

/// <summary>
/// A wire between a client and a server on this machine, which a test cuts, blocks, or robs of one answer: the client then cannot know whether its COMMIT, or its
/// message to a broker, arrived. Does not read TLS.
/// </summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly FreePort _port = FreePort.Take();
    private volatile int _serverPort;
    private readonly Func<TcpProxy, IConversation> _converse;
    private readonly ConcurrentDictionary<ProxiedConnection, Task> _connections = new();
    private readonly List<Trap> _traps = [];
    private TcpListener _listener;
    private Task _accepting;
    private volatile TaskCompletionSource? _paused, _answersPaused;
    private int _swallowed;

    private TcpProxy(int serverPort, Func<TcpProxy, IConversation> converse)
    {
        _serverPort = serverPort;
        _converse = converse;
        (_listener, _accepting) = Listen();
    }

    /// <summary>A proxy that follows PostgreSQL's protocol: a request is one message of it, its answer is all up to ReadyForQuery.</summary>
    public static TcpProxy ToPostgres(int serverPort) => new(serverPort, proxy => new PostgresConversation(proxy.Spring));

    /// <summary>A proxy of bytes: a request is what arrives at once, its answer whatever the server says next.</summary>
    public static TcpProxy To(int serverPort) => new(serverPort, proxy => new PlainConversation(proxy.Spring));

    public int Port => _port.Number;

    /// <summary>Connections open at the moment.</summary>
    public int Connections => _connections.Count;

    /// <summary>How many answers were withheld so far.</summary>
    public int SwallowedAnswers => _swallowed;

    /// <summary>The same connection string, through this proxy.</summary>
    public string Through(string connectionString) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Host = "127.0.0.1", Port = Port, SslMode = SslMode.Disable }.ConnectionString;

    /// <summary>The same address, through this proxy.</summary>
    public Uri Through(Uri address) => new UriBuilder(address) { Host = "127.0.0.1", Port = Port }.Uri;

    /// <summary>
    /// Lets the next request that <paramref name="request"/> picks reach the server, waits for the server's answer, and cuts the client off without it.
    /// The task completes when that has happened, with the answer; it fails if the connection ends before.
    /// </summary>
    public Task<SwallowedAnswer> SwallowNextAnswerTo(Func<ProxiedRequest, bool> request)
    {
        var trap = new Trap(request);
        lock (_traps)
            _traps.Add(trap);
        return trap.Sprung;
    }

    /// <summary>
    /// The same for a COMMIT: of <paramref name="user"/> only (the role of the module that is meant), and of a transaction that <paramref name="mentions"/> a text in its SQL
    /// or its text parameters, since a module commits in the background too. Look at <see cref="SwallowedAnswer.Answer"/>: a failed transaction answers ROLLBACK.
    /// </summary>
    public Task<SwallowedAnswer> SwallowNextCommit(string? user = null, string? mentions = null) =>
        SwallowNextAnswerTo(request => request.IsCommit && (user is null || request.User == user) && (mentions is null || request.Mentions(mentions)));

    /// <summary>Breaks all connections (RST to both ends). New ones are taken.</summary>
    public void CutAll()
    {
        foreach (var connection in _connections.Keys)
            connection.Cut();
    }

    /// <summary>Nothing passes any more, in either direction; connections stay open, as when a cable is pulled.</summary>
    public void Pause() => _paused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Only what the server says is held back: requests still reach it, as over a link that is broken one way.</summary>
    public void PauseAnswers() => _answersPaused ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What was held back passes, and all that follows.</summary>
    public void Resume()
    {
        Interlocked.Exchange(ref _paused, null)?.SetResult();
        Interlocked.Exchange(ref _answersPaused, null)?.SetResult();
    }

    /// <summary>From now on new connections go to another server on this machine.</summary>
    public void LeadTo(int serverPort) => _serverPort = serverPort;

    /// <summary>Breaks all connections and refuses new ones, as when the server is down.</summary>
    public async Task GoDownAsync()
    {
        _listener.Dispose();
        await _accepting;
        CutAll();
    }

    /// <summary>Takes connections again at the same port.</summary>
    public void ComeBack() => (_listener, _accepting) = Listen();

    public async ValueTask DisposeAsync()
    {
        await GoDownAsync();
        Resume();
        await Task.WhenAll(_connections.Values);
        _port.Dispose();
    }

    internal Task Requests => _paused?.Task ?? Task.CompletedTask;

    internal Task Answers => Task.WhenAll(Requests, _answersPaused?.Task ?? Task.CompletedTask);

    internal void CountSwallowed() => Interlocked.Increment(ref _swallowed);

    private Trap? Spring(ProxiedRequest request)
    {
        lock (_traps)
        {
            var trap = _traps.Find(trap => trap.Request(request));
            if (trap is not null)
                _traps.Remove(trap);
            return trap;
        }
    }

    private (TcpListener, Task) Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, Port);
        listener.Start();
        return (listener, AcceptAsync(listener));
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        while (true)
        {
            Socket client;
            try
            {
                client = await listener.AcceptSocketAsync();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            var connection = new ProxiedConnection(client, this, _converse(this));
            var run = new Task<Task>(() => RunAsync(connection));
            _connections[connection] = run.Unwrap();   // before it runs: it removes itself
            run.Start(TaskScheduler.Default);
        }
    }

    // One that fails by more than the wire stays: DisposeAsync shows why.
    private async Task RunAsync(ProxiedConnection connection)
    {
        await connection.RunAsync(_serverPort);
        _connections.TryRemove(connection, out _);
    }
}
