using System.CommandLine;
using Shared.Kernel;

namespace Host;

/// <summary>health: whether the host with these settings is ready, for a container's health check.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var command = new Command("health", "Asks the host with these settings at /health/ready. Exit code 0: ready; 1: not, and why.");
        command.SetAction(async (_, ct) =>
        {
            try
            {
                var address = new Uri(OwnAddress.Of(RunningSettings.Read()), "/health/ready");
                using var http = OwnClient.Open(TimeSpan.FromSeconds(8));
                using var answer = await http.GetAsync(address, ct);
                Console.WriteLine(await answer.Content.ReadAsStringAsync(ct));
                return answer.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception fault) when (fault is ConfigurationFaultsException or HttpRequestException or OperationCanceledException or UriFormatException)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                return 1;
            }
        });
        return command;
    }
}

/// <summary>A client for this machine's own host.</summary>
internal static class OwnClient
{
    // A certificate is for the public name, and what is asked here is this machine itself.
    public static HttpClient Open(TimeSpan patience) => new(new SocketsHttpHandler
    {
        SslOptions = new() { RemoteCertificateValidationCallback = (_, _, _, faults) => faults is System.Net.Security.SslPolicyErrors.None or System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch },
    }) { Timeout = patience };
}
