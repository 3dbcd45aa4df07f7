using Shared.Testing;

namespace Integration;

/// <summary>The start-up hook in a process that passes checkpoints when it is asked to.</summary>
public sealed class KillAtTests
{
    private const string Inventory = "module://inventory/when-order-placed";

    [Fact]
    public async Task the_process_dies_at_the_named_checkpoint_and_has_told_so()
    {
        await using var host = await Start(new KillAt("reaction.before-commit"));

        await Pass(host, "reaction.after-commit");
        Assert.Null(host.KilledAt);
        await Assert.ThrowsAsync<HttpRequestException>(() => Pass(host, "reaction.before-commit"));

        Assert.Equal(9, (await host.WaitForExitAsync()).Signal);
        Assert.Equal("reaction.before-commit", host.KilledAt);
    }

    [Fact]
    public async Task only_the_named_destination_kills()
    {
        await using var host = await Start(new KillAt("reaction.before-commit", Inventory));

        await Pass(host, "reaction.before-commit");
        await Pass(host, "reaction.before-commit", "module://billing/when-order-placed");
        await Assert.ThrowsAsync<HttpRequestException>(() => Pass(host, "reaction.before-commit", Inventory));

        Assert.Equal($"reaction.before-commit@{Inventory}", host.KilledAt);
    }

    [Fact]
    public async Task the_third_time_kills_when_the_third_is_asked_for()
    {
        await using var host = await Start(new KillAt("reaction.before-commit", Inventory, Time: 3));

        await Pass(host, "reaction.before-commit", Inventory);
        await Pass(host, "reaction.before-commit", Inventory);
        await Assert.ThrowsAsync<HttpRequestException>(() => Pass(host, "reaction.before-commit", Inventory));

        Assert.Equal(9, (await host.WaitForExitAsync()).Signal);
    }

    [Fact]
    public async Task a_point_may_be_named_while_the_process_runs()
    {
        await using var host = await Start(KillAt.NamedLater);

        await Pass(host, "reaction.before-commit");
        host.DieAt(new KillAt("reaction.before-commit", Time: 2));
        await Pass(host, "reaction.before-commit");
        await Assert.ThrowsAsync<HttpRequestException>(() => Pass(host, "reaction.before-commit"));

        Assert.Equal("reaction.before-commit", host.KilledAt);
    }

    private static Task<HostProcess> Start(KillAt killAt) =>
        HostProcess.StartReadyAsync(new Dictionary<string, string?>(), killAt, program: HostProgram.Built("tests/StandInHost", "StandInHost"));

    private static async Task Pass(HostProcess host, string checkpoint, string? destination = null)
    {
        var query = destination is null ? "" : $"?destination={destination}";
        using var answer = await host.Http.PostAsync(new Uri($"/pass/{checkpoint}{query}", UriKind.Relative), null, TestContext.Current.CancellationToken);
        answer.EnsureSuccessStatusCode();
    }
}
