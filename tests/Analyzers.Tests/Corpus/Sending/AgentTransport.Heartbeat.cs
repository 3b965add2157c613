// The other half of the agent's transport: framing and heartbeats.
using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Corpus.Sending.AgentTransport;

public sealed partial class AgentLine
{
    private Timer _timer;

    [MemberNotNull(nameof(_timer))]
    private void StartHeartbeat() => _timer = new Timer(Beat, null, 1000, 1000);

    private void Beat(object? state)
    {
        if (_frames > 0 && _frames % 10 == 0) _log.BeginScope(_frames)?.Dispose();
        WriteFrame((byte)Command.Beat, []); //! LCA2001
    }

    private void WriteFrame(byte kind, byte[] body)
    {
        _frames++;
        _socket.Send([kind, (byte)body.Length, .. body]);
    }
}

public sealed partial class GuardedAgentLine
{
    private bool Usable => !_shutdown && socket.Connected;

    private void WriteFrame(byte kind, int job)
    {
        if (!Usable) return;
        socket.Send([kind, .. BitConverter.GetBytes(job)]);
    }
}

/// <summary>A server of agents, whose base class subscribes and whose derived class answers.</summary>
public abstract class AgentEndpoint
{
    protected AgentEndpoint(JobBoard board)
    {
        board.JobQueued += HandleQueued;
        board.JobMoved += HandleMoved;
        board.JobCancelled += (_, job) => HandleCancelled(job); //! LCA2001
    }

    // ok LCA2001: what the base does by itself sends nothing
    protected virtual void HandleQueued(object? sender, int job) { }

    private void HandleMoved(object? sender, int job)
    {
        if (CanReach(job)) MoveOn(job);
    }

    protected abstract bool CanReach(int job);

    protected abstract void MoveOn(int job);

    protected abstract void HandleCancelled(int job);
}

public sealed class TcpAgentEndpoint(NetworkStream stream, TcpClient client, JobBoard board) : AgentEndpoint(board)
{
    // This override is what the event calls.
    protected override void HandleQueued(object? sender, int job)
    {
        stream.WriteByte((byte)job); //! LCA2001
    }

    // ok LCA2001: CanReach, the only override of the check, asks the client
    protected override bool CanReach(int job) => client.Connected;

    protected override void MoveOn(int job)
    {
        if (client.Connected) stream.WriteByte((byte)job);
    }

    protected override void HandleCancelled(int job) => stream.WriteByte((byte)~job);
}
