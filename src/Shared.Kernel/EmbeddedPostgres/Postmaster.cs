using System.Diagnostics;
using System.Globalization;

namespace Shared.Kernel;

/// <summary>The server process of a cluster: this host's child, or one that a killed host left behind.</summary>
internal static class Postmaster
{
    // setsid: Ctrl-C reaches the whole process group, and the server must outlive the modules. It stays our child: setsid forks only if it leads a group, as no child of .NET does.
    public static Process Start(Cluster cluster, string binaries, int port, DateTimeOffset now)
    {
        foreach (var old in cluster.LogFiles.Where(file => File.GetLastWriteTimeUtc(file) < now.UtcDateTime.AddDays(-6)))
            File.Delete(old); // the server begins a weekday's file anew only if it runs at midnight

        return Tool.Start(cluster.Account, "setsid",
        [
            Path.Combine(binaries, "postgres"), "-D", cluster.Files,
            .. new[]
            {
                "listen_addresses=127.0.0.1", $"port={port}", "unix_socket_directories=", "max_connections=200", "shared_buffers=128MB", "wal_level=logical",
                "timezone=UTC", "log_timezone=UTC", "lc_messages=C",
                "logging_collector=on", $"log_directory={cluster.Logs}", "log_filename=server-%a.log", "log_rotation_age=1d", "log_rotation_size=0", "log_truncate_on_rotation=on",
                "log_line_prefix=%m [%p] ", "log_error_verbosity=terse", "log_min_error_statement=panic", // details and statements may hold personal data
            }.SelectMany(setting => new[] { "-c", setting }),
        ]);
    }

    /// <summary>What the server logged since then; whole once its error output has ended, which the log's writer holds and leaves last.</summary>
    public static string Logged(Cluster cluster, DateTimeOffset since)
    {
        var from = since.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
        return string.Join('\n', cluster.LogFiles.SelectMany(File.ReadLines).Where(line => string.CompareOrdinal(line, from) >= 0).TakeLast(20));
    }

    /// <summary>What postmaster.pid says; process 0 if there is none or it is half written.</summary>
    public static (int Process, int Port, bool Ready) Find(Cluster cluster)
    {
        string[] lines = [];
        try { lines = File.ReadAllLines(PidFile(cluster)); }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException) { } // no server, or another account's
        int Number(int line) => int.TryParse(lines.ElementAtOrDefault(line), out var number) ? number : 0;
        return (Number(0), Number(3), lines.ElementAtOrDefault(7)?.Trim() == "ready");
    }

    /// <summary>A server whose host was killed is stopped, not taken over: this host would not hear of its end, and it has the settings of another start.</summary>
    /// <returns>The process that was stopped, if any.</returns>
    public static async Task<int?> StopOrphan(Cluster cluster)
    {
        var (process, _, _) = Find(cluster);
        var orphaned = process > 0 && Runs(process, cluster);
        if (orphaned) await Stop(process, () => Runs(process, cluster));

        // What is left is stale, and its number may be anybody's, whom the server would take for another server. Processes still on the data it finds by their shared memory.
        if (File.Exists(PidFile(cluster))) File.Delete(PidFile(cluster));
        return orphaned ? process : null;
    }

    /// <summary>SIGINT: transactions are rolled back, the data is written. If that takes too long SIGQUIT: the next start recovers from the log.</summary>
    public static async Task Stop(int process, Func<bool> runs)
    {
        foreach (var (signal, seconds) in new[] { (Signal.Interrupt, 30), (Signal.Quit, 10) })
        {
            if (!runs() || !Signal.Send(process, signal)) return;
            for (var asked = Stopwatch.StartNew(); asked.Elapsed.TotalSeconds < seconds; await Task.Delay(10)) // nobody announces the end of an orphan
                if (!runs()) return;
        }
        throw new EmbeddedPostgresException($"PostgreSQL, process {process}, obeys neither SIGINT nor SIGQUIT. End it (kill -9 {process}): the next start recovers its data.");
    }

    // Not by the number alone, which may have passed to another process. One that is dead and not yet buried has no command line.
    private static bool Runs(int process, Cluster cluster)
    {
        try
        {
            var command = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return Path.GetFileName(command[0]) == "postgres" && command.Contains(cluster.Files);
        }
        catch (IOException) { return false; } // ended
    }

    private static string PidFile(Cluster cluster) => Path.Combine(cluster.Files, "postmaster.pid");
}
