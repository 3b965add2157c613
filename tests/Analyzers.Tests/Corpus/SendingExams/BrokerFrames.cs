// A broker's wire protocol: frames are queued, the socket's writer tells when there is room again.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.BrokerFrames;

public enum ChannelStatus { Opening, Open, Closing, Closed }

public interface IFrameSink
{
    ChannelStatus Status { get; }
    void Write(ReadOnlySpan<byte> frame);
    void Close();
}

public sealed class RoomEventArgs(int bytes) : EventArgs
{
    public int Bytes { get; } = bytes;
}

public abstract class FrameChannel(ILogger log) : IFrameSink
{
    private readonly ConcurrentQueue<byte[]> _pending = new();

    public event EventHandler<RoomEventArgs>? Room;

    public ChannelStatus Status { get; protected set; } = ChannelStatus.Open;

    protected ILogger Log { get; } = log;

    public void Write(ReadOnlySpan<byte> frame)
    {
        EnsureOpen();
        WriteCore(frame);
    }

    public void Enqueue(byte[] frame) => _pending.Enqueue(frame);

    public void Pump(int budget)
    {
        while (budget > 0 && _pending.TryDequeue(out var frame))
        {
            Write(frame);
            budget -= frame.Length;
        }
    }

    private void EnsureOpen()
    {
        if (Status != ChannelStatus.Open) throw new InvalidOperationException($"channel is {Status}");
    }

    protected void RaiseRoom(int bytes) => Room?.Invoke(this, new RoomEventArgs(bytes));

    protected abstract void WriteCore(ReadOnlySpan<byte> frame);

    public void Close()
    {
        Status = ChannelStatus.Closing;
        CloseCore();
        Status = ChannelStatus.Closed;
    }

    protected abstract void CloseCore();
}

public sealed class SocketFrameChannel(Socket socket, ILogger log) : FrameChannel(log)
{
    protected override void WriteCore(ReadOnlySpan<byte> frame) => socket.Send(frame);

    protected override void CloseCore() => socket.Close();
}

public sealed class Producer
{
    private readonly FrameChannel _channel;
    private readonly ILogger _log;
    private int _acknowledged;

    public Producer(FrameChannel channel, ILogger log)
    {
        _channel = channel;
        _log = log;
        channel.Room += HandleRoom;
        channel.Room += (_, e) => _log.LogTrace("room for {Bytes}", e.Bytes);
    }

    private void HandleRoom(object? sender, RoomEventArgs e)
    {
        _acknowledged += e.Bytes;
        _channel.Pump(e.Bytes); //! LCA2001
    }
}

public sealed class CarefulProducer
{
    private readonly FrameChannel _channel;

    public CarefulProducer(FrameChannel channel)
    {
        _channel = channel;
        channel.Room += HandleRoom;
    }

    // ok LCA2001: a switch expression decides
    private void HandleRoom(object? sender, RoomEventArgs e)
    {
        var budget = _channel.Status switch
        {
            ChannelStatus.Open => e.Bytes,
            _ => 0,
        };
        if (budget == 0) return;
        _channel.Pump(budget);
    }
}

public sealed class Consumer
{
    private readonly IFrameSink _sink;
    private readonly Timer _credit;
    private readonly Lazy<byte[]> _frame = new(() => new byte[8]);

    public Consumer(IFrameSink sink)
    {
        _sink = sink;
        _credit = new Timer(_ => Grant(), null, 100, 100); //! LCA2001
    }

    private void Grant() => _sink.Write(_frame.Value);

    public void Stop() => _credit.Dispose();
}

public sealed class CarefulConsumer : IDisposable
{
    private readonly IFrameSink _sink;
    private readonly Timer _credit;

    public CarefulConsumer(IFrameSink sink)
    {
        _sink = sink;
        _credit = new Timer(static state => ((CarefulConsumer)state!).Grant(), this, 100, 100);
    }

    private bool Usable => !Ended();

    private bool Ended() => _sink.Status is ChannelStatus.Closing or ChannelStatus.Closed;

    // ok LCA2001: a property calls a method that reads the state, twice negated
    private void Grant()
    {
        if (!Usable)
        {
            _credit.Change(Timeout.Infinite, Timeout.Infinite); //? LCA1005
            return;
        }

        _sink.Write(new byte[8]);
    }

    public void Dispose() => _credit.Dispose();
}

public sealed class MirrorProducer
{
    private readonly FrameChannel _primary;
    private readonly FrameChannel _mirror;

    // The primary is asked, the mirror is written.
    public MirrorProducer(FrameChannel primary, FrameChannel mirror)
    {
        (_primary, _mirror) = (primary, mirror);
        primary.Room += (_, e) =>
        {
            if (_primary.Status != ChannelStatus.Open) return;
            _primary.Pump(e.Bytes);
            _mirror.Write(new byte[4]); //! LCA2001
        };
    }
}

public sealed class RoutingTable
{
    private readonly Dictionary<string, (FrameChannel Channel, int Weight)> _routes = [];

    public void Add(string key, FrameChannel channel)
    {
        _routes[key] = (channel, 1);
        channel.Room += (_, _) => Rebalance(key);
    }

    private void Rebalance(string key)
    {
        if (!_routes.TryGetValue(key, out var route)) return;
        route.Channel.Write("REBALANCE"u8); //! LCA3001
    }

    // ok LCA2001: the entry's own state is asked
    public void AddChecked(string key, FrameChannel channel)
    {
        _routes[key] = (channel, 1);
        channel.Room += (_, _) => RebalanceChecked(key);
    }

    private void RebalanceChecked(string key)
    {
        if (_routes.TryGetValue(key, out var route) && route is { Channel.Status: ChannelStatus.Open })
            route.Channel.Write("REBALANCE"u8);
    }

    // ok LCA2001: no callback
    public void Broadcast(byte[] frame)
    {
        foreach (var (channel, _) in _routes.Values) channel.Write(frame);
    }
}

public sealed class MemorySink : IDisposable
{
    private readonly MemoryStream _bytes = new();

    public void Write(ReadOnlySpan<byte> frame) => _bytes.Write(frame);

    public void Dispose() => _bytes.Dispose();
}

public sealed class Recorder
{
    private readonly MemorySink _sink = new();

    // ok LCA2001: memory has no peer that leaves
    public Recorder(FrameChannel channel) => channel.Room += (_, e) => _sink.Write(BitConverter.GetBytes(e.Bytes));
}
