using System.Diagnostics;

namespace Launcher;

/// <summary>
/// Stops the PostgreSQL servers of a launcher that was killed. Hosts and broker die by the kernel's signal; a server that did would have to recover, so a shell waits until the launcher's
/// end of its pipe is closed, however that happens, and then asks the servers to stop.
/// </summary>
internal sealed class Guard : IDisposable
{
    // A process number alone may have passed to another process: its command line must name the folder.
    private const string Script = """
        folders=; while read -r folder; do [ "$folder" = done ] && exit; folders="$folders
        $folder"; done
        printf '%s\n' "$folders" | while read -r folder; do
          [ -n "$folder" ] && read -r server <"$folder/postmaster.pid" && tr '\0' ' ' <"/proc/$server/cmdline" | grep -qF "$folder" && kill -INT "$server"
        done 2>/dev/null
        """;

    private readonly Process _shell = Process.Start(new ProcessStartInfo("setsid", ["sh", "-c", Script]) { RedirectStandardInput = true, WorkingDirectory = "/" })!;

    /// <param name="dataFolder">Where a server is about to be started.</param>
    public void Watch(string dataFolder)
    {
        _shell.StandardInput.WriteLine(Path.Combine(dataFolder, "postgres", "cluster"));
        _shell.StandardInput.Flush();
    }

    /// <summary>The servers have been stopped.</summary>
    public void Dispose()
    {
        _shell.StandardInput.WriteLine("done");
        _shell.StandardInput.Close();
        _shell.WaitForExit();
        _shell.Dispose();
    }
}
