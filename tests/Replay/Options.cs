namespace Replay;

/// <summary>The command line. What is wrong with it is said at once, with the usage.</summary>
internal sealed record Options(
    string File, int Orders, double OrdersPerSecond, Uri Url, int Connections, string? Database, string DataFolder, TimeSpan Patience, bool DryRun)
{
    public const string Usage = """
        Usage: ./modular replay FILE [options]
          FILE                  the retail file: CSV, plain or gzipped
          --orders N            only the first N clean orders, and the cancellations that undo one of them
          --speed max|N         place at most N orders a second (default: max)
          --connections N       connections to the shop (default: 8)
          --url URL             the shop's address (default: http://127.0.0.1:8080)
          --database STRING     an administrator's connection string to the shop's database
          --data FOLDER         the data folder of the running host, by which its embedded database is found (default: ./data)
          --patience SECONDS    how long one request is repeated while the shop does not answer (default: 120)
          --dry-run             read the file, print its figures and stop
        """;

    /// <exception cref="ArgumentException">Names what is wrong.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options("", int.MaxValue, double.PositiveInfinity, new Uri("http://127.0.0.1:8080"), 8, null, "data", TimeSpan.FromSeconds(120), false);

        for (var i = 0; i < arguments.Count; i++)
        {
            options = arguments[i] switch
            {
                "--dry-run" => options with { DryRun = true },
                "--orders" => options with { Orders = Whole(Value()) },
                "--speed" => options with { OrdersPerSecond = Value() is var speed && speed == "max" ? double.PositiveInfinity : Whole(speed) },
                "--connections" => options with { Connections = Whole(Value()) },
                "--url" => options with { Url = Uri.TryCreate(Value(), UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw Wrong("is not an http address") },
                "--database" => options with { Database = Value() },
                "--data" => options with { DataFolder = Value() },
                "--patience" => options with { Patience = TimeSpan.FromSeconds(Whole(Value())) },
                "--out" => throw new ArgumentException("--out is understood by ./modular replay, which starts the hosts; this program only needs their --url."),
                ['-', ..] => throw new ArgumentException($"There is no option {arguments[i]}."),
                var file when options.File == "" => options with { File = file },
                var second => throw new ArgumentException($"One file is replayed at a time, not {options.File} and {second}."),
            };

            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            int Whole(string text) => int.TryParse(text, out var number) && number > 0 ? number : throw Wrong("is not a whole number above zero");
            ArgumentException Wrong(string rule) => new($"{arguments[i - 1]}: {arguments[i]} {rule}.");
        }

        return options.File == "" ? throw new ArgumentException("Which file?") : options;
    }
}
