using System.Net.Http.Json;
using System.Text.Json;
using Shared.Kernel;

namespace Host;

/// <summary>A host of the topology, as it is said to be and as it answers.</summary>
/// <param name="Said">The modules that the settings say it runs; empty for a gateway only.</param>
/// <param name="Is">What it answers; null if it does not.</param>
/// <param name="Statuses">Of the modules that it runs; null for one that cannot answer.</param>
internal sealed record RunningHost(string Name, Uri Address, IReadOnlyList<string> Said, int? Process, RunningHost.Answer? Is, IReadOnlyDictionary<string, ModuleStatus?> Statuses, string? Fault)
{
    private const string This = "this";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public sealed record Answer(IReadOnlyList<string> Here, string Carrier, IReadOnlyList<string> Drain, IReadOnlyList<string> Scaled, bool Gateway, string Version)
    {
        public bool ListensTo(string carrier) => Carrier == carrier || Drain.Contains(carrier);
    }

    /// <summary>The hosts that a launcher has written down, or those that this host's settings name; each is asked.</summary>
    public static async Task<IReadOnlyList<RunningHost>> FindAsync(IConfiguration configuration, IReadOnlyList<string> modules)
    {
        var launched = configuration.GetSection("Hosts").GetChildren()
            .Select(host => new RunningHost(host["Name"]!, new Uri(host["Address"]!), Names(host["Modules"]), host.GetValue<int?>("Process"), null, Empty, null)).ToArray();
        var hosts = launched.Length > 0 ? launched : Configured(configuration, modules);

        using var http = new HttpClient { Timeout = Patience };
        using var own = OwnClient.Open(Patience);
        return await Task.WhenAll(hosts.Select(host => host.AskedAsync(host.Name == This ? own : http)));
    }

    private static readonly Dictionary<string, ModuleStatus?> Empty = [];

    private static RunningHost[] Configured(IConfiguration configuration, IReadOnlyList<string> modules)
    {
        var here = configuration["Modules"] switch { null or "*" => modules, Topology.NoModule => [], var named => Names(named) };
        var elsewhere =
            from module in configuration.GetSection("Addresses").GetChildren()
            from address in Names(module.Value)
            group module.Key by address into host
            select new RunningHost(string.Join('+', host), new Uri(host.Key), [.. host], null, null, Empty, null);
        return [new(This, OwnAddress.Of(configuration), here, null, null, Empty, null), .. elsewhere];
    }

    private async Task<RunningHost> AskedAsync(HttpClient http)
    {
        try
        {
            var answer = (await http.GetFromJsonAsync<Answer>(new Uri(Address, "/topology")))!;
            var statuses = await Task.WhenAll(answer.Here.Select(async module => (module, Status: await StatusAsync(http, module))));
            return this with { Is = answer, Statuses = statuses.ToDictionary(status => status.module, status => status.Status) };
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException)
        {
            return this with { Fault = fault is OperationCanceledException ? $"no answer within {Patience.TotalSeconds:0} s" : fault.Message };
        }
    }

    private async Task<ModuleStatus?> StatusAsync(HttpClient http, string module)
    {
        try
        {
            return await http.GetFromJsonAsync<ModuleStatus>(new Uri(Address, $"/v1/{module}/status"));
        }
        catch (Exception fault) when (fault is HttpRequestException or OperationCanceledException or JsonException)
        {
            return null;
        }
    }

    private static string[] Names(string? list) => (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
