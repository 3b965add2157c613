// Layers of packet streams with back-pressure: the base class resumes, the layers write.
using System.Net.Sockets;

namespace Corpus.Sending.BackpressureStreams;

public enum Phase { Opening, Open, Closing, Closed }

public abstract class PacketStream
{
    private readonly Queue<byte[]> _queue = new();

    protected PacketStream(Throttle throttle)
    {
        throttle.Released += OnReleased;
        throttle.Tick += OnTick;
    }

    public Phase State { get; protected set; } = Phase.Opening;

    // ok LCA2001: a send of the caller's
    public void Write(byte[] packet)
    {
        _queue.Enqueue(packet);
        if (State == Phase.Open) Pump();
    }

    private void OnReleased(object? sender, EventArgs e)
    {
        Pump(); //! LCA2001
    }

    // ok LCA2001: the base class asks its own state
    private void OnTick(object? sender, EventArgs e)
    {
        if (State != Phase.Open) return;
        Pump();
    }

    private void Pump()
    {
        while (_queue.TryDequeue(out var packet)) Transmit(packet);
    }

    protected abstract void Transmit(byte[] packet);

    public abstract void Close();
}

public sealed class Throttle
{
    public event EventHandler? Released;
    public event EventHandler? Tick;

    public void Release() => Released?.Invoke(this, EventArgs.Empty);

    public void OnClock() => Tick?.Invoke(this, EventArgs.Empty);
}

public sealed class SocketPacketStream(Socket socket, Throttle throttle) : PacketStream(throttle)
{
    protected override void Transmit(byte[] packet) => socket.Send(packet);

    public override void Close()
    {
        State = Phase.Closing;
        socket.Dispose();
        State = Phase.Closed;
    }
}

/// <summary>The same base, but every layer below it refuses quietly when it is closing.</summary>
public abstract class QuietPacketStream
{
    private readonly Queue<byte[]> _queue = new();

    protected QuietPacketStream(Throttle throttle) => throttle.Released += OnReleased;

    // ok LCA2001: each override asks before it sends
    private void OnReleased(object? sender, EventArgs e)
    {
        while (_queue.TryDequeue(out var packet)) Transmit(packet);
    }

    protected abstract void Transmit(byte[] packet);
}

public sealed class FlaggedPacketStream(Socket socket, Throttle throttle) : QuietPacketStream(throttle), IDisposable
{
    private bool _closed;

    protected override void Transmit(byte[] packet)
    {
        if (_closed) return;
        socket.Send(packet);
    }

    public void Dispose()
    {
        _closed = true;
        socket.Dispose();
    }
}

public sealed class CatchingPacketStream(NetworkStream stream, Throttle throttle) : QuietPacketStream(throttle)
{
    private int _lost;

    public int Lost => _lost;

    protected override void Transmit(byte[] packet)
    {
        try
        {
            stream.Write(packet);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
            _lost++;
        }
    }
}
