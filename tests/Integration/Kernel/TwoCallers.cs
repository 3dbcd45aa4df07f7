using System.Globalization;
using System.Text.RegularExpressions;
using Answering.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Shared.Kernel;
using Shared.Testing;
using Toys;

namespace Integration;

/// <summary>A module that asks and one that is asked, in one host or in two, on a database of their own.</summary>
public abstract class TwoCallers : IAsyncLifetime
{
    private readonly List<ModularHost> _hosts = [];
    private readonly List<string> _databases = [];

    public Callee<Questions.QuestionsClient> Callee => _hosts[^1].ServicesOf(Caller).GetRequiredService<Callee<Questions.QuestionsClient>>();

    public virtual string Caller => "asking";

    public FreePort CallPort { get; } = FreePort.Take();

    public Uri CallAddress => new($"http://127.0.0.1:{CallPort}");

    public abstract ValueTask InitializeAsync();

    /// <summary>How often the asking module has done without an answer, as its host's metrics say.</summary>
    public Task<double> FallbacksAsync() => MetricAsync("modular_calls_fallbacks_total");

    /// <summary>0 closed, 1 open. Of all hosts in this process whose caller has the same name.</summary>
    public Task<double> BreakerAsync() => MetricAsync("modular_calls_breaker");

    public async ValueTask DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_hosts)) await host.DisposeAsync();
        foreach (var database in _databases) await (await PostgresServer.SharedAsync()).DropDatabaseAsync(database);
        CallPort.Dispose();
        GC.SuppressFinalize(this);
    }

    internal Task StartAsync(IReadOnlyDictionary<string, string?> settings, params Module[] modules) => StartAsync("Development", settings, modules);

    internal async Task StartAsync(string environment, IReadOnlyDictionary<string, string?> settings, params Module[] modules)
    {
        var database = await (await PostgresServer.SharedAsync()).CreateDatabaseAsync();
        _databases.Add(database);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Urls"] = "http://127.0.0.1:0",
            ["Database:Administrator"] = database,
            ["Database:Secret"] = ModuleUnderTest.Secret,
            ["Logging:LogLevel:Default"] = "Critical",
            // Tests share two cores: who is slow is not away.
            ["Calls:Deadline"] = "00:00:05",
            ["Calls:Attempt"] = "00:00:02",
            ["Calls:BreakAfter"] = "1000",
        });
        builder.Configuration.AddInMemoryCollection(settings);
        _hosts.Add(await ModularHost.StartAsync(builder, modules, Manifest.Of([new AskingModule { Called = Caller }, new AnsweringModule()])));
    }

    private async Task<double> MetricAsync(string name)
    {
        using var http = new HttpClient { BaseAddress = _hosts[^1].Address };
        var metrics = await http.GetStringAsync(new Uri("/metrics", UriKind.Relative));
        var line = Regex.Match(metrics, $"^{name}{{[^}}]*caller=\"{Caller}\"[^}}]*}} ([0-9.]+)", RegexOptions.Multiline);
        // What was not counted since the exporter listens is not there yet.
        return line.Success ? double.Parse(line.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
    }
}

public sealed class Neighbours : TwoCallers
{
    public override async ValueTask InitializeAsync() => await StartAsync(new Dictionary<string, string?>(), new AskingModule(), new AnsweringModule());
}

/// <summary>Neighbours of which one does not wait long, for what it may not ask too often.</summary>
public sealed class StrictNeighbours : TwoCallers
{
    public override async ValueTask InitializeAsync() => await StartAsync(
        new Dictionary<string, string?> { ["Calls:Parallel"] = "1", ["Calls:BreakAfter"] = "2", ["Calls:BreakFor"] = "00:00:01" }, new AskingModule(), new AnsweringModule());
}

/// <summary>A module that asks one that is nowhere.</summary>
public sealed class AskingNobody : TwoCallers
{
    public override string Caller => "lonely";

    public override async ValueTask InitializeAsync() => await StartAsync(
        new Dictionary<string, string?> { ["Calls:Addresses:answering"] = $"{CallAddress}", ["Calls:Secret"] = ModuleUnderTest.Secret, ["Calls:BreakAfter"] = "2", ["Calls:BreakFor"] = "00:01:00" },
        new AskingModule { Called = Caller });
}

public sealed class ProductionHost : TwoCallers
{
    public override async ValueTask InitializeAsync() =>
        await StartAsync("Production", new Dictionary<string, string?> { ["Calls:Urls"] = $"{CallAddress}", ["Calls:Secret"] = ModuleUnderTest.Secret }, new AnsweringModule());
}

public sealed class HostsApart : TwoCallers
{
    public override async ValueTask InitializeAsync()
    {
        await StartAsync(new Dictionary<string, string?> { ["Calls:Urls"] = $"{CallAddress}", ["Calls:Secret"] = ModuleUnderTest.Secret }, new AnsweringModule());
        await StartAsync(new Dictionary<string, string?> { ["Calls:Addresses:answering"] = $"{CallAddress}", ["Calls:Secret"] = ModuleUnderTest.Secret }, new AskingModule());
    }
}
