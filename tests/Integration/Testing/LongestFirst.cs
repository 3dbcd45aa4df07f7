using Integration;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Integration;

/// <summary>Classes begin in this order, so that none of those that take a minute or more is left alone at the end of a run. All others follow.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Long =
    [
        nameof(ReplayTests), nameof(LostAnswerTests), nameof(ResultTests), nameof(WritePathTests), nameof(ReceivePathTests), nameof(ReactionPathTests),
        nameof(ChangedTopologyTests), nameof(LauncherTests), nameof(CarrierChangeTests), nameof(BackupTests), nameof(BrokerTests),
    ];

    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections) where TTestCollection : ITestCollection =>
        [.. testCollections.OrderBy(collection => Array.FindIndex(Long, name => collection.TestCollectionDisplayName.Contains($"Integration.{name} ", StringComparison.Ordinal)) is >= 0 and var place ? place : Long.Length)];
}
