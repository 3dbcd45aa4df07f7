namespace Bench;

/// <summary>One of the ways to do the same thing that are compared; the processes in which it does it are its own.</summary>
internal interface IVariant : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Runs until what is compiled and cached at first use is so.</summary>
    Task WarmUpAsync();

    /// <summary>One round; what it leaves behind must not disturb the next variant's.</summary>
    Task<Sample> RunAsync();
}

/// <summary>What is measured, by the name under which the page shows it.</summary>
/// <param name="Compared">Whether the page shows it as a multiple of the reference's, and as bars.</param>
internal sealed record Measure(string Name, bool Compared = false);

/// <summary>One round's figures. One that a variant does not have is left out.</summary>
internal sealed class Sample : Dictionary<Measure, double>;
