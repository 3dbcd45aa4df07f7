using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Shared.Kernel;
using Shared.Testing;

namespace Launcher;

/// <summary>The command line, with every fault in it at once.</summary>
/// <param name="Settings">Given as --Name=value, for every host.</param>
internal sealed record Options(TopologyPlan Plan, bool DatabasesEach, IReadOnlyList<string> Settings, IConfiguration Configuration)
{
    // Each host is told its own: what is set from outside would be overruled, or overrule.
    private static readonly string[] Ours = ["Modules", "Addresses", "Gateway", "Carrier", "Drain", "Scaled", "RabbitMq", "Bus", "Calls", "Database"];

    private static readonly Option<bool> Split = new("--split") { Description = "Every module in a process of its own, and the gateway in one." };
    private static readonly Option<string?> Out = new("--out") { Description = "These modules in processes of their own, such as inventory,billing; the rest in one, which is the gateway.", HelpName = "modules" };
    private static readonly Option<string?> Bus = new("--bus") { Description = $"What takes messages between the processes: {Listed(Carriers)}. Default: rabbitmq.", HelpName = "carrier" };
    private static readonly Option<string?> DatabasesOf = new("--databases") { Description = "one: a PostgreSQL server for all modules (default); each: a server for each.", HelpName = "one|each" };

    private static readonly RootCommand Root = new("./modular run: the shop as several processes, or on several database servers, on this machine. --Name=value is a setting for every host.")
    {
        Split, Out, Bus, DatabasesOf,
    };

    static Options() => Root.TreatUnmatchedTokensAsErrors = false;

    public string Data => Path.GetFullPath(Configuration["Data"] ?? "data");

    /// <summary>Where the shop is to be reached: as its host is told, but an address that can be called.</summary>
    public Uri Address => AddressIn(Configuration);

    private static IEnumerable<string> Carriers => Enum.GetValues<Carrier>().Where(carrier => carrier != Carrier.None).Select(carrier => $"{carrier}".ToLowerInvariant());

    /// <summary>Null if help was asked for, and given.</summary>
    public static Options? Parse(IReadOnlyList<string> arguments, ICollection<string> faults)
    {
        var parsed = Root.Parse(arguments);
        if (parsed.Action is not null && parsed.Errors.Count == 0)
        {
            parsed.Invoke();
            return null;
        }

        foreach (var error in parsed.Errors) faults.Add(error.Message);
        var settings = parsed.UnmatchedTokens;
        foreach (var token in settings.Where(token => !token.StartsWith("--", StringComparison.Ordinal) || !token.Contains('=')))
            faults.Add($"{token} is no option, nor a setting for the hosts, which is written --Name=value.");
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine([.. settings.Where(token => token.Contains('='))]).Build();
        foreach (var ours in Ours.Where(name => configuration.GetSection(name).Exists()))
            faults.Add($"The setting {ours} is given, but with these options each host is told its own: take it away (from the environment too), or run without --split, --out, --bus and --databases.");

        var databases = parsed.GetValue(DatabasesOf) ?? "one";
        if (databases is not ("one" or "each")) faults.Add($"--databases: '{databases}' is neither one nor each.");
        var plan = PlanOf(parsed, faults);
        CheckAddress(configuration, faults);
        return new Options(plan, databases == "each", [.. settings.Where(token => !token.StartsWith("--urls=", StringComparison.OrdinalIgnoreCase))], configuration);
    }

    private static TopologyPlan PlanOf(ParseResult parsed, ICollection<string> faults)
    {
        var split = parsed.GetValue(Split);
        var named = parsed.GetValue(Out)?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct().ToArray();
        var bus = parsed.GetValue(Bus);

        foreach (var unknown in (named ?? []).Except(Oracle.Modules)) faults.Add($"--out: no module is named '{unknown}'. Known: {Listed(Oracle.Modules)}.");
        if (named is []) faults.Add($"--out names no module. Known: {Listed(Oracle.Modules)}.");
        if (split && named is not null) faults.Add("--split takes every module out, --out only some: say one of them.");
        if (bus is not null && !split && named is null) faults.Add("--bus is what takes messages between processes, and there is one process only: say --split or --out too.");
        if (bus is not null && !Carriers.Contains(bus)) faults.Add($"--bus: no carrier is named '{bus}'. Known: {Listed(Carriers)}.");
        if (faults.Count > 0 || (!split && named is null)) return TopologyPlan.AllInOne;

        return new TopologyPlan(split ? Oracle.Modules : [.. Oracle.Modules.Intersect(named!)], Enum.Parse<Carrier>(bus ?? "rabbitmq", ignoreCase: true));
    }

    private static void CheckAddress(IConfiguration configuration, ICollection<string> faults)
    {
        if (!Uri.TryCreate(Urls(configuration), UriKind.Absolute, out var address) || address.Scheme != "http")
        {
            faults.Add($"Urls is '{Urls(configuration)}': the shop needs an address such as http://127.0.0.1:8080.");
            return;
        }

        try
        {
            using var listener = new TcpListener(IPAddress.Any, address.Port);
            listener.Start();
        }
        catch (SocketException)
        {
            faults.Add($"Another program listens on port {address.Port}: end it, or name another address by --Urls=http://….");
        }
    }

    private static string Urls(IConfiguration configuration) =>
        (configuration["Urls"] ?? configuration["ASPNETCORE_URLS"] ?? "http://127.0.0.1:8080").Split(';')[0].Replace("//+", "//0.0.0.0", StringComparison.Ordinal).Replace("//*", "//0.0.0.0", StringComparison.Ordinal);

    private static Uri AddressIn(IConfiguration configuration) => new(Urls(configuration));

    private static string Listed(IEnumerable<string> names) => string.Join(", ", names);
}
