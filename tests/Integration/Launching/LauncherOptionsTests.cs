using Launcher;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

public sealed class LauncherOptionsTests
{
    [Fact]
    public void a_split_is_every_module_over_rabbitmq_and_one_server()
    {
        var options = Parsed("--split", "--Orders:StockTimeout=00:01:00");

        Assert.Equal((6, Carrier.RabbitMq, false), (options.Plan.Outside.Count, options.Plan.Carrier, options.DatabasesEach));
        Assert.Contains("--Orders:StockTimeout=00:01:00", options.Settings);
        Assert.DoesNotContain(options.Settings, setting => setting.StartsWith("--Urls", StringComparison.Ordinal));
    }

    [Fact]
    public void some_may_be_out_over_postgres_with_a_server_each()
    {
        var options = Parsed("--out", "billing,inventory", "--bus", "postgres", "--databases=each");

        Assert.Equal(["inventory", "billing"], options.Plan.Outside);
        Assert.Equal((Carrier.Postgres, true), (options.Plan.Carrier, options.DatabasesEach));
    }

    [Fact]
    public void all_of_them_out_is_a_split() => Assert.Equal(Parsed("--split").Plan.Hosts, Parsed("--out", string.Join(',', Oracle.Modules.Reverse())).Plan.Hosts);

    [Fact]
    public void every_fault_is_named_at_once()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        var faults = new List<string>();
        Options.Parse(["--split", "--out", "inventory,stock", "--bus", "pigeon", "--databases", "two", "here", "--Carrier=None", $"--Urls=http://{taken.LocalEndpoint}"], faults);

        Assert.Collection(faults.Order(StringComparer.Ordinal),
            fault => Assert.Contains("pigeon", fault, StringComparison.Ordinal),
            fault => Assert.Contains("neither one nor each", fault, StringComparison.Ordinal),
            fault => Assert.Contains("no module is named 'stock'. Known: users", fault, StringComparison.Ordinal),
            fault => Assert.Contains("--split takes every module out", fault, StringComparison.Ordinal),
            fault => Assert.Contains("Another program listens on port", fault, StringComparison.Ordinal),
            fault => Assert.Contains("The setting Carrier is given", fault, StringComparison.Ordinal),
            fault => Assert.Contains("here is no option", fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("there is one process only", "--bus", "rabbitmq")]
    [InlineData("--out names no module", "--out", ",")]
    [InlineData("--out names no module", "--out")]
    [InlineData("no carrier is named ''", "--split", "--bus")]
    [InlineData("'--bus'", "--split", "--bus", "rabbitmq", "--bus", "postgres")]
    [InlineData("needs an address", "--split", "--Urls=ftp://x")]
    public void what_is_wrong_is_named(string named, params string[] arguments)
    {
        var faults = new List<string>();
        Options.Parse(arguments is [.., "--Urls=ftp://x"] ? arguments : [Free, .. arguments], faults);

        Assert.Contains(named, Assert.Single(faults), StringComparison.Ordinal);
    }

    private static string Free
    {
        get
        {
            using var port = FreePort.Take();
            return $"--Urls=http://127.0.0.1:{port}";
        }
    }

    private static Options Parsed(params string[] arguments)
    {
        var faults = new List<string>();
        var options = Options.Parse([Free, .. arguments], faults);
        Assert.Empty(faults);
        return options!;
    }
}
