using System.CommandLine;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>token: an operator's access token, for programs and for trying the API by hand.</summary>
internal static class TokenCommand
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var command = new Command("token", "Prints an operator's access token, for the client of the settings whose role is operator. It is good for as long as Users:Lifetimes:Access says.");
        command.SetAction(async (_, ct) =>
        {
            try
            {
                var configuration = RunningSettings.Read();
                using var shop = OwnClient.Open(s_patience);
                shop.BaseAddress = OwnAddress.Of(configuration);
                Console.WriteLine(await OperatorToken.GetAsync(shop, configuration, ct));
                return 0;
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                await Console.Error.WriteLineAsync($"The shop did not answer within {s_patience.TotalSeconds:0} s: look whether it runs and is ready (health).");
                return 2;
            }
            catch (Exception fault) when (fault is ConfigurationFaultsException or HttpRequestException or UriFormatException or JsonException)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                return 2;
            }
        });
        return command;
    }
}
