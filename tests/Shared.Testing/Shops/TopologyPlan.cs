using Shared.Kernel;

namespace Shared.Testing;

/// <summary>What a topology stands on: where its hosts are to listen, and its servers.</summary>
/// <param name="Addresses">Of each host.</param>
/// <param name="CallAddresses">Of each host, for calls between modules.</param>
/// <param name="Administrators">Module → an administrator's connection to the database of its data.</param>
/// <param name="Secret">From which the modules' passwords are derived, and by which their calls know each other.</param>
/// <param name="Bus">An administrator's connection to the database of the PostgreSQL carrier.</param>
public sealed record TopologyGround(
    IReadOnlyDictionary<string, Uri> Addresses, IReadOnlyDictionary<string, Uri> CallAddresses, IReadOnlyDictionary<string, string> Administrators, string Secret, Uri? RabbitMq = null, string? Bus = null);

/// <summary>
/// Which hosts a topology has and what each is told: a module that is out has a host of its own, named like it; the rest is in the host "main", which is the gateway, and only that if all are out.
/// </summary>
/// <param name="Outside">The modules with a host of their own.</param>
/// <param name="Carrier">Between the hosts.</param>
public sealed record TopologyPlan(IReadOnlyList<string> Outside, Carrier Carrier)
{
    public const string Main = "main";

    private static readonly Lazy<Manifest> Written = new(() => Manifest.Read(Path.Combine(Path.GetDirectoryName(HostProgram.Find())!, "modules.json")));

    /// <summary>Carriers that may still hold messages of an earlier topology.</summary>
    public IReadOnlyList<Carrier> Drain { get; init; } = [];

    /// <summary>Whether hosts have further instances: then a message to a neighbour takes the shared carrier too.</summary>
    public bool Scaled { get; init; }

    public static TopologyPlan AllInOne { get; } = new([], Carrier.None);

    public IReadOnlyList<string> Hosts => [Main, .. Outside];

    public string HostOf(string module) => Outside.Contains(module) ? module : Main;

    public IReadOnlyList<string> ModulesOf(string host) => host == Main ? [.. Oracle.Modules.Except(Outside)] : [host];

    public bool Uses(Carrier carrier) => Carrier == carrier || Drain.Contains(carrier);

    /// <summary>A host's settings, by the names in docs/configuration.md.</summary>
    public Dictionary<string, string?> SettingsOf(string host, TopologyGround ground)
    {
        var here = ModulesOf(host);
        var settings = new Dictionary<string, string?>
        {
            ["Modules"] = here.Count == 0 ? Topology.NoModule : string.Join(',', here),
            ["Gateway"] = host == Main ? "true" : "false",
            ["Carrier"] = $"{Carrier}",
            ["Drain"] = string.Join(',', Drain),
            ["Scaled"] = Scaled ? string.Join(',', here) : "",
            ["Database:Secret"] = ground.Secret,
            ["Urls"] = Url(ground.Addresses[host]),
        };
        if (Uses(Carrier.RabbitMq)) settings["RabbitMq"] = $"{ground.RabbitMq}";
        if (ground.Bus is not null) settings["Bus:Administrator"] = ground.Bus;

        var databases = here.Select(module => ground.Administrators[module]).Distinct().ToArray();
        if (databases.Length == 1) settings["Database:Administrator"] = databases[0];
        else foreach (var module in here) settings[$"Database:Administrators:{module}"] = ground.Administrators[module];

        // The gateway forwards to all; any other host only asks where the keys of the tokens are.
        foreach (var module in Oracle.Modules.Except(here).Where(module => host == Main || module == "users"))
            settings[$"Addresses:{module}"] = Url(ground.Addresses[HostOf(module)]);

        if (Outside.Count > 0)
        {
            settings["Calls:Urls"] = Url(ground.CallAddresses[host]);
            settings["Calls:Secret"] = ground.Secret;
            foreach (var callee in Written.Value.Modules.Where(module => here.Contains(module.Name)).SelectMany(module => module.Calls).Except(here))
                settings[$"Calls:Addresses:{callee}"] = Url(ground.CallAddresses[HostOf(callee)]);
        }

        return settings;
    }

    private static string Url(Uri address) => address.ToString().TrimEnd('/');
}
