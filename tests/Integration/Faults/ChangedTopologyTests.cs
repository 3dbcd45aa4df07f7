using Shared.Kernel;
using Shared.Testing;

namespace Integration;

/// <summary>The same data under one topology after the other, with orders in every state and messages wherever they can be: nothing is lost, nothing is doubled.</summary>
[Trait(Topologies.Runs, Topologies.Slow)]
public sealed class ChangedTopologyTests
{
    private const int Orders = 12;

    private static readonly TopologyPlan
        All = TopologyPlan.AllInOne,
        Out = new(["inventory"], Carrier.RabbitMq),
        Split = new(Oracle.Modules, Carrier.RabbitMq),
        SplitByPostgres = new(Oracle.Modules, Carrier.Postgres);

    [Fact]
    public Task from_all_in_one_to_one_out_to_split_by_both_carriers_and_back() => SurvivesAsync(All, Out, Split, SplitByPostgres, All);

    [Fact, Trait(Topologies.Runs, Topologies.Long)]
    public Task the_other_directions() => SurvivesAsync(Split, Out, All, Split, All, SplitByPostgres, Split, SplitByPostgres, Out, Split);

    [Fact]
    public async Task a_second_instance_with_the_new_settings_starts_while_the_old_one_runs()
    {
        // What a neighbour hands over in process reaches that neighbour only: before it gets a second instance, its senders are on a shared carrier.
        await using var shop = await Shop.StartAsync(new TopologyUnderTest(All, ServerEach: false), scaled: true);
        using var before = await Shopper.OperatorAsync(shop);
        await before.ReceiveAsync("tea", 1000);
        var placing = before.PlaceAsync("tea", orders: 100, connections: 2);

        await shop.RollAsync(Out with { Scaled = true }, async () =>
        {
            using var after = await Shopper.OperatorAsync(shop);
            await after.PlaceAsync("tea", Orders, connections: 2);
            await placing;
        });

        await shop.MustHoldAsync(new Known { AcknowledgedOrders = before.Promised }, TimeSpan.FromSeconds(90));
        Assert.Equal(100 + Orders, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }

    private static async Task SurvivesAsync(TopologyPlan first, params TopologyPlan[] then)
    {
        await using var shop = await Shop.StartAsync(new TopologyUnderTest(first, ServerEach: false));
        var promised = new List<Guid>();
        using (var shopper = await Shopper.OperatorAsync(shop))
        {
            await shopper.ReceiveAsync("tea", 10_000);
            // One order is left in each state that waits for a person.
            await shopper.UntilAsync(await shopper.PlaceAsync("tea"), "confirmed");
            await shopper.UntilAsync(await shopper.PlaceAsync("nothing of this is there"), "cancelled");
            promised.AddRange(shopper.Promised);
        }

        foreach (var (next, kill) in then.Select((plan, i) => (plan, Kill: i % 2 == 0)))
        {
            using (var shopper = await Shopper.OperatorAsync(shop))
            {
                // Payments that are tried again later, and others whose messages are on their way when everything stops, in order or not.
                await shopper.PlaceAsync("tea", Orders, connections: 4, n => n % 4 == 0 ? "test-lost-answer" : "test-ok");
                promised.AddRange(shopper.Promised);
            }

            await shop.ChangeAsync(next, kill);
        }

        using var last = await Shopper.OperatorAsync(shop);
        await last.UntilAsync(await last.PlaceAsync("tea"), "confirmed");
        promised.AddRange(last.Promised);
        await shop.MustHoldAsync(new Known { AcknowledgedOrders = promised, AcknowledgedAreAll = true }, TimeSpan.FromSeconds(90));
        Assert.Equal(promised.Count - 1, await shop.QueryAsync<long>("select count(*) from orders.mt_doc_order where data->>'status' = 'confirmed'"));
    }
}
