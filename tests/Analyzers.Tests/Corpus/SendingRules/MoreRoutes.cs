// More ways from a callback to a send: generics, static helpers, extensions, iterators, interfaces, records.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;
using WsSharp = WebSocketSharp;

namespace Corpus.Sending.MoreRoutes;

public interface IBus
{
    IDisposable Subscribe<T>(Action<T> handler);
    event Action<object>? Any;
}

public record struct Reading(string Sensor, double Value);

public static class SocketText
{
    public static void SendLine(this Socket socket, string line) => socket.Send(Encoding.ASCII.GetBytes(line + "\r\n"));
}

public sealed class SensorUplink
{
    private readonly Socket _socket;

    public SensorUplink(Socket socket, IBus bus)
    {
        _socket = socket;
        bus.Any += OnAny;
    }

    private void OnAny(object message)
    {
        if (message is Reading { Value: > 10 } reading)
            _socket.SendLine(reading.Sensor); //! LCA2001
    }
}

public sealed class Encoder<T>(Func<T, byte[]> encode, NetworkStream stream)
{
    public void Write(T value)
    {
        var bytes = encode(value);
        stream.Write(bytes, 0, bytes.Length);
    }
}

public sealed class ReadingWriter
{
    private readonly Encoder<Reading> _encoder;

    public ReadingWriter(NetworkStream stream, IBus bus)
    {
        _encoder = new Encoder<Reading>(r => Encoding.UTF8.GetBytes(r.Sensor), stream);
        bus.Any += m => _encoder.Write((Reading)m); //! LCA2001
    }
}

public interface ISink
{
    void Put(string text);
}

public sealed class WsSink(WsSharp.WebSocket ws) : ISink
{
    public void Put(string text) => ws.Send(text);
}

public sealed class SinkUser
{
    public SinkUser(ISink sink, IBus bus)
    {
        bus.Any += m => sink.Put(m.ToString()!); //? LCA2001
    }
}

public sealed class Alarm
{
    private readonly TcpClient _panel;
    private readonly ILogger<Alarm> _log;

    public Alarm(TcpClient panel, AppDomain domain, ILogger<Alarm> log)
    {
        (_panel, _log) = (panel, log);
        domain.ProcessExit += OnExit;
        Console.CancelKeyPress += (_, e) =>
        {
            e.Cancel = true;
            Tell("cancelled"); //! LCA2001
        };
    }

    private void OnExit(object? sender, EventArgs e)
    {
        Tell("exit"); //! LCA2001
    }

    private void Tell(string what)
    {
        _log.LogInformation("{What}", what);
        var writer = new StreamWriter(_panel.GetStream());
        WriteTo(writer, what);
    }

    private void WriteTo(StreamWriter writer, string what)
    {
        _panel.GetStream().Write(Encoding.UTF8.GetBytes(what)); //! LCA2004
        writer.Flush();
    }
}

public sealed class Replies(WebSocket ws)
{
    private readonly Queue<byte[]> _waiting = new();

    public void Bind(IBus bus)
    {
        bus.Any += async m =>
        {
            _waiting.Enqueue((byte[])m);
            await DrainAsync(); //! LCA2001
        };
    }

    private async Task DrainAsync()
    {
        while (_waiting.TryDequeue(out var next))
            await WriteFrameAsync(next);
    }

    private async Task WriteFrameAsync(byte[] frame)
    {
        await ws.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None); //? LCA2004
    }
}

public sealed class RepliesGuarded(WebSocket ws)
{
    private readonly Queue<byte[]> _waiting = new();
    private readonly SemaphoreSlim _gate = new(1);

    public void Bind(IBus bus)
    {
        bus.Any += async m =>
        {
            _waiting.Enqueue((byte[])m);
            await DrainAsync();
        };
    }

    // ok LCA2001: in the middle of the way
    private async Task DrainAsync()
    {
        await _gate.WaitAsync();
        try
        {
            while (ws.State == WebSocketState.Open && _waiting.TryDequeue(out var next))
                await WriteFrameAsync(next);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WriteFrameAsync(byte[] frame)
    {
        await ws.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);
    }
}

public class PeerBase
{
    protected readonly Socket Socket;

    protected PeerBase(Socket socket, Timer? unused = null)
    {
        Socket = socket;
        _timer = new Timer(_ => OnTimer(), null, 0, 1000); //! LCA2001
    }

    private readonly Timer _timer;

    protected virtual void OnTimer() => Socket.Send([0]);
}

public sealed class QuietPeer(Socket socket) : PeerBase(socket)
{
    protected override void OnTimer() { }
}

public sealed class LateBound
{
    private readonly Socket _socket;
    private readonly Action<byte[]> _send;

    public LateBound(Socket socket, IBus bus, ILogger log)
    {
        _socket = socket;
        _send = data =>
        {
            log.LogTrace("{N} bytes", data.Length);
            _socket.Send(data);
        };
        bus.Any += m => _send((byte[])m); //! LCA2001
    }
}

public sealed class LateBoundSafe
{
    private readonly Socket _socket;
    private readonly Action<byte[]> _send;

    // ok LCA2001: the delegate catches
    public LateBoundSafe(Socket socket, IBus bus)
    {
        _socket = socket;
        _send = data =>
        {
            try { _socket.Send(data); }
            catch (SocketException) { }
            catch (ObjectDisposedException) { }
        };
        bus.Any += m => _send((byte[])m);
    }
}

// top-level helpers of a chat program
public static class ChatPrinter
{
    public static void Attach(WsSharp.WebSocket ws, IBus bus)
    {
        ws.OnMessage += (sender, e) =>
        {
            var socket = (WsSharp.WebSocket)sender!;
            socket.Send("got " + e.Data); //! LCA2001
        };
    }

    // ok LCA2001: opened just now
    public static void AttachOpen(WsSharp.WebSocket ws) => ws.OnOpen += (_, _) => ws.Send("hello");

    // ok LCA2001: asked through the sender
    public static void AttachChecked(WsSharp.WebSocket ws)
    {
        ws.OnMessage += (sender, e) =>
        {
            if (sender is WsSharp.WebSocket { ReadyState: WsSharp.WebSocketState.Open } socket)
                socket.Send("got " + e.Data);
        };
    }

    public static void AttachError(WsSharp.WebSocket ws, ILogger log)
    {
        ws.OnError += (_, e) =>
        {
            log.LogError("{Message}", e.Message);
            ws.Send("error"); //! LCA2001
        };
    }
}
