using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayKeepAliveConnected() : KeepAliveReplay("Connected")
{
    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // The question for how the last operation ended becomes the question for the peer.
        var removed = Assert.Single(changes, line => line.Kind == DiffKind.Removed);
        Assert.Contains("kept.Connected", removed.Text);
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("kept.IsAlive()", StringComparison.Ordinal));
    }
}

public sealed class ReplayKeepAliveUnchecked() : KeepAliveReplay("Unchecked")
{
    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // What is taken out is asked for its peer, and what has none is closed.
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("IsAlive()", StringComparison.Ordinal));
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("Dispose()", StringComparison.Ordinal));
    }
}
