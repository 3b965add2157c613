using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>Seven places in one proxy, each with a fix of its own: they compose, in any order.</summary>
public sealed class ReplayProxyAtFullSize() : IncidentReplay("ProxyAtFullSize")
{
    protected override int Times => 1;

    protected override void FailsAsInTheIncident(ChildRun run)
    {
        // All is well with a target that works; what the TLS door forgets stays counted and open, until the other door's process dies.
        Assert.True(run.Output.Length == 5, run.ToString());
        Assert.Equal("working: ended 80 of 80, active 0, sockets 0", run.Output[0]);
        Assert.Matches(@"^TLS, target refuses: ended \d+ of 40, active 40, sockets \+\d+$", run.Output[1]);
        Assert.Matches(@"^TLS, no handshake: ended \d+ of 80, active 120, sockets \+\d+$", run.Output[2]);
        Assert.Matches(@"^TLS, connect times out: ended \d+ of 40, active 160, sockets \+\d+$", run.Output[3]);
        Assert.Matches(@"^dying: active (1[6-9]\d|200), sockets \+\d+$", run.Output[4]);
        Crashed(run);
        Assert.StartsWith("System.Net.Sockets.SocketException", run.Crash, StringComparison.Ordinal);
        Assert.Contains(run.CrashStack, frame => frame.Contains("TcpProxy.Serve", StringComparison.Ordinal));
    }

    protected override void DoesItsWork(ChildRun run)
    {
        Assert.True(run.Output.LastOrDefault() == "RESULT ok", run.ToString());
        Assert.Equal("memory flat", run.Output[^2]);
        var parts = run.Output.RemoveRange(run.Output.Length - 2, 2);
        Assert.Equal(11, parts.Length);
        Assert.All(parts, part => Assert.Matches(@": ended (\d+) of \1, active 0, sockets 0$", part));
    }

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        var added = changes.Where(line => line.Kind == DiffKind.Added).Select(line => line.Text.Trim()).ToList();
        Assert.Equal(2, added.Count(text => text == "Interlocked.Decrement(ref _active);"));
        Assert.Equal(2, added.Count(text => text == "client.Dispose();"));
        Assert.Contains("near.Dispose();", added);
        Assert.Contains(added, text => text.StartsWith("catch (Exception", StringComparison.Ordinal));
    }
}
