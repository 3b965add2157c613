using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

public sealed class ReplayProxy() : IncidentReplay("Proxy")
{
    private static readonly string[] _workingTarget = ["target working", "sent 5", "received 5", "closed 5", "active 0", "open-sockets 0"];

    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        Assert.StartsWith("System.Net.Sockets.SocketException", run.Crash, StringComparison.Ordinal);
        Assert.Contains(run.CrashStack, frame => frame.Contains("UpstreamConnection.OpenAsync", StringComparison.Ordinal));
        Assert.Contains(run.CrashStack, frame => frame.Contains("ThreadPoolWorkQueue.Dispatch", StringComparison.Ordinal));

        // At the moment of its death the proxy still counted the client and held its socket.
        Assert.Equal([.. _workingTarget, "target refusing", "active 1", "open-sockets 1"], run.Output);
    }

    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        [.. _workingTarget, "target refusing", "sent 0", "received 0", "closed 5", "active 0", "open-sockets 0", "RESULT ok"],
        run.Output);

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // The subscription moves as it is, comment included: what is removed there is added before the opening.
        static IEnumerable<string> Texts(IEnumerable<DiffLine> lines, DiffKind kind) =>
            lines.Where(line => line.Kind == kind && line.Text.Trim().Length > 0).Select(line => line.Text);

        Assert.Equal(Texts(changes, DiffKind.Removed), Texts(changes, DiffKind.Added));
        Assert.Contains(Texts(changes, DiffKind.Added), text => text.Contains("upstream.Error +=", StringComparison.Ordinal));
        Assert.Contains(Texts(changes, DiffKind.Added), text => text.Contains("// a target that fails ends the client too", StringComparison.Ordinal));
        var opening = Incident.Marks.Single().Line;
        Assert.All(changes.Where(line => line.Kind == DiffKind.Removed), line => Assert.True(line.Number > opening));
        Assert.True(changes.First(line => line.Kind == DiffKind.Added).Number <= opening);
    }
}
