// A device with a web socket of its own, over TLS. It sends snapshots from a timer, acknowledges every command in the
// handler of that command, and subscribes again in the handler that hears of a reconnect: three senders on one stream
// that takes one write at a time, and that know nothing of its end.
using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Incidents.WebSocketSenders.Tls;

public sealed class DeviceClient : Device
{
    private readonly Timer _timer;
    private MessageSocket? _socket;

    public DeviceClient()
    {
        _timer = new Timer(OnTimer, null, Timeout.Infinite, Timeout.Infinite);
        CommandReceived += OnCommand;
        Reconnected += OnReconnected;
    }

    public override async Task RunAsync(Uri server, CancellationToken stop)
    {
        var socket = await MessageSocket.ConnectAsync(server, stop);
        var before = _socket;
        _socket = socket;
        if (before is not null)
        {
            before.Dispose();
            _timer.Change(0, 20);
            Reconnect();
        }

        while (await socket.ReceiveAsync(stop) is { } command) Receive(command);
    }

    public override async Task CloseAsync(CancellationToken stop)
    {
        if (_socket is { } socket) await socket.CloseAsync(stop);
    }

    public override async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _socket?.Dispose();
    }

    private async void OnTimer(object? state) => await SendAsync(NextSnapshot(), Message.SnapshotLength); //! LCA2001

    private async void OnCommand(object? sender, string command) => await SendAsync($"done {command}", 64); //! LCA2001

    private async void OnReconnected(object? sender, EventArgs e)
    {
        for (var topic = 1; topic <= 5; topic++) await SendAsync($"subscribe {topic}", 64);
    }

    private async Task SendAsync(string message, int length)
    {
        Begin();
        var (head, body) = (Message.Head(message), Message.Body(message, length));
        if (_socket is not { } socket) return;
        await socket.SendAsync(head, body, CancellationToken.None);
        Sent.Enqueue(message);
    }
}

/// <summary>The client's side of RFC 6455 over TLS, as much of it as a device needs: messages of text in frames, and the end.</summary>
public sealed class MessageSocket : IDisposable
{
    private const byte Continuation = 0, Text = 1, Close = 8, Last = 0x80, Masked = 0x80;
    private const int FrameLength = 16 * 1024;

    private readonly SslStream _stream;
    private volatile bool _isOpen = true;
    private int _sending;

    private MessageSocket(SslStream stream) => _stream = stream;

    /// <summary>Whether a message may be sent.</summary>
    public bool IsOpen => _isOpen;

    public static async Task<MessageSocket> ConnectAsync(Uri server, CancellationToken stop)
    {
        // Little room on the way: a message waits in the client until the server reads.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8 * 1024, NoDelay = true };
        SslStream? stream = null;
        try
        {
            await socket.ConnectAsync(server.Host, server.Port, stop);
            stream = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false);
            await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.Host, RemoteCertificateValidationCallback = (_, _, _, _) => true }, stop);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {server.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"), stop);
            var head = "";
            var letter = new byte[1];
            for (; !head.EndsWith("\r\n\r\n", StringComparison.Ordinal); head += (char)letter[0]) await stream.ReadExactlyAsync(letter, stop);
            if (!head.StartsWith("HTTP/1.1 101", StringComparison.Ordinal)) throw new IOException("The server speaks no web socket.");
            return new MessageSocket(stream);
        }
        catch
        {
            if (stream is not null) await stream.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Sends a message whose head has a frame of its own: the server knows where it belongs before it has all of it.</summary>
    /// <exception cref="InvalidOperationException">The web socket has been closed.</exception>
    public async Task SendAsync(byte[] head, byte[] body, CancellationToken stop)
    {
        Interlocked.Increment(ref _sending);
        try
        {
            if (!_isOpen) throw new InvalidOperationException("The web socket has been closed.");
            var frames = body.Chunk(FrameLength).ToList();
            await WriteAsync([.. Frame(Text, head), .. frames.SelectMany((frame, i) => Frame(i == frames.Count - 1 ? Last : Continuation, frame))], stop);
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }

    /// <summary>Says that nothing more comes, when what has begun is out; the server answers when it has read everything.</summary>
    public async Task CloseAsync(CancellationToken stop)
    {
        _isOpen = false;
        while (Interlocked.CompareExchange(ref _sending, 0, 0) > 0) await Task.Delay(1, stop);
        await WriteAsync(Frame(Close | Last, []), stop);
    }

    /// <summary>The next message; null at the end.</summary>
    public async Task<string?> ReceiveAsync(CancellationToken stop)
    {
        var head = new byte[2];
        await _stream.ReadExactlyAsync(head, stop);
        var text = new byte[head[1]];
        await _stream.ReadExactlyAsync(text, stop);
        return (head[0] & Close) != 0 ? null : Encoding.UTF8.GetString(text);
    }

    public void Dispose()
    {
        _isOpen = false;
        _stream.Dispose();
    }

    private async Task WriteAsync(byte[] frames, CancellationToken stop) => await _stream.WriteAsync(frames, stop); //! LCA2004

    /// <summary>A client masks what it sends; the key of this one is zero.</summary>
    private static byte[] Frame(byte head, ReadOnlySpan<byte> payload)
    {
        var extended = payload.Length > 125 ? 2 : 0;
        var frame = new byte[2 + extended + 4 + payload.Length];
        frame[0] = head;
        frame[1] = (byte)(Masked | (extended > 0 ? 126 : payload.Length));
        if (extended > 0) BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        payload.CopyTo(frame.AsSpan(frame.Length - payload.Length));
        return frame;
    }
}
