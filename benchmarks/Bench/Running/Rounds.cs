namespace Bench;

/// <summary>Runs the variants in turn, A B C A B C, so that what else the machine does in the meantime falls on all of them.</summary>
internal static class Rounds
{
    public static async Task<Results> RunAsync(IReadOnlyList<IVariant> variants, int rounds)
    {
        foreach (var variant in variants)
        {
            Console.Error.WriteLine($"  warming up: {variant.Name}");
            await variant.WarmUpAsync();
        }

        var samples = variants.ToDictionary(variant => variant.Name, _ => new List<Sample>());
        for (var round = 1; round <= rounds; round++)
        {
            foreach (var variant in variants)
            {
                var sample = await variant.RunAsync();
                samples[variant.Name].Add(sample);
                Console.Error.WriteLine($"  round {round} of {rounds}, {variant.Name}: {string.Join(", ", sample.Select(figure => $"{figure.Key.Name} {Spread.Format(figure.Value)}"))}");
            }
        }

        return new Results([.. variants.Select(variant => variant.Name)], samples);
    }
}

/// <summary>The samples of all rounds; the n-th of each variant are of the same round.</summary>
internal sealed record Results(IReadOnlyList<string> Variants, IReadOnlyDictionary<string, List<Sample>> Samples)
{
    public Spread? Of(string variant, Measure measure) => Spread.Over(Samples[variant].Where(sample => sample.ContainsKey(measure)).Select(sample => sample[measure]));

    /// <summary>As a multiple of the reference's, round by round: a slow minute of the machine is in both.</summary>
    public Spread? Ratio(string variant, string reference, Measure measure) => Spread.Over(
        from pair in Samples[variant].Zip(Samples[reference])
        where pair.First.ContainsKey(measure) && pair.Second.ContainsKey(measure) && pair.Second[measure] > 0
        select pair.First[measure] / pair.Second[measure]);
}
