using System.IO.Pipes;
using System.Net.Sockets;
using System.Net.WebSockets;
using Fleck;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Primitives;
using NATS.Client.Core;
using StreamJsonRpc;

namespace Clauses.CallbackSends;

public sealed class PingTimer : IDisposable
{
    private readonly Timer _timer;
    private readonly SerialLine _line;

    public PingTimer(SerialLine line)
    {
        _line = line;
        _timer = new Timer(_ => _line.Write("PING"), null, 1000, 1000); //! LCA2001
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class SerialLine(System.IO.Ports.SerialPort port)
{
    public bool IsOpen => port.IsOpen;

    public void Write(string text) => port.WriteLine(text);
}

public sealed class CheckedPingTimer : IDisposable
{
    private readonly Timer _timer;
    private readonly SerialLine _line;

    public CheckedPingTimer(SerialLine line)
    {
        _line = line;
        _timer = new Timer(_ =>
        {
            if (_line.IsOpen) _line.Write("PING");
        }, null, 1000, 1000);
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class SettingsPusher
{
    private readonly NamedPipeServerStream _pipe;

    public SettingsPusher(NamedPipeServerStream pipe, Func<IChangeToken> changes)
    {
        _pipe = pipe;
        ChangeToken.OnChange(changes, Push);
    }

    private void Push()
    {
        var bytes = File.ReadAllBytes("settings.json");
        _pipe.Write(bytes, 0, bytes.Length); //! LCA2001
    }
}

public sealed class SettingsPusherChecked
{
    private readonly NamedPipeServerStream _pipe;

    public SettingsPusherChecked(NamedPipeServerStream pipe, Func<IChangeToken> changes)
    {
        _pipe = pipe;
        ChangeToken.OnChange(changes, Push);
    }

    private void Push()
    {
        if (!_pipe.IsConnected) return;
        var bytes = File.ReadAllBytes("settings.json");
        _pipe.Write(bytes, 0, bytes.Length);
    }
}

public sealed class Ticks(HubConnection hub) : IObserver<decimal>
{
    public void OnCompleted()
    {
    }

    public void OnError(Exception error) => Console.Error.WriteLine(error);

    public void OnNext(decimal value) => Forward(value); //! LCA2001

    private void Forward(decimal value) => hub.SendAsync("Tick", value).GetAwaiter().GetResult();
}

public sealed class GuardedTicks(HubConnection hub) : IObserver<decimal>
{
    public void OnCompleted()
    {
    }

    public void OnError(Exception error) => Console.Error.WriteLine(error);

    public void OnNext(decimal value)
    {
        switch (hub.State)
        {
            case HubConnectionState.Connected:
                hub.SendAsync("Tick", value).ContinueWith(t => Console.Error.WriteLine(t.Exception), TaskContinuationOptions.OnlyOnFaulted);
                break;
        }
    }
}

public static class Chat
{
    public static void Serve(WebSocketServer server, HubConnection backend)
    {
        server.Start(socket =>
        {
            socket.OnMessage = text =>
            {
                backend.SendAsync("Said", text).GetAwaiter().GetResult(); //! LCA2001
            };
            socket.OnError = e => Console.Error.WriteLine(e);
        });
    }

    public static void Greet(HubConnection hub)
    {
        hub.Reconnected += _ => hub.SendAsync("Hello", Environment.MachineName);
        hub.Closed += _ => hub.SendAsync("Bye", Environment.MachineName); //! LCA2001
    }

    public static CancellationTokenRegistration OnStop(WebSocket web, CancellationToken stop) =>
        stop.Register(() => web.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None).GetAwaiter().GetResult()); //! LCA2001

    public static CancellationTokenRegistration OnStopOpen(WebSocket web, CancellationToken stop) =>
        stop.Register(() =>
        {
            if (web is { State: WebSocketState.Open })
                web.SendAsync("bye"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None).GetAwaiter().GetResult();
        });
}

public abstract class DeviceSession
{
    protected readonly WebSocketSharp.WebSocket Socket;

    protected DeviceSession(WebSocketSharp.WebSocket socket)
    {
        Socket = socket;
        Socket.OnMessage += (_, e) => Reply(e.Data); //! LCA2001
    }

    protected abstract void Reply(string request);
}

public sealed class LoudSession(WebSocketSharp.WebSocket socket) : DeviceSession(socket)
{
    protected override void Reply(string request) => Socket.Send(request.ToUpperInvariant());
}

public sealed class PoliteSession(WebSocketSharp.WebSocket socket) : DeviceSession(socket)
{
    protected override void Reply(string request)
    {
        if (Socket.ReadyState == WebSocketSharp.WebSocketState.Open) Socket.Send(request);
    }
}

public sealed class Deferred
{
    private readonly Action<byte[]> _write;
    private readonly Socket _socket;

    public Deferred(Socket socket, FileSystemWatcher watcher)
    {
        _socket = socket;
        _write = Write;
        watcher.Created += (_, e) => _write(System.Text.Encoding.UTF8.GetBytes(e.FullPath)); //! LCA2001
    }

    private void Write(byte[] line) => _socket.Send(line);
}

public sealed class BuildServer(JsonRpc rpc)
{
    public void Watch(FileSystemWatcher watcher) => watcher.Changed += async (_, e) =>
    {
        try
        {
            await rpc.NotifyAsync("changed", e.FullPath);
        }
        catch (Exception ex) when (ex is ConnectionGone or ObjectDisposedException or IOException)
        {
            Console.Error.WriteLine(ex.Message);
        }
    };
}

public sealed class ConnectionGone : Exception;

public sealed class OneShot
{
    private readonly string _host;

    public OneShot(string host, System.Timers.Timer timer)
    {
        _host = host;
        timer.Elapsed += (_, _) => Ping();
    }

    private void Ping()
    {
        using var udp = new UdpClient();
        udp.Send("ping"u8.ToArray(), 4, _host, 9);
    }
}

public sealed class NatsRelay
{
    private readonly INatsConnection _nats;

    public NatsRelay(INatsConnection nats, IObservable<string> lines)
    {
        _nats = nats;
        lines.Subscribe(new Lines(this));
    }

    public bool CanSend => _nats.ConnectionState == NatsConnectionState.Open;

    private sealed class Lines(NatsRelay owner) : IObserver<string>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(string value)
        {
            if (owner.CanSend) owner._nats.PublishAsync("lines", value).AsTask().ContinueWith(t => Console.Error.WriteLine(t.Exception), TaskContinuationOptions.OnlyOnFaulted);
        }
    }
}
