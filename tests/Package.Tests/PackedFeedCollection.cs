namespace LifecycleAnalyzers.Package.Tests;

/// <summary>The tests share one pack, and run one after the other: each of them starts a build.</summary>
[CollectionDefinition]
public sealed class PackedFeedCollection : ICollectionFixture<PackedFeed>;
