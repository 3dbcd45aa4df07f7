using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace Shared.Kernel;

/// <summary>The settings <c>Calls:…</c>, of all modules of a host; docs/configuration.md lists them.</summary>
internal sealed record CallSettings(Uri? Urls, IReadOnlyDictionary<string, Uri> Addresses, byte[] Key, TimeSpan Deadline, TimeSpan Attempt, int Parallel, int BreakAfter, TimeSpan BreakFor)
{
    private const int ShortestSecret = 16;

    /// <summary>Reads the settings and adds every fault found to <paramref name="faults"/>.</summary>
    public static CallSettings Read(IConfiguration configuration, IReadOnlyList<Module> here, ICollection<string> faults)
    {
        var addresses = configuration.GetSection("Calls:Addresses").GetChildren().ToDictionary(entry => entry.Key, entry => Address(entry.Value, $"Calls:Addresses:{entry.Key}"));
        var urls = configuration["Calls:Urls"] is { } given ? Address(given, "Calls:Urls") : null;
        var secret = configuration["Calls:Secret"];
        if (urls is not null || addresses.Count > 0)
            if (secret is null || secret.Length < ShortestSecret)
                faults.Add($"Calls:Secret must have at least {ShortestSecret} characters, the same in all hosts: by it a module knows who calls it from another host.");

        var calls = here.ToDictionary(module => module.Name, CallMap.Of);
        foreach (var (module, map) in calls)
        {
            foreach (var fault in map.FaultsOf(here.Single(known => known.Name == module))) faults.Add(fault);
            foreach (var service in map.Asked)
            {
                var callee = CallMap.ModuleOf(service);
                if (calls.TryGetValue(callee, out var neighbour))
                {
                    if (!neighbour.Answered.Contains(service)) faults.Add($"{module} asks {service.FullName}, which {callee} does not answer: say Answers<…>() in {callee}'s Calls.");
                    if (addresses.ContainsKey(callee)) faults.Add($"The module '{callee}' is both in this host (Modules) and elsewhere (Calls:Addresses:{callee}): remove one.");
                }
                else if (!addresses.ContainsKey(callee))
                    faults.Add($"{module} asks {callee}, which is not in this host: set Calls:Addresses:{callee} to the Calls:Urls of the host that runs it, such as http://127.0.0.1:9081.");
            }
        }

        var settings = new CallSettings(urls, addresses, KeyOf(secret), Time("Deadline", 2500), Time("Attempt", 1000), Count("Parallel", 64, 1), Count("BreakAfter", 6, 2), Time("BreakFor", 5000));
        if (settings.Attempt > settings.Deadline) faults.Add($"Calls:Attempt is {settings.Attempt}, and must not be longer than Calls:Deadline, {settings.Deadline}: a call is made of attempts.");
        return settings;

        Uri Address(string? text, string setting)
        {
            if (Uri.TryCreate(text?.Replace("//*", "//0.0.0.0", StringComparison.Ordinal), UriKind.Absolute, out var address) && address.Scheme is "http") return address;
            faults.Add($"{setting} is '{text}': it must be an absolute http address, such as http://127.0.0.1:9081. Calls are HTTP/2 without TLS, on a port of their own.");
            return new Uri("http://nowhere");
        }

        TimeSpan Time(string name, int milliseconds)
        {
            if (configuration[$"Calls:{name}"] is not { } text) return TimeSpan.FromMilliseconds(milliseconds);
            if (TimeSpan.TryParse(text, out var time) && time >= TimeSpan.FromMilliseconds(500) && time <= TimeSpan.FromMinutes(1)) return time;
            faults.Add($"Calls:{name} is '{text}': it must be a time of 00:00:00.5 to 00:01:00.");
            return TimeSpan.FromMilliseconds(milliseconds);
        }

        int Count(string name, int unsaid, int least)
        {
            if (configuration[$"Calls:{name}"] is not { } text) return unsaid;
            if (int.TryParse(text, out var count) && count >= least && count <= 10_000) return count;
            faults.Add($"Calls:{name} is '{text}': it must be a number of {least} to 10000.");
            return unsaid;
        }
    }

    // Without a secret nobody calls from outside, and the neighbours share this process's own.
    internal static byte[] KeyOf(string? secret) => secret is null ? RandomNumberGenerator.GetBytes(32) : HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), "modular-calls"u8);
}
