using System.CommandLine;
using Shared.Kernel;

namespace Host;

/// <summary>token: an operator's access token, for programs and for trying the API by hand.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var command = new Command("token", "Prints an operator's access token, for the client of the settings whose role is operator. It is good for as long as Users:Lifetimes:Access says.");
        command.SetAction(async (_, ct) =>
        {
            try
            {
                var configuration = RunningSettings.Read();
                using var shop = OwnClient.Open(TimeSpan.FromSeconds(30));
                shop.BaseAddress = OwnAddress.Of(configuration);
                Console.WriteLine(await OperatorToken.GetAsync(shop, configuration, ct));
                return 0;
            }
            catch (Exception fault) when (fault is ConfigurationFaultsException or HttpRequestException or UriFormatException)
            {
                await Console.Error.WriteLineAsync(fault.Message);
                return 2;
            }
        });
        return command;
    }
}
