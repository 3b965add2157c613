using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Incidents.Http2Goaway;

public sealed class InvalidSessionException(string message) : InvalidOperationException(message);

public enum StreamEnd { None, Completed, Refused, Interrupted }

/// <summary>One order and what came back for it.</summary>
public sealed class OrderStream(string order, EventHandler ended)
{
    public string Order { get; } = order;

    public string Answer { get; private set; } = "";

    /// <summary>Completed by the server; refused, which says that the server did nothing with it; or interrupted, which says nothing.</summary>
    public StreamEnd End { get; private set; }

    public void Append(string data) => Answer += data;

    public void EndWith(StreamEnd end)
    {
        End = end;
        ended(this, EventArgs.Empty);
    }
}

/// <summary>One connection of HTTP/2 (RFC 9113), as much of it as orders need: requests with a body, answers, GOAWAY, and the end.</summary>
public sealed class Http2Session : IDisposable
{
    private const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7;
    private const byte EndStream = 1, Acknowledge = 1, EndHeaders = 4;
    private const int RefusedStream = 7;

    private readonly ConcurrentDictionary<int, OrderStream> _streams = new();
    private readonly Lock _writing = new();
    private readonly IPEndPoint _server;
    private readonly Socket _socket;
    private int _nextStream = 1;
    private volatile bool _goingAway;
    private volatile bool _destroyed;

    private Http2Session(Socket socket, IPEndPoint server) => (_socket, _server) = (socket, server);

    /// <summary>The server takes no further requests on this connection; those that it has it still answers.</summary>
    public event EventHandler? GoingAway;

    public event EventHandler? Closed;

    /// <summary>Whether a request may be made.</summary>
    public bool IsOpen => !_destroyed && !_goingAway;

    public static Http2Session Connect(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Http2Session session;
        try
        {
            socket.Connect(server);
            session = new Http2Session(socket, server);
            session.Write([.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. Frame(Settings, 0, 0, [])]);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        new Thread(session.ReadFrames) { IsBackground = true }.Start();
        return session;
    }

    /// <summary>Posts an order on a stream of its own.</summary>
    /// <exception cref="InvalidSessionException">The session takes no requests any more; nothing was written.</exception>
    public OrderStream Request(string order, EventHandler ended)
    {
        if (!IsOpen) throw new InvalidSessionException($"Cannot request '{order}': the session {(_destroyed ? "has been destroyed" : "is going away")}");
        var stream = new OrderStream(order, ended);
        lock (_writing)
        {
            var number = _nextStream;
            _nextStream += 2;
            _streams[number] = stream;
            Write([.. Frame(Headers, EndHeaders, number, Head()), .. Frame(Data, EndStream, number, Encoding.ASCII.GetBytes(order))]);
        }

        return stream;
    }

    public void Dispose()
    {
        _destroyed = true;
        _socket.Dispose();
    }

    /// <summary>POST http, from the static table; then path and authority as they are.</summary>
    private byte[] Head() => [0x83, 0x86, 0x04, .. Literal("/orders"), 0x01, .. Literal(_server.ToString())];

    private static byte[] Literal(string value) => [(byte)value.Length, .. Encoding.ASCII.GetBytes(value)];

    private static byte[] Frame(byte type, byte flags, int stream, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        frame[4] = flags;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame.AsSpan(9));
        return frame;
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0) bytes = bytes[_socket.Send(bytes)..];
    }

    private void ReadFrames()
    {
        try
        {
            var head = new byte[9];
            while (Fill(head))
            {
                var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(head) >>> 8];
                if (!Fill(payload)) break;
                Handle(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)) & int.MaxValue, payload);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Log.Trace($"the transport failed: {failure.Message}");
        }

        // The order of the protocol: the session is dead, its streams end, and last the session says so itself.
        Dispose();
        foreach (var number in _streams.Keys.Order()) End(number, StreamEnd.Interrupted);
        Closed?.Invoke(this, EventArgs.Empty);
    }

    private void Handle(byte type, byte flags, int number, byte[] payload)
    {
        switch (type)
        {
            case Data when _streams.TryGetValue(number, out var stream):
                stream.Append(Encoding.UTF8.GetString(payload));
                if ((flags & EndStream) != 0) End(number, StreamEnd.Completed);
                break;
            case Headers when (flags & EndStream) != 0:
                End(number, StreamEnd.Completed);
                break;
            case Reset:
                End(number, BinaryPrimitives.ReadInt32BigEndian(payload) == RefusedStream ? StreamEnd.Refused : StreamEnd.Interrupted);
                break;
            case Settings or Ping when (flags & Acknowledge) == 0:
                lock (_writing) Write(Frame(type, Acknowledge, 0, type == Ping ? payload : []));
                break;
            case GoAway:
                GoAwayBehind(BinaryPrimitives.ReadInt32BigEndian(payload) & int.MaxValue);
                break;
        }
    }

    private void GoAwayBehind(int last)
    {
        _goingAway = true;
        GoingAway?.Invoke(this, EventArgs.Empty);
        foreach (var number in _streams.Keys.Where(number => number > last).Order()) End(number, StreamEnd.Refused);
    }

    private void End(int number, StreamEnd end)
    {
        if (_streams.TryRemove(number, out var stream)) stream.EndWith(end);
    }

    private bool Fill(Span<byte> target)
    {
        while (target.Length > 0)
        {
            var count = _socket.Receive(target);
            if (count == 0) return false;
            target = target[count..];
        }

        return true;
    }
}

public static class Log
{
    public static void Trace(string message) => Console.Error.WriteLine($"trace: {message}");
}
