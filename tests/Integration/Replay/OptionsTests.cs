using Replay;

namespace Integration;

public sealed class OptionsTests
{
    [Fact]
    public void everything_but_the_file_has_a_default()
    {
        var options = Options.Parse(["orders.csv.gz"]);

        Assert.Equal(("orders.csv.gz", int.MaxValue, double.PositiveInfinity, 8, 120), (options.File, options.Orders, options.OrdersPerSecond, options.Connections, options.Patience.TotalSeconds));
        Assert.Equal("http://127.0.0.1:8080/", options.Url.ToString());
    }

    [Fact]
    public void every_option_is_read()
    {
        var options = Options.Parse(["--orders", "100", "f", "--speed", "50", "--connections", "2", "--url", "http://shop:1", "--database", "Host=x", "--data", "d", "--patience", "7", "--result", "/tmp/result", "--dry-run"]);

        Assert.Equal(new Options("f", 100, 50, new Uri("http://shop:1"), 2, "Host=x", "d", TimeSpan.FromSeconds(7), true, null, "/tmp/result"), options);
        Assert.Equal(double.PositiveInfinity, Options.Parse(["f", "--speed", "max"]).OrdersPerSecond);
        Assert.Equal(["inventory", "billing"], Options.Parse(["f", "--own", "--out", "inventory,billing"]).Own!.Plan.Outside);
        var split = Options.Parse(["f", "--split", "--bus", "postgres", "--databases", "each"]).Own!;
        Assert.Equal((Shared.Testing.Oracle.Modules.Count, Shared.Kernel.Carrier.Postgres, true), (split.Plan.Outside.Count, split.Plan.Carrier, split.ServerEach));
    }

    [Theory]
    [InlineData("Which file", "--dry-run")]
    [InlineData("--orders needs a value", "f", "--orders")]
    [InlineData("--orders: 0 is not a whole number", "f", "--orders", "0")]
    [InlineData("--speed: fast", "f", "--speed", "fast")]
    [InlineData("--url: shop", "f", "--url", "shop")]
    [InlineData("no option --order", "f", "--order", "5")]
    [InlineData("not f and g", "f", "g")]
    [InlineData("no module 'stock'", "f", "--out", "stock")]
    [InlineData("--result: /nowhere/result", "f", "--result", "/nowhere/result")]
    [InlineData("--own, --out", "f", "--own", "--url", "http://shop:1")]
    public void what_is_wrong_is_named(string named, params string[] arguments) =>
        Assert.Contains(named, Assert.Throws<ArgumentException>(() => Options.Parse(arguments)).Message, StringComparison.Ordinal);
}
