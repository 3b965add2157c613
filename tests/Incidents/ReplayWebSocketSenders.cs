using System.Collections.Immutable;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>Three senders on one connection, and a server that reads whole messages and nothing else.</summary>
public abstract class WebSocketSendersReplay(string form) : IncidentReplay($"WebSocketSenders/{form}")
{
    protected override void DoesItsWork(ChildRun run) => Assert.Equal(
        ["the server ended the first connection", "the server has read them all", "torn 0", "in order 1", "twice 0", "lost 0", "unreported 0", "open-sockets 0", "RESULT ok"],
        run.Output);
}

public sealed class ReplayWebSocketSendersPlain() : WebSocketSendersReplay("Plain")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        Crashed(run);
        // A send that finds the connection ended throws the one; one that is under way when the connection is aborted the other.
        Assert.Matches(@"^System\.(Net\.WebSockets\.WebSocketException|OperationCanceledException)\b", run.Crash);
        Assert.Contains(run.CrashStack, frame => frame.Contains("DeviceClient.SendAsync", StringComparison.Ordinal));

        // A frame of one message between two of another; and then the senders meet a connection that the server has ended.
        Assert.Equal(
            ["the server ended the first connection", "the server gives up: these are not whole messages"],
            run.Output);
    }

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // One gate for all three senders, held for all frames of a message, and a send that answers.
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("SendGate", StringComparison.Ordinal));
        Assert.Contains(changes, line => line.Kind == DiffKind.Added && line.Text.Contains("EnterAsync", StringComparison.Ordinal));
    }
}

public sealed class ReplayWebSocketSendersTls() : WebSocketSendersReplay("Tls")
{
    protected override void FailsAsInTheIncident(ChildRun run)
    {
        // The second writer of a TLS stream is refused, where the first one waits for the server.
        Crashed(run);
        Assert.StartsWith("System.NotSupportedException", run.Crash, StringComparison.Ordinal);
        Assert.Contains(run.CrashStack, frame => frame.Contains("MessageSocket.SendAsync", StringComparison.Ordinal));
        Assert.Equal(["the server ended the first connection"], run.Output);
    }

    protected override void IsRepairedInPlace(ImmutableArray<DiffLine> changes)
    {
        // The gate stands beside the stream, where every frame goes out, and the callbacks ask whether there is anything to send on.
        Assert.Equal(
            ["if (!socket.IsOpen) return;", "private readonly SendGate _streamGate = new();", "using (await _streamGate.EnterAsync(stop))"],
            changes.Where(line => line.Kind == DiffKind.Added).Select(line => line.Text.Trim()).Where(text => text.Contains("Gate", StringComparison.Ordinal) || text.Contains("IsOpen", StringComparison.Ordinal)));
    }
}
