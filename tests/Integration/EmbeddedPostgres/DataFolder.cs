using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shared.Kernel;

namespace Integration;

/// <summary>A host's data folder, alone for one test; what a test mounted or left in it goes with it.</summary>
internal sealed class DataFolder : IDisposable
{
    // In memory where there is enough: making a cluster is mostly waiting for the disk.
    private static readonly string s_place = new DriveInfo("/dev/shm") is { IsReady: true, AvailableFreeSpace: > 2L << 30 } ? "/dev/shm" : System.IO.Path.GetTempPath();
    private readonly string _root = Directory.CreateDirectory(System.IO.Path.Combine(s_place, $"modular-pg-{Guid.CreateVersion7():N}")).FullName;
    private bool _mounted;

    /// <summary>Is not there yet, as at the first start of a host.</summary>
    public string Path => System.IO.Path.Combine(_root, "data");

    public string PidFile => System.IO.Path.Combine(Path, "postgres", "cluster", "postmaster.pid");

    public int ServerProcess => int.Parse(File.ReadLines(PidFile).First());

    public Task<EmbeddedPostgres> Start(int? port = null, string? binaries = null) =>
        EmbeddedPostgres.StartAsync(new(Path, binaries, port), NullLogger.Instance, TestContext.Current.CancellationToken);

    public async Task<string> StartFails(int? port = null, string? binaries = null) =>
        (await Assert.ThrowsAsync<EmbeddedPostgresException>(async () => await (await Start(port, binaries)).DisposeAsync())).Message;

    /// <summary>A file system of its own.</summary>
    public void Mount(string options)
    {
        Directory.CreateDirectory(Path);
        try
        {
            Run("mount", "-t", "tmpfs", "-o", options, "tmpfs", Path);
        }
        catch (IOException error)
        {
            throw new IOException("This test mounts a small tmpfs, which needs root (CAP_SYS_ADMIN): run it with sudo, or in a container with --cap-add SYS_ADMIN.", error);
        }
        _mounted = true;
    }

    /// <summary>Nobody but root may go through the folder above.</summary>
    public void CloseTheWay() => Run("chmod", "0", _root);

    public void Dispose()
    {
        if (_mounted) Run("umount", "--lazy", Path); // the server's log writer may be the last to leave
        Run("chmod", "700", _root);
        Directory.Delete(_root, recursive: true);
    }

    public static async Task<object?> Ask(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 60 };
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }

    public static bool Runs(int process) => File.Exists($"/proc/{process}/cmdline") && File.ReadAllText($"/proc/{process}/cmdline").Length > 0;

    public static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var said = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new IOException($"{program} {string.Join(' ', arguments)}: {said}");
    }
}
