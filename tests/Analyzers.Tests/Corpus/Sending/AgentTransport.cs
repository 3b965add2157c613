// The transport of a remote agent: connection handling. Heartbeats are in AgentTransport.Heartbeat.cs.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.AgentTransport;

public sealed partial class AgentLine : IDisposable
{
    private readonly Socket _socket;
    private readonly ILogger _log;
    private int _frames;
    private volatile bool _shutdown;

    public AgentLine(Socket socket, JobBoard board, ILogger log)
    {
        (_socket, _log) = (socket, log);
        board.JobQueued += OnJobQueued;
        board.JobCancelled += OnJobCancelled;
        StartHeartbeat();
    }

    private void OnJobQueued(object? sender, int job)
    {
        Dispatch(Command.Start, job); //! LCA2001
    }

    // ok LCA2001: the flag stands in this half
    private void OnJobCancelled(object? sender, int job)
    {
        if (_shutdown) return;
        Dispatch(Command.Cancel, job);
    }

    // ok LCA2001: no callback
    public void Restart(int job) => Dispatch(Command.Start, job);

    private void Dispatch(Command command, int job) => WriteFrame((byte)command, BitConverter.GetBytes(job));

    public void Dispose()
    {
        _shutdown = true;
        _timer.Dispose();
        _socket.Dispose();
        _log.LogInformation("{Count} frames", _frames);
    }

    private enum Command : byte { Start = 1, Cancel = 2, Beat = 3 }
}

public sealed class JobBoard
{
    public event EventHandler<int>? JobQueued;
    public event EventHandler<int>? JobCancelled;
    public event EventHandler<int>? JobMoved;

    public void Queue(int job) => JobQueued?.Invoke(this, job);

    public void Cancel(int job) => JobCancelled?.Invoke(this, job);

    public void Move(int job) => JobMoved?.Invoke(this, job);
}

public sealed partial class GuardedAgentLine(Socket socket) : IDisposable
{
    private volatile bool _shutdown;

    // ok LCA2001: the choke point in the other half asks
    public void Watch(JobBoard board)
    {
        board.JobQueued += (_, job) => WriteFrame(1, job);
        board.JobMoved += OnMoved;
    }

    private void OnMoved(object? sender, int job) => WriteFrame(4, job);

    public void Dispose()
    {
        _shutdown = true;
        socket.Dispose();
    }
}
