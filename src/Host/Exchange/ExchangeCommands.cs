using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>export FOLDER, import FOLDER: a shop's data in files for other programs, by the shop's own API. A shop as a whole goes by backup and restore.</summary>
internal static class ExchangeCommands
{
    private const int Done = 0, SomeRefused = 1, Refused = 2;

    public static IEnumerable<Command> Create()
    {
        var folder = new Argument<string>("folder") { Description = "The folder of the files." };
        var url = new Option<string?>("--url") { Description = "The shop's address; without it, that of the settings." };
        var payment = new Option<string?>("--payment") { Description = "The payment token with which open orders are paid here." };

        var recount = new Option<bool>("--recount") { Description = "Corrects the stock of products that have some here already to that of the file. Without it, it is left as it is." };

        var export = new Command("export", $"Writes customers, products, stock and orders of a running shop into a new folder: {ExchangeFiles.Customers}, {ExchangeFiles.Products}, {ExchangeFiles.Stock}, {ExchangeFiles.Orders}. Personal data is in them.") { folder, url };
        export.SetAction((parsed, ct) => Run(parsed, url, async shop =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any()) throw new ExchangeException($"{path} is not empty: an export is never written over. Name another folder.");

            if (Directory.Exists(path)) Directory.Delete(path);
            // Under its name only when it is whole.
            var part = Directory.CreateDirectory($"{path}.part-{Environment.ProcessId}").FullName;
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            try
            {
                await new Export(shop, part).RunAsync(ct);
                Directory.Move(part, path);
                return Done;
            }
            finally
            {
                // Half of it is of no use, and has personal data in it.
                if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
            }
        }, ct));

        var import = new Command("import", $"Puts such files, all or some of them, into a running shop. Run again, it does what is left: nothing is done twice, as long as the folder keeps its {ExchangeFiles.Placed}. What the shop refuses is listed, and the rest is done.") { folder, url, payment, recount };
        import.SetAction((parsed, ct) => Run(parsed, url, async shop =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            if (!Directory.Exists(path)) throw new ExchangeException($"There is no folder {path}.");

            return await new Import(shop, path, parsed.GetValue(payment), parsed.GetValue(recount)).RunAsync(ct) ? Done : SomeRefused;
        }, ct));
        return [export, import];
    }

    private static async Task<int> Run(ParseResult parsed, Option<string?> url, Func<ShopApi, Task<int>> run, CancellationToken ct)
    {
        try
        {
            var address = parsed.GetValue(url) is not { } said ? null
                : Uri.TryCreate(said, UriKind.Absolute, out var given) && (given.Scheme == Uri.UriSchemeHttp || given.Scheme == Uri.UriSchemeHttps) ? given
                : throw new ExchangeException($"--url is '{said}': give the shop's address, such as http://127.0.0.1:8080.");
            using var shop = await ShopApi.OpenAsync(RunningSettings.Read(), address, ct);
            return await run(shop);
        }
        catch (HttpRequestException fault) when (fault.InnerException is SocketException)
        {
            await Console.Error.WriteLineAsync($"No shop answers: {fault.Message} Start it, or name its address by --url.");
            return Refused;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"The shop did not answer within {ShopApi.Patience.TotalMinutes:0} minutes. Look whether it runs, and run this again.");
            return Refused;
        }
        catch (JsonException fault)
        {
            await Console.Error.WriteLineAsync($"What answers is no shop, or not one of this version: {fault.Message}");
            return Refused;
        }
        catch (Exception fault) when (fault is ExchangeException or ConfigurationFaultsException or HttpRequestException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(fault.Message);
            return Refused;
        }
    }
}
