using Shared.Kernel;
using Shared.Testing;

namespace Replay;

/// <summary>The command line. What is wrong with it is said at once, with the usage.</summary>
internal sealed record Options(
    string File, int Orders, double OrdersPerSecond, Uri Url, int Connections, string? Database, string DataFolder, TimeSpan Patience, bool DryRun, TopologyUnderTest? Own, string? Result)
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
          --own                 start a shop for this replay, on a database of its own, and stop it; none of the three above
          --out MODULE[,…]      the same with these modules in processes of their own
          --split               the same with every module in a process of its own
          --bus CARRIER         what takes messages between processes: rabbitmq (default) or postgres
          --databases one|each  one PostgreSQL server for all modules (default), or one for each
          --result FILE2        write what the replay came to, byte for byte the same whatever the topology: lines of JSON without ids and times
          --dry-run             read the file, print its figures and stop
        """;

    /// <exception cref="ArgumentException">Names what is wrong.</exception>
    public static Options Parse(IReadOnlyList<string> arguments)
    {
        IReadOnlyList<string>? outside = null;
        var (carrier, each) = (Carrier.RabbitMq, false);
        var options = new Options("", int.MaxValue, double.PositiveInfinity, new Uri("http://127.0.0.1:8080"), 8, null, "data", TimeSpan.FromSeconds(120), false, null, null);

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
                "--result" => options with { Result = Path.GetFullPath(Value()) is var result && Directory.Exists(Path.GetDirectoryName(result)) ? result : throw Wrong("is in no folder that exists") },
                "--own" => Started(outside ?? []),
                "--out" => Started(Modules(Value())),
                "--split" => Started(Oracle.Modules),
                "--bus" => Value() is "rabbitmq" or "postgres" ? Carried(Enum.Parse<Carrier>(arguments[i], ignoreCase: true)) : throw Wrong("is neither rabbitmq nor postgres"),
                "--databases" => Value() is "one" or "each" ? Placed(arguments[i] == "each") : throw Wrong("is neither one nor each"),
                ['-', ..] => throw new ArgumentException($"There is no option {arguments[i]}."),
                var file when options.File == "" => options with { File = file },
                var second => throw new ArgumentException($"One file is replayed at a time, not {options.File} and {second}."),
            };

            Options Started(IReadOnlyList<string> modules)
            {
                outside = modules;
                return options;
            }

            Options Carried(Carrier bus)
            {
                (outside, carrier) = (outside ?? [], bus);
                return options;
            }

            Options Placed(bool ofEach)
            {
                (outside, each) = (outside ?? [], ofEach);
                return options;
            }

            string Value() => ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            int Whole(string text) => int.TryParse(text, out var number) && number > 0 ? number : throw Wrong("is not a whole number above zero");
            string[] Modules(string text) => text.Split(',') is var modules && modules.FirstOrDefault(module => !Oracle.Modules.Contains(module)) is { } unknown
                ? throw Wrong($"names no module '{unknown}'; known are {string.Join(", ", Oracle.Modules)}") : modules;
            ArgumentException Wrong(string rule) => new($"{arguments[i - 1]}: {arguments[i]} {rule}.");
        }

        if (outside is not null) options = options with { Own = new(outside.Count == 0 ? TopologyPlan.AllInOne : new(outside, carrier), each) };
        if (options.Own is not null && arguments.Any(argument => argument is "--url" or "--database" or "--data"))
            throw new ArgumentException("--own, --out, --split, --bus and --databases start a shop of their own, for which --url, --database and --data are not given.");

        return options.File == "" ? throw new ArgumentException("Which file?") : options;
    }
}
