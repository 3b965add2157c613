namespace LifecycleAnalyzers.Runtime;

/// <summary>A pool as its gauge sees it, whatever its connections are.</summary>
internal interface ICountedPool
{
    string Name { get; }

    int Idle { get; }

    int Used { get; }
}
