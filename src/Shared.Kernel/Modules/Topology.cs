using Microsoft.Extensions.Configuration;

namespace Shared.Kernel;

/// <summary>What takes messages between processes. Neighbours in one process hand over in process.</summary>
public enum Carrier
{
    /// <summary>Every module is in this process.</summary>
    None,

    RabbitMq,

    /// <summary>A table that all modules reach, in the shop's database or one of its own.</summary>
    Postgres,
}

/// <summary>Which modules run in this host, where the others are, and how messages reach them. Configuration only; docs/configuration.md lists the settings.</summary>
public sealed record Topology
{
    /// <summary>Said of a host that is the gateway only, so that a list left empty by mistake stays a fault.</summary>
    public const string NoModule = "none";

    public required IReadOnlyList<string> Here { get; init; }

    /// <summary>The base addresses of each module that runs in other hosts: one for each instance.</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<Uri>> Elsewhere { get; init; }

    /// <summary>Whether this host forwards requests for modules elsewhere.</summary>
    public required bool Gateway { get; init; }

    /// <summary>How long a forwarded request may stand still before it is given up.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>How often each instance elsewhere is asked whether it is ready.</summary>
    public required TimeSpan Probes { get; init; }

    public required IReadOnlyDictionary<string, Canary> Canaries { get; init; }

    public required Carrier Carrier { get; init; }

    /// <summary>Carriers used before the topology changed: still listened to until they are empty.</summary>
    public required IReadOnlyList<Carrier> Drain { get; init; }

    /// <summary>Modules here that have instances in other hosts too: messages to them take the shared carrier, or those instances would get nothing.</summary>
    public required IReadOnlyList<string> Scaled { get; init; }

    public required Uri? Broker { get; init; }

    /// <summary>Whether the program may declare its queues at the broker; elsewhere somebody imports their definitions.</summary>
    public required bool DeclaresQueues { get; init; }

    /// <summary>How many outgoing messages of one module may wait before its commands that publish are refused.</summary>
    public required int MostOutgoing { get; init; }

    /// <summary>How often each module looks for dead letters that nobody was told of.</summary>
    public required TimeSpan DeadLettersEvery { get; init; }

    internal bool Uses(Carrier carrier) => Carrier == carrier || Drain.Contains(carrier);

    internal bool HandsOverInProcess(string module) => Here.Contains(module) && (Carrier == Carrier.None || !Scaled.Contains(module));

    /// <summary>Reads the settings and adds every fault found to <paramref name="faults"/>.</summary>
    public static Topology Read(IConfiguration configuration, IReadOnlyList<string> known, ICollection<string> faults)
    {
        var here = Names("Modules", "*");
        var scaled = Names("Scaled", "");
        var elsewhere = configuration.GetSection("Addresses").GetChildren().Where(entry => IsKnown(entry.Key, "Addresses"))
            .Select(entry => (entry.Key, Addresses: Addresses($"Addresses:{entry.Key}"))).Where(entry => entry.Addresses.Count > 0)
            .ToDictionary(entry => entry.Key, entry => entry.Addresses);

        var carrier = ReadCarrier(configuration["Carrier"] ?? "None", "Carrier");
        var drain = List("Drain", "").Select(name => ReadCarrier(name, "Drain")).ToArray();
        var broker = Uri.TryCreate(configuration["RabbitMq"], UriKind.Absolute, out var uri) && uri.Scheme is "amqp" or "amqps" ? uri : null;
        if (!bool.TryParse(configuration["Gateway"] ?? "true", out var gateway)) faults.Add($"Gateway is '{configuration["Gateway"]}': it must be true or false.");
        var canaries = configuration.GetSection("Canary").GetChildren().Where(entry => IsKnown(entry.Key, "Canary")).ToDictionary(entry => entry.Key, ReadCanary);

        if (!int.TryParse(configuration["Messages:MostOutgoing"] ?? "100000", out var mostOutgoing) || mostOutgoing < 1)
            faults.Add($"Messages:MostOutgoing is '{configuration["Messages:MostOutgoing"]}': it must be a number of messages above zero.");
        if (here.Count == 0 && configuration["Modules"] != NoModule)
            faults.Add($"Modules names none: say '*', some of {string.Join(", ", known)}, or '{NoModule}' for a host that is the gateway only.");
        if (configuration["Modules"] == NoModule && !gateway) faults.Add($"Modules is '{NoModule}' and Gateway is false: such a host has nothing to do. Name modules, or leave Gateway on.");
        foreach (var module in here.Where(elsewhere.ContainsKey)) faults.Add($"The module '{module}' is both in this host (Modules) and elsewhere (Addresses:{module}): remove one.");
        if (gateway)
            foreach (var module in known.Except(here).Where(module => !elsewhere.ContainsKey(module)))
                faults.Add($"The module '{module}' is neither in this host (Modules) nor has it an address: set Addresses:{module}, or Gateway=false on a host that forwards nothing.");
        if (carrier == Carrier.None && here.Count > 0 && known.Except(here).Any())
            faults.Add($"Carrier is None, but {string.Join(", ", known.Except(here))} run in other processes: their messages need a carrier, such as Carrier=RabbitMq or Carrier=Postgres.");
        if (carrier == Carrier.None && scaled.Count > 0) faults.Add("Scaled is set but Carrier is None: instances in other processes need a carrier, such as Carrier=RabbitMq.");
        if ((carrier == Carrier.RabbitMq || drain.Contains(Carrier.RabbitMq)) && broker is null)
            faults.Add($"RabbitMq is '{configuration["RabbitMq"]}': the carrier RabbitMq needs the broker's address, such as amqp://user:password@127.0.0.1:5672.");

        return new Topology
        {
            Here = here, Elsewhere = elsewhere, Gateway = gateway, Timeout = Time("Gateway:Timeout", "00:01:00"), Probes = Time("Gateway:Probes", "00:00:05"), Canaries = canaries,
            Carrier = carrier, Drain = drain, Scaled = scaled, Broker = broker, MostOutgoing = mostOutgoing, DeclaresQueues = configuration.GetValue("RabbitMqDeclares", true), DeadLettersEvery = Time("Messages:DeadLettersEvery", "00:05:00"),
        };

        IReadOnlyList<string> Names(string setting, string otherwise)
        {
            var names = List(setting, otherwise);
            return names is ["*"] ? known : names is [NoModule] ? [] : [.. names.Where(name => IsKnown(name, setting))];
        }

        string[] List(string setting, string otherwise) =>
            (configuration[setting] ?? otherwise).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

        bool IsKnown(string name, string setting)
        {
            if (known.Contains(name)) return true;
            faults.Add($"{setting}: no module is named '{name}'. Known: {string.Join(", ", known)}.");
            return false;
        }

        IReadOnlyList<Uri> Addresses(string setting)
        {
            var good = new List<Uri>();
            foreach (var given in List(setting, "").DefaultIfEmpty(""))
                if (Uri.TryCreate(given, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") good.Add(address);
                else faults.Add($"{setting} is '{given}': it must be an absolute http or https address, such as http://127.0.0.1:8081, or several with commas.");
            return good;
        }

        Canary ReadCanary(IConfigurationSection entry)
        {
            var setting = $"Canary:{entry.Key}";
            foreach (var odd in entry.GetChildren().Select(child => child.Key).Except(["Addresses", "Weight", "Header"], StringComparer.OrdinalIgnoreCase))
                faults.Add($"{setting}:{odd} is no setting. Known: Addresses, Weight, Header.");
            if (!gateway || !elsewhere.ContainsKey(entry.Key))
                faults.Add($"{setting} is set, but this host does not forward to the module '{entry.Key}': set Addresses:{entry.Key} to its stable instances and Gateway=true, or remove it.");
            if (!int.TryParse(entry["Weight"] ?? "0", out var weight) || weight is < 0 or > 100) faults.Add($"{setting}:Weight is '{entry["Weight"]}': it must be a percentage, 0 to 100.");
            var header = entry["Header"] ?? "X-Canary";
            if (header.Length == 0 || !header.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) faults.Add($"{setting}:Header is '{header}': it must be a header's name of letters, digits and hyphens.");
            return new Canary(Addresses($"{setting}:Addresses"), weight, header);
        }

        TimeSpan Time(string setting, string otherwise)
        {
            if (TimeSpan.TryParse(configuration[setting] ?? otherwise, out var time) && time > TimeSpan.Zero && time <= TimeSpan.FromDays(1)) return time;
            faults.Add($"{setting} is '{configuration[setting]}': it must be a time above zero and up to a day, such as {otherwise}.");
            return TimeSpan.FromDays(1);
        }

        Carrier ReadCarrier(string name, string setting)
        {
            if (Enum.TryParse<Carrier>(name, ignoreCase: true, out var read) && Enum.IsDefined(read)) return read;
            faults.Add($"{setting}: no carrier is named '{name}'. Known: {string.Join(", ", Enum.GetNames<Carrier>())}.");
            return Carrier.None;
        }
    }
}

/// <summary>Instances of a module elsewhere that get only a part of its requests.</summary>
/// <param name="Weight">Percent of the requests, 0 to 100.</param>
/// <param name="Header">By which a request chooses for itself: <c>always</c> or <c>true</c> for the canary, <c>never</c> for the stable instances.</param>
public sealed record Canary(IReadOnlyList<Uri> Addresses, int Weight, string Header);

/// <summary>The host is not started: every fault of its configuration at once.</summary>
public sealed class ConfigurationFaultsException(IReadOnlyCollection<string> faults)
    : Exception($"The host was not started, {faults.Count} {(faults.Count == 1 ? "fault" : "faults")} in its configuration:\n" + string.Join("\n", faults.Select(fault => "  * " + fault)))
{
    public IReadOnlyCollection<string> Faults { get; } = faults;
}
