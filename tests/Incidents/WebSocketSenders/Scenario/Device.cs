using System.Collections.Concurrent;

namespace Incidents.WebSocketSenders;

/// <summary>A device with three senders: a timer, the handler of a command, and the handler that hears of a reconnect.</summary>
public abstract class Device : IAsyncDisposable
{
    private int _snapshots;
    private int _begun;

    public event EventHandler<string>? CommandReceived;

    public event EventHandler? Reconnected;

    /// <summary>The messages that went out in full.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>How many messages somebody wanted to send.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>How often the timer has come.</summary>
    public int Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>Connects, for the first time or again, and reads commands until the server ends the connection.</summary>
    public abstract Task RunAsync(Uri server, CancellationToken stop);

    /// <summary>Says goodbye, and waits until the server has, too: that is when <see cref="RunAsync"/> ends.</summary>
    public abstract Task CloseAsync(CancellationToken stop);

    public abstract ValueTask DisposeAsync();

    protected string NextSnapshot() => $"snapshot {Interlocked.Increment(ref _snapshots)}";

    protected void Begin() => Interlocked.Increment(ref _begun);

    protected void Receive(string command) => CommandReceived?.Invoke(this, command);

    protected void Reconnect() => Reconnected?.Invoke(this, EventArgs.Empty);
}
