using System.Diagnostics;

namespace Shared.Kernel;

/// <summary>A program of PostgreSQL or of the system, as another account if one is named, and without the host's environment: that may hold secrets.</summary>
internal static class Tool
{
    // Nothing of the host's is inherited: an orphan that keeps its output open would make the reader of that wait for ever. Nor is the account sure to be allowed into its folder.
    public static Process Start(string? account, string file, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UserName = account, WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
        start.Environment["LC_ALL"] = "C"; // EmbeddedPostgresException reads what it says
        return Process.Start(start)!;
    }

    /// <summary>What it said; an IOException with that if it fails.</summary>
    public static async Task<string> Run(string? account, string file, IEnumerable<string> arguments, CancellationToken ct)
    {
        using var process = Start(account, file, arguments);
        await using var cancelled = ct.Register(() => process.Kill(entireProcessTree: true));
        Task<string>[] outputs = [process.StandardOutput.ReadToEndAsync(CancellationToken.None), process.StandardError.ReadToEndAsync(CancellationToken.None)];
        var said = string.Join('\n', await Task.WhenAll(outputs));
        await process.WaitForExitAsync(CancellationToken.None);
        ct.ThrowIfCancellationRequested();
        return process.ExitCode == 0 ? said.Trim() : throw new IOException($"{file} failed: {said}");
    }
}
