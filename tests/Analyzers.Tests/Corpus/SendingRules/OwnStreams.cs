// Users' own connections: required states, choke points, wrappers, flags.
using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.OwnStreams;

public enum LinkState { Connecting, Established, Closing, Closed }

public interface IByteTransport : IDisposable
{
    LinkState State { get; }
    event EventHandler? Writable;
    void Write(ReadOnlySpan<byte> data);
    void Close();
}

public sealed class TcpByteTransport(Socket socket) : IByteTransport
{
    public LinkState State { get; private set; } = LinkState.Established;
    public event EventHandler? Writable;

    public void Write(ReadOnlySpan<byte> data)
    {
        if (State != LinkState.Established) throw new InvalidOperationException($"transport is {State}");
        socket.Send(data);
    }

    public void Close()
    {
        State = LinkState.Closing;
        socket.Close();
        State = LinkState.Closed;
    }

    public void Raise() => Writable?.Invoke(this, EventArgs.Empty);
    public void Dispose() => Close();
}

public sealed class Outbox
{
    private readonly IByteTransport _transport;
    private readonly ConcurrentQueue<byte[]> _queue = new();

    public Outbox(IByteTransport transport)
    {
        _transport = transport;
        _transport.Writable += OnWritable;
    }

    public void Post(byte[] message) => _queue.Enqueue(message);

    private void OnWritable(object? sender, EventArgs e) => Flush(); //! LCA2001

    private void Flush()
    {
        while (_queue.TryDequeue(out var message)) _transport.Write(message);
    }
}

public sealed class CheckedOutbox
{
    private readonly IByteTransport _transport;
    private readonly Queue<byte[]> _queue = new();

    public CheckedOutbox(IByteTransport transport)
    {
        _transport = transport;
        _transport.Writable += OnWritable;
    }

    private void OnWritable(object? sender, EventArgs e) => Flush();

    // ok LCA2001: the loop asks each time
    private void Flush()
    {
        while (_transport.State == LinkState.Established && _queue.Count > 0)
            _transport.Write(_queue.Dequeue());
    }
}

public sealed class RecordStream
{
    private readonly IByteTransport _inner;
    private bool _closing;

    public RecordStream(IByteTransport inner)
    {
        _inner = inner;
        _inner.Writable += (_, _) => Resume();
    }

    // ok LCA2001: the stream's own flag on the object that owns the transport
    private void Resume()
    {
        if (_closing) return;
        _inner.Write("resume"u8);
    }

    public void Close()
    {
        _closing = true;
        _inner.Close();
    }
}

public sealed class PacketSession(IByteTransport transport, ILogger log)
{
    public bool IsClosed { get; private set; }

    public void SendPacket(byte[] packet)
    {
        ObjectDisposedException.ThrowIf(IsClosed, this);
        transport.Write(packet);
    }

    public void Close()
    {
        IsClosed = true;
        transport.Close();
        log.LogInformation("closed");
    }
}

public sealed class PacketSource
{
    public event Action<byte[]>? Packet;
    public void Raise(byte[] packet) => Packet?.Invoke(packet);
}

public sealed class PacketForwarder
{
    private readonly PacketSession _session;

    public PacketForwarder(PacketSession session, PacketSource source)
    {
        _session = session;
        source.Packet += Forward;
    }

    private void Forward(byte[] packet)
    {
        _session.SendPacket(packet); //! LCA2001
    }
}

public sealed class PacketForwarderChecked
{
    private readonly PacketSession _session;

    public PacketForwarderChecked(PacketSession session, PacketSource source)
    {
        _session = session;
        source.Packet += Forward;
    }

    // ok LCA2001: conditional access and negation
    private void Forward(byte[] packet)
    {
        if (_session?.IsClosed != false) return;
        _session.SendPacket(packet);
    }
}

public sealed class PacketForwarderTernary
{
    private readonly PacketSession _left, _right;

    public PacketForwarderTernary(PacketSession left, PacketSession right, PacketSource source)
    {
        (_left, _right) = (left, right);
        source.Packet += packet =>
        {
            var target = packet.Length > 100 ? _left : _right;
            target.SendPacket(packet); //! LCA2001
        };
    }
}

public sealed class PacketForwarderOther
{
    private readonly PacketSession _left, _right;

    public PacketForwarderOther(PacketSession left, PacketSession right, PacketSource source)
    {
        (_left, _right) = (left, right);
        source.Packet += OnPacket;
    }

    // the other one is asked
    private void OnPacket(byte[] packet)
    {
        if (_left.IsClosed) return;
        _right.SendPacket(packet); //! LCA2001
    }
}

public sealed class LogOnlyForwarder
{
    private readonly PacketSession _session;
    private readonly ILogger _log;

    public LogOnlyForwarder(PacketSession session, PacketSource source, ILogger log)
    {
        (_session, _log) = (session, log);
        source.Packet += OnPacket;
    }

    // logs the state, decides nothing
    private void OnPacket(byte[] packet)
    {
        if (_session.IsClosed) _log.LogWarning("closed already");
        _session.SendPacket(packet); //! LCA2001
    }
}

// ok LCA2001: a shop's session sends nothing
public sealed class BasketSession
{
    public bool IsOpen { get; private set; } = true;
    public void Add(string article) { if (!IsOpen) throw new InvalidOperationException(); }
    public void Close() => IsOpen = false;
}

public sealed class BasketUser
{
    private readonly BasketSession _basket;

    public BasketUser(BasketSession basket, PacketSource source)
    {
        _basket = basket;
        source.Packet += _ => _basket.Add("bread");
    }
}

// ok LCA2001: an Uplink's name does not end in Link
public sealed class Uplink
{
    public bool IsOpen => true;
    public void Send(byte[] data) => Console.Write(data.Length);
    public void Close() { }
}

public sealed class UplinkUser
{
    public UplinkUser(Uplink uplink, PacketSource source) => source.Packet += uplink.Send;
}

// ok LCA2001: a queue is written to, not the connection
public sealed class QueuedTunnel
{
    private readonly BlockingCollection<byte[]> _queue = new();
    private readonly Socket _socket;
    public bool IsOpen { get; private set; } = true;

    public QueuedTunnel(Socket socket, PacketSource source)
    {
        _socket = socket;
        source.Packet += Send;
    }

    public void Send(byte[] packet)
    {
        if (!_queue.IsAddingCompleted) _queue.TryAdd(packet);
    }

    public void Run()
    {
        foreach (var packet in _queue.GetConsumingEnumerable()) _socket.Send(packet);
    }

    public void Close()
    {
        IsOpen = false;
        _queue.CompleteAdding();
        _socket.Close();
    }
}
