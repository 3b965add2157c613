// A client over a multiplexed session: many request streams on one TCP connection. The session is cached and
// forgotten when it tells that it closed. That is too late: when the transport goes, the streams' own `Ended`
// callbacks run first, and one of them asks the cached session for the next request.
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Incidents.CachedSession;

public sealed class InvalidSessionException(string message) : InvalidOperationException(message);

/// <summary>Sends its requests one after another, the next when the stream of the last one has ended.</summary>
public sealed class DispatchingClient(IPEndPoint server) : IDisposable
{
    private readonly ConcurrentQueue<string> _waiting = new();
    private MultiplexSession? _session;

    public event EventHandler<RequestStream>? Finished;

    public ConcurrentQueue<string> Sent { get; } = new();

    public int SessionsOpened { get; private set; }

    public void Enqueue(string request) => _waiting.Enqueue(request);

    public void Start() => DispatchNext();

    public void Dispose()
    {
        _session?.Dispose();
        _session = null;
    }

    private void OnStreamEnded(object? sender, EventArgs e)
    {
        if (sender is RequestStream stream) Finished?.Invoke(this, stream);
        DispatchNext();
    }

    private void DispatchNext()
    {
        if (!_waiting.TryDequeue(out var request)) return;

        if (_session is null)
        {
            var opened = MultiplexSession.Connect(server);
            opened.Closed += ForgetSession;
            SessionsOpened++;
            _session = opened;
        }

        _session.Request(request, OnStreamEnded); //! LCA3001
        Sent.Enqueue(request);
    }

    private void ForgetSession(object? sender, EventArgs e)
    {
        if (ReferenceEquals(sender, _session)) _session = null;
    }
}

/// <summary>One request and what came back for it.</summary>
public sealed class RequestStream(string id, EventHandler ended)
{
    public string Id { get; } = id;

    public string Answer { get; private set; } = "";

    /// <summary>Whether the server ended the stream; false when the session was destroyed under it.</summary>
    public bool Completed { get; private set; }

    public void Append(string data) => Answer += data;

    public void End(bool completed)
    {
        Completed = completed;
        ended(this, EventArgs.Empty);
    }
}

/// <summary>One TCP connection with frames of stream number, length and payload; an empty payload ends the stream.</summary>
public sealed class MultiplexSession : IDisposable
{
    private readonly ConcurrentDictionary<int, RequestStream> _streams = new();
    private readonly Lock _writing = new();
    private readonly Socket _socket;
    private int _lastStream;
    private volatile bool _destroyed;

    private MultiplexSession(Socket socket) => _socket = socket;

    public event EventHandler? Closed;

    public bool IsOpen => !_destroyed;

    public static MultiplexSession Connect(IPEndPoint server)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            socket.ConnectAsync(server, limit.Token).AsTask().GetAwaiter().GetResult();
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var session = new MultiplexSession(socket);
        new Thread(session.ReadFrames) { IsBackground = true }.Start();
        return session;
    }

    public RequestStream Request(string request, EventHandler ended)
    {
        if (!IsOpen) throw new InvalidSessionException($"Cannot request '{request}': the session has been destroyed");
        var stream = new RequestStream(request, ended);
        var number = Interlocked.Increment(ref _lastStream);
        _streams[number] = stream;
        var frame = Frame.Of(number, request);
        lock (_writing) _socket.Send(frame);
        return stream;
    }

    public void Dispose()
    {
        _destroyed = true;
        _socket.Dispose();
    }

    private void ReadFrames()
    {
        try
        {
            while (Frame.Read(_socket) is var (number, payload))
            {
                if (payload.Length > 0) _streams[number].Append(payload);
                else if (_streams.TryRemove(number, out var stream)) stream.End(completed: true);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine($"trace: the transport failed: {failure.Message}");
        }

        // The order of the protocol: the session is dead, its streams end, and last the session says so itself.
        Dispose();
        foreach (var number in _streams.Keys)
        {
            if (_streams.TryRemove(number, out var stream)) stream.End(completed: false);
        }

        Closed?.Invoke(this, EventArgs.Empty);
    }
}

public static class Frame
{
    public static byte[] Of(int stream, string payload)
    {
        var frame = new byte[8 + Encoding.UTF8.GetByteCount(payload)];
        BinaryPrimitives.WriteInt32BigEndian(frame, stream);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), frame.Length - 8);
        Encoding.UTF8.GetBytes(payload, frame.AsSpan(8));
        return frame;
    }

    /// <summary>The next frame, or null at the end of the connection.</summary>
    public static (int Stream, string Payload)? Read(Socket socket)
    {
        Span<byte> header = stackalloc byte[8];
        if (!Fill(socket, header)) return null;
        var payload = new byte[BinaryPrimitives.ReadInt32BigEndian(header[4..])];
        if (!Fill(socket, payload)) return null;
        return (BinaryPrimitives.ReadInt32BigEndian(header), Encoding.UTF8.GetString(payload));
    }

    private static bool Fill(Socket socket, Span<byte> target)
    {
        while (target.Length > 0)
        {
            var count = socket.Receive(target);
            if (count == 0) return false;
            target = target[count..];
        }

        return true;
    }
}
