namespace Bench;

/// <summary>What is hot is compiled anew while it runs, which takes the larger variants a minute.</summary>
internal static class WarmUp
{
    /// <summary>Repeats a load until it brings no more than those before it, ten times at most.</summary>
    /// <param name="load">Answers how much it brought, in any unit.</param>
    public static async Task UntilNoQuickerAsync(Func<Task<double>> load)
    {
        var most = 0.0;
        for (var loads = 0; loads < 10; loads++)
        {
            var brought = await load();
            if (brought < 1.05 * most) return;
            most = Math.Max(most, brought);
        }
    }
}
