// A multiplexer of the house: its streams throw when they are no longer writable, and nobody wrote an attribute on anything.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Sites.Sending.MuxStreams;

public enum LaneState { Fresh, Flowing, Ending, Ended }

/// <summary>No conventional name; what it requires is told by how its methods begin.</summary>
public abstract class Lane(ILogger log)
{
    private readonly Queue<byte[]> _pending = new();

    protected ILogger Log => log;

    public LaneState Phase { get; protected set; } = LaneState.Flowing;

    public int Credit { get; private set; } = 16;

    public void Put(byte[] chunk)
    {
        if (Phase != LaneState.Flowing) throw new InvalidOperationException($"lane is {Phase}");
        if (Credit == 0)
        {
            _pending.Enqueue(chunk);
            return;
        }

        Credit--;
        Emit(chunk);
    }

    protected abstract void Emit(byte[] chunk);

    protected void Grant(int credit) => Credit += credit;

    protected bool TakePending(out byte[] chunk) => _pending.TryDequeue(out chunk!);

    public virtual void End() => Phase = LaneState.Ended;
}

public sealed class TcpLane(Socket socket, ILogger log) : Lane(log)
{
    protected override void Emit(byte[] chunk) => socket.Send(chunk);

    public override void End()
    {
        Phase = LaneState.Ending;
        socket.Close(1);
        base.End();
    }
}

public interface IClockwork
{
    event EventHandler? Struck;
    event EventHandler<int>? Credited;
}

public sealed class Striker
{
    private readonly Lane _lane;

    public Striker(Lane lane, IClockwork clock)
    {
        _lane = lane;
        clock.Struck += OnStruck;
    }

    private void OnStruck(object? sender, EventArgs e)
    {
        _lane.Put("dong"u8.ToArray()); //! LCA2001
    }
}

public sealed class CheckedStriker
{
    private readonly Lane _lane;

    public CheckedStriker(Lane lane, IClockwork clock)
    {
        _lane = lane;
        clock.Struck += OnStruck;
    }

    // ok LCA2001: what Put requires is asked for before
    private void OnStruck(object? sender, EventArgs e)
    {
        if (_lane.Phase == LaneState.Flowing) _lane.Put("dong"u8.ToArray());
    }
}

public interface IFrameChannel : IDisposable
{
    event EventHandler? Drained;
    bool IsOpen { get; }
    void Write(byte[] frame);
    void Close();
}

/// <summary>Template: the base class subscribes, the derived classes do the work. The class goes on in MuxStreams.Callbacks.cs.</summary>
public abstract partial class FrameMux
{
    private readonly IFrameChannel _channel;
    private readonly LinkedList<byte[]> _frames = new();

    protected FrameMux(IFrameChannel channel, IClockwork clock)
    {
        _channel = channel;
        _channel.Drained += OnDrained;
        clock.Struck += OnStruck;
    }

    protected IFrameChannel Channel => _channel;

    protected abstract void Beat(int number);

    public void Enqueue(byte[] frame)
    {
        lock (_frames) _frames.AddLast(frame);
    }

    private void Pump()
    {
        while (Next() is { } frame) _channel.Write(frame);
    }

    private byte[]? Next()
    {
        lock (_frames)
        {
            var first = _frames.First;
            if (first is null) return null;
            _frames.RemoveFirst();
            return first.Value;
        }
    }
}

public sealed class QuietMux(IFrameChannel channel, IClockwork clock) : FrameMux(channel, clock)
{
    // ok LCA2001: this override asks
    protected override void Beat(int number)
    {
        if (Channel.IsOpen) Channel.Write([(byte)number]);
    }
}

public sealed class LoudMux(IFrameChannel channel, IClockwork clock) : FrameMux(channel, clock)
{
    protected override void Beat(int number) => Channel.Write([0xFF, (byte)number]);
}

public abstract partial class CarefulFrameMux
{
    private readonly IFrameChannel _channel;
    private readonly Queue<byte[]> _frames = new();

    protected CarefulFrameMux(IFrameChannel channel, IClockwork clock)
    {
        _channel = channel;
        _channel.Drained += OnDrained;
        clock.Struck += OnStruck;
    }

    protected abstract void Beat(int number);

    protected void Write(byte[] frame) => _channel.Write(frame);

    private bool CanPump => _channel.IsOpen && _frames.Count > 0;

    private void Pump()
    {
        while (CanPump) _channel.Write(_frames.Dequeue());
    }
}

public sealed class ShortMux(IFrameChannel channel, IClockwork clock) : CarefulFrameMux(channel, clock)
{
    protected override void Beat(int number) => Write([(byte)number]);
}

/// <summary>Encrypts for an inner channel; the status of the outer one counts for the inner one.</summary>
public sealed class SealedChannel : IDisposable
{
    private readonly IFrameChannel _inner;
    private readonly ILogger _log;

    public SealedChannel(IFrameChannel inner, ILogger log)
    {
        (_inner, _log) = (inner, log);
        _inner.Drained += OnDrained;
    }

    public bool IsOpen => !_ended && _inner.IsOpen;

    private bool _ended;

    // ok LCA2001: the outer status is asked
    private void OnDrained(object? sender, EventArgs e)
    {
        if (!IsOpen)
        {
            _log.LogTrace("drained, but ended");
            return;
        }

        SendSealed([1, 2, 3]);
    }

    public void SendSealed(byte[] plain)
    {
        var cipher = Array.ConvertAll(plain, b => (byte)(b ^ 0x5A));
        _inner.Write(cipher);
    }

    public void Dispose()
    {
        _ended = true;
        _inner.Close();
    }
}
