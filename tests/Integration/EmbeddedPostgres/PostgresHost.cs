using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>
/// A process that runs an embedded PostgreSQL as a host does: this program again, told to run one explicit test. Its life hangs on its input: it ends if the tests are killed.
/// </summary>
public sealed class PostgresHost : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private PostgresHost(string dataFolder, string? account)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            typeof(PostgresHost).Assembly.Location, "-explicit", "only", "-method", $"{typeof(Body).FullName}.{nameof(Body.host_until_the_input_ends)}",
        ])
        {
            UserName = account, WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["EMBEDDED_POSTGRES_DATA"] = dataFolder;
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Note;
        _process.ErrorDataReceived += Note;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    /// <summary>Returns its server's connection string once it is ready.</summary>
    public static async Task<(PostgresHost Host, string ConnectionString)> Start(string dataFolder, string? account = null)
    {
        var host = new PostgresHost(dataFolder, account);
        try
        {
            return (host, await Eventually.Get(() => Task.FromResult(host.Find(dataFolder)), _ => true, $"the server of process {host.Id}", TimeSpan.FromMinutes(1)));
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    /// <summary>kill -9, to this one process only.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Stop()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Stop();
        _process.Dispose();
    }

    private string Find(string dataFolder) =>
        _process.HasExited ? throw new NeverException($"The host has ended. It said: {_said}") : EmbeddedPostgres.FindRunning(dataFolder);

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_said) _said.AppendLine(line.Data);
    }

    public sealed class Body
    {
        [Fact(Explicit = true)]
        public async Task host_until_the_input_ends()
        {
            var dataFolder = Environment.GetEnvironmentVariable("EMBEDDED_POSTGRES_DATA")
                ?? throw new InvalidOperationException("Only PostgresHost runs this, in a process of its own.");

            await using var postgres = await EmbeddedPostgres.StartAsync(new(dataFolder), NullLogger.Instance, CancellationToken.None);
            await Console.In.ReadToEndAsync(CancellationToken.None);
        }
    }
}
