using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Shared.Kernel;

/// <param name="DataFolder">Holds the cluster, its password and logs, and a lock; made if it is not there.</param>
/// <param name="BinariesFolder">Where initdb and postgres are; null: the downloaded, else the system's.</param>
/// <param name="Port">Null: a free one, another at each start.</param>
public sealed record EmbeddedPostgresOptions(string DataFolder, string? BinariesFolder = null, int? Port = null);

/// <summary>A PostgreSQL server of the host's own: its child, on 127.0.0.1 only, stopped with it, one per data folder. Faults: <see cref="EmbeddedPostgresException"/>.</summary>
public sealed partial class EmbeddedPostgres : IAsyncDisposable
{
    private readonly Process _server;
    private readonly FileStream _lock;
    private int _stopping;

    private EmbeddedPostgres(Process server, FileStream held, Cluster cluster, int port, DateTimeOffset since, Task firstWords)
    {
        (_server, _lock, AdministratorConnectionString) = (server, held, cluster.ConnectionString(port));
        Exited = WhenExited(cluster, since, firstWords);
    }

    public string AdministratorConnectionString { get; }

    /// <summary>Completes, with the reason, if the server ends without having been asked to.</summary>
    public Task<EmbeddedPostgresException> Exited { get; }

    /// <summary>Returns when the server takes connections. The first time the cluster is made, which takes some seconds.</summary>
    public static async Task<EmbeddedPostgres> StartAsync(EmbeddedPostgresOptions options, ILogger logger, CancellationToken ct)
    {
        if (!OperatingSystem.IsLinux()) throw new EmbeddedPostgresException("The embedded PostgreSQL runs on Linux only. Configure a connection string to a server.");

        var cluster = new Cluster(options.DataFolder);
        FileStream? held = null;
        try
        {
            held = await DataFolderLock.Take(cluster.DataFolder, ct);
            DataFolderLock.Sign(cluster.DataFolder);
            cluster.DropHalfMade();
            await cluster.ChooseAccount(ct);
            if (await Postmaster.StopOrphan(cluster) is { } orphan) LogOrphan(logger, orphan, cluster.DataFolder);
            var binaries = await ServerBinaries.Find(options.BinariesFolder, cluster, ct);
            if (cluster.MadeBy is null)
            {
                LogInitialising(logger, cluster.DataFolder, binaries);
                await cluster.Initialise(binaries, ct);
            }
            return await Start(cluster, held, binaries, options.Port, logger, ct);
        }
        catch (Exception error)
        {
            held?.Dispose();
            if (error is IOException or UnauthorizedAccessException or Win32Exception or NpgsqlException) throw EmbeddedPostgresException.Because(error.Message, cluster, error);
            throw;
        }
    }

    /// <summary>For another program on this machine: the connection string of the server that a live host runs in this folder.</summary>
    public static string FindRunning(string dataFolder)
    {
        var cluster = new Cluster(dataFolder);
        if (!DataFolderLock.IsHeld(cluster.DataFolder))
            throw new EmbeddedPostgresException($"No host runs its PostgreSQL in {cluster.DataFolder}: the server lives as long as its host. Start it, or name its data folder.");

        return Postmaster.Find(cluster) is { Ready: true, Port: var port } ? cluster.ConnectionString(port)
            : throw new EmbeddedPostgresException($"The PostgreSQL in {cluster.DataFolder} takes no connections, or its password may not be read: only when its host is ready, "
                + "and by the host's account or root, is it found. Wait for the host, or ask as its account.");
    }

    /// <summary>Stops the server in good order, then lets go of the data folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _stopping, 1) == 1) return;

        await Postmaster.Stop(_server.Id, () => !_server.HasExited);
        _server.Dispose();
        await _lock.DisposeAsync();
    }

    private static async Task<EmbeddedPostgres> Start(Cluster cluster, FileStream held, string binaries, int? configuredPort, ILogger logger, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var since = TimeProvider.System.GetUtcNow();
            var port = configuredPort ?? RandomNumberGenerator.GetInt32(20000, 32768); // from 32768 on anybody gets them at random
            var server = Postmaster.Start(cluster, binaries, port, since);
            var firstWords = server.StandardError.ReadToEndAsync(CancellationToken.None);
            try
            {
                if (await Answers(server, cluster, port, ct))
                {
                    LogReady(logger, server.Id, port, cluster.DataFolder);
                    return new EmbeddedPostgres(server, held, cluster, port, since, firstWords);
                }
            }
            catch
            {
                await Postmaster.Stop(server.Id, () => !server.HasExited);
                throw;
            }

            // Both pass: chance chose a port in use; processes of a killed server are still in their last statement.
            var words = $"{await firstWords}\n{Postmaster.Logged(cluster, since)}";
            var passes = words.Contains("is still in use") || (configuredPort is null && words.Contains("Address already in use"));
            if (!passes || attempt == 60) throw EmbeddedPostgresException.Because(words, cluster);
            await Task.Delay(500, ct);
        }
    }

    // False if the server ended. Nothing connects before the server itself says that it is ready: on its port may be another program, which never answers.
    private static async Task<bool> Answers(Process server, Cluster cluster, int port, CancellationToken ct)
    {
        for (var asked = Stopwatch.StartNew(); asked.Elapsed < TimeSpan.FromMinutes(10); await Task.Delay(20, ct)) // recovery after a crash may take minutes
        {
            if (server.HasExited) return false;
            if (!Postmaster.Find(cluster).Ready) continue;
            await using var connection = new NpgsqlConnection(cluster.ConnectionString(port) + ";Pooling=false");
            await connection.OpenAsync(ct);
            return true;
        }
        throw new EmbeddedPostgresException($"The PostgreSQL in {cluster.DataFolder} is not ready after 10 minutes, the longest it may recover. Read {cluster.Logs}, start again.");
    }

    private async Task<EmbeddedPostgresException> WhenExited(Cluster cluster, DateTimeOffset since, Task firstWords)
    {
        await _server.WaitForExitAsync();
        if (_stopping == 1) await Task.Delay(Timeout.Infinite);
        await Task.WhenAny(firstWords, Task.Delay(TimeSpan.FromSeconds(5))); // for the log to be whole; a session's last statement may outlive the server and keep it open
        return EmbeddedPostgresException.Because($"{Postmaster.Logged(cluster, since)}\nexit code {_server.ExitCode}", cluster);
    }

    [LoggerMessage(LogLevel.Information, "Making a private PostgreSQL cluster in {DataFolder} with {Binaries}: some seconds, once")]
    private static partial void LogInitialising(ILogger logger, string dataFolder, string binaries);

    [LoggerMessage(LogLevel.Warning, "Stopped PostgreSQL, process {Process}, that a killed host left behind in {DataFolder}")]
    private static partial void LogOrphan(ILogger logger, int process, string dataFolder);

    [LoggerMessage(LogLevel.Information, "PostgreSQL, process {Process}, is ready on 127.0.0.1:{Port}, its data in {DataFolder}")]
    private static partial void LogReady(ILogger logger, int process, int port, string dataFolder);
}
