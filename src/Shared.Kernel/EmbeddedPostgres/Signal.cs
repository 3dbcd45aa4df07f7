using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Shared.Kernel;

/// <summary>kill(2): .NET sends SIGKILL only.</summary>
internal static partial class Signal
{
    public const int Interrupt = 2, Quit = 3;

    /// <summary>False if there is no such process (any more).</summary>
    public static bool Send(int process, int signal)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(process); // 0 and -1 would reach whole groups of processes
        const int noSuchProcess = 3;
        return Kill(process, signal) == 0
            || (Marshal.GetLastPInvokeError() == noSuchProcess ? false : throw new Win32Exception($"Signal {signal} to process {process}: {Marshal.GetLastPInvokeErrorMessage()}"));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
