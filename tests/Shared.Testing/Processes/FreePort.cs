using System.Net;
using System.Net.Sockets;

namespace Shared.Testing;

/// <summary>
/// A TCP port that nobody else is given until this is disposed or the process ends.
/// Safe between test processes: each port has a lock file, locked by flock, which the kernel releases when its holder dies; so a port can be passed to a child that
/// binds it later or, after a crash, again. Safe from the rest of the machine: ports lie below 32768, where the kernel never puts an outgoing connection, and one
/// that is listened to at the moment is not handed out. Lock files are never deleted: a file deleted while another waits for it would be held twice.
/// </summary>
public sealed class FreePort : IDisposable
{
    private const int First = 20_000;
    private const int Count = 12_000;

    private static readonly string Folder = Path.Combine(Path.GetTempPath(), "modular-ports");

    private readonly FileStream _held;

    private FreePort(int number, FileStream held)
    {
        Number = number;
        _held = held;
    }

    public int Number { get; }

    public static FreePort Take()
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Tests that start servers run on Linux.");
        if (!Directory.Exists(Folder))
        {
            Directory.CreateDirectory(Folder);
            File.SetUnixFileMode(Folder, (UnixFileMode)0b111_111_111);   // every user's tests share the locks
        }

        var start = Random.Shared.Next(Count);
        for (var i = 0; i < Count; i++)
        {
            var port = First + ((start + i) % Count);
            if (Lock(port) is not { } held)
                continue;
            if (IsUnused(port))
                return new FreePort(port, held);
            held.Dispose();
        }
        throw new InvalidOperationException($"All ports from {First} to {First + Count - 1} are taken. See who holds the files in {Folder}.");
    }

    public override string ToString() => $"{Number}";

    public void Dispose() => _held.Dispose();

    private static FileStream? Lock(int port)
    {
        try
        {
            return new FileStream(Path.Combine(Folder, $"{port}"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.None, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool IsUnused(int port)
    {
        try
        {
            using var everywhere = new TcpListener(IPAddress.Any, port);
            everywhere.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
