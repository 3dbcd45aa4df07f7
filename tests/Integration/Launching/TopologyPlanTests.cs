using Microsoft.Extensions.Configuration;
using Shared.Kernel;
using Shared.Testing;

namespace Integration;

public sealed class TopologyPlanTests
{
    [Fact]
    public void all_in_one_is_one_host_without_a_carrier()
    {
        var settings = Settings(TopologyPlan.AllInOne, TopologyPlan.Main);

        Assert.Equal([TopologyPlan.Main], TopologyPlan.AllInOne.Hosts);
        Assert.Equal((string.Join(',', Oracle.Modules), "None", "Host=one"), (settings["Modules"], settings["Carrier"], settings["Database:Administrator"]));
        Assert.DoesNotContain(settings.Keys, key => key.StartsWith("Addresses", StringComparison.Ordinal) || key.StartsWith("Calls", StringComparison.Ordinal) || key == "RabbitMq");
    }

    [Fact]
    public void a_module_that_is_out_has_a_host_of_its_own_and_knows_where_tokens_are_issued()
    {
        var plan = new TopologyPlan(["inventory"], Carrier.RabbitMq);
        var main = Settings(plan, TopologyPlan.Main);
        var inventory = Settings(plan, "inventory");

        Assert.Equal(("users,catalog,orders,billing,shipping", "true", "http://127.0.0.1:2"), (main["Modules"], main["Gateway"], main["Addresses:inventory"]));
        Assert.Equal(("inventory", "false", "http://127.0.0.1:1", "amqp://broker/"), (inventory["Modules"], inventory["Gateway"], inventory["Addresses:users"], inventory["RabbitMq"]));
        Assert.DoesNotContain("Addresses:orders", inventory.Keys);
    }

    [Fact]
    public void a_full_split_leaves_the_gateway_alone()
    {
        var plan = new TopologyPlan(Oracle.Modules, Carrier.RabbitMq);
        var main = Settings(plan, TopologyPlan.Main);

        Assert.Equal(7, plan.Hosts.Count);
        Assert.Equal(Topology.NoModule, main["Modules"]);
        Assert.Equal(6, main.Keys.Count(key => key.StartsWith("Addresses:", StringComparison.Ordinal)));
        Assert.Equal("http://127.0.0.1:107", Settings(plan, "orders")["Calls:Addresses:shipping"]);
        Assert.DoesNotContain("Calls:Addresses:shipping", Settings(plan, "users").Keys);
    }

    [Fact]
    public void modules_with_servers_of_their_own_are_told_each_its_own()
    {
        var plan = new TopologyPlan(["inventory"], Carrier.Postgres);
        var each = Oracle.Modules.ToDictionary(module => module, module => $"Host={module}");

        Assert.Equal("Host=inventory", Settings(plan, "inventory", each)["Database:Administrator"]);
        Assert.Equal(("Host=users", "Host=orders"), (Settings(plan, TopologyPlan.Main, each)["Database:Administrators:users"], Settings(plan, TopologyPlan.Main, each)["Database:Administrators:orders"]));
        Assert.Equal("Host=bus", Settings(plan, "inventory", each)["Bus:Administrator"]);
    }

    [Fact]
    public void what_a_plan_says_is_without_a_fault()
    {
        foreach (var plan in new[] { TopologyPlan.AllInOne, new(["inventory", "billing"], Carrier.Postgres), new(Oracle.Modules, Carrier.RabbitMq) { Drain = [Carrier.Postgres] } })
            foreach (var host in plan.Hosts)
            {
                var faults = new List<string>();
                var configuration = new ConfigurationBuilder().AddInMemoryCollection(Settings(plan, host)).Build();
                var topology = Topology.Read(configuration, Oracle.Modules, faults);
                Databases.Read(configuration, "Database", topology.Here, faults);

                Assert.Empty(faults);
                Assert.Equal(plan.ModulesOf(host), topology.Here);
            }
    }

    private static Dictionary<string, string?> Settings(TopologyPlan plan, string host, IReadOnlyDictionary<string, string>? databases = null) => plan.SettingsOf(host, new TopologyGround(
        Ports(plan, 1), Ports(plan, 101), databases ?? Oracle.Modules.ToDictionary(module => module, _ => "Host=one"), "sixteen-characters", new Uri("amqp://broker/"), "Host=bus"));

    private static Dictionary<string, Uri> Ports(TopologyPlan plan, int first) => plan.Hosts.Select((host, i) => (host, new Uri($"http://127.0.0.1:{first + i}"))).ToDictionary();
}
