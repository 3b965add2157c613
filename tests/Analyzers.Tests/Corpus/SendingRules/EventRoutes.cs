// Events of all kinds that end in a send, by short and by long ways.
using System.ComponentModel;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using SocketIOClient;

namespace Corpus.Sending.EventRoutes;

public sealed class Jukebox
{
    private readonly WebSocket _ws;
    private readonly ILogger _log;
    private Action<string> _say;

    public Jukebox(WebSocket ws, INotifyPropertyChanged player, ILogger log)
    {
        (_ws, _log) = (ws, log);
        _say = SayNow;
        player.PropertyChanged += OnChanged;
    }

    private void OnChanged(object? sender, PropertyChangedEventArgs e)
    {
        _log.LogDebug("{Property}", e.PropertyName);
        _say(e.PropertyName ?? ""); //! LCA2001
    }

    private void SayNow(string text) =>
        _ws.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).Wait();
}

public sealed class NetworkWatcher : IDisposable
{
    private readonly UdpClient _udp;

    public NetworkWatcher(UdpClient udp)
    {
        _udp = udp;
        NetworkChange.NetworkAvailabilityChanged += OnAvailability;
    }

    private void OnAvailability(object? sender, NetworkAvailabilityEventArgs e)
    {
        if (e.IsAvailable) Announce(1); //! LCA2001
    }

    private void Announce(byte what)
    {
        var packet = new[] { what };
        _udp.Send(packet, packet.Length, "255.255.255.255", 9);
    }

    // Detaching does not count.
    public void Dispose()
    {
        NetworkChange.NetworkAvailabilityChanged -= OnAvailability;
        _udp.Dispose();
    }
}

public sealed class FolderMirror
{
    private readonly NetworkStream _stream;
    private readonly TcpClient _client;

    public FolderMirror(TcpClient client, FileSystemWatcher watcher)
    {
        _client = client;
        _stream = client.GetStream();
        watcher.Changed += Changed;
        watcher.Error += (_, _) => client.Close();

        void Changed(object sender, FileSystemEventArgs e)
        {
            var line = System.Text.Encoding.UTF8.GetBytes(e.Name + "\n");
            _stream.Write(line, 0, line.Length); //! LCA2001
        }
    }

    // ok LCA2001: Connected counts here
    public FolderMirror(TcpClient client, FileSystemWatcher watcher, string prefix)
    {
        _client = client;
        _stream = client.GetStream();
        watcher.Error += (_, _) => client.Close();
        watcher.Renamed += (_, e) =>
        {
            if (!_client.Connected) return; //? LCA2003
            _stream.Write(System.Text.Encoding.UTF8.GetBytes(prefix + e.Name));
        };
    }
}

public sealed partial class Storefront
{
    private readonly IChannel _channel;

    public Storefront(IChannel channel, AsyncEventingBasicConsumer orders)
    {
        _channel = channel;
        orders.ReceivedAsync += OnOrderAsync;
        orders.ReceivedAsync += OnOrderCheckedAsync;
    }
}

public sealed partial class Storefront
{
    private async Task OnOrderAsync(object sender, BasicDeliverEventArgs e)
    {
        await _channel.BasicPublishAsync("", "receipts", e.Body); //! LCA2001
    }

    // ok LCA2001: the channel is asked
    private async Task OnOrderCheckedAsync(object sender, BasicDeliverEventArgs e)
    {
        if (_channel.IsClosed) return;
        await _channel.BasicPublishAsync("", "receipts", e.Body);
    }
}

public sealed class Cockpit
{
    private readonly SocketIO _io;

    public Cockpit(SocketIO io, IObservable<double> altitude)
    {
        _io = io;
        _io.OnDisconnected += async (_, reason) => await _io.EmitAsync("left", reason); //! LCA2001
        _io.OnConnected += async (_, _) => await _io.EmitAsync("hello");
    }

    public void Watch(System.Timers.Timer clock)
    {
        clock.Elapsed += async (_, e) =>
        {
            if (_io.Connected) await _io.EmitAsync("time", e.SignalTime);
        };
    }
}

// ok LCA2001: only raises another event
public sealed class Repeater
{
    public event EventHandler<byte[]>? Frame;

    public Repeater(Source source) => source.Frame += (_, frame) => Frame?.Invoke(this, frame);
}

public sealed class Source
{
    public event EventHandler<byte[]>? Frame;
    public event EventHandler? Ready;
    public void Raise(byte[] frame) { Frame?.Invoke(this, frame); Ready?.Invoke(this, EventArgs.Empty); }
}

public sealed class Speaker
{
    private readonly Socket _socket;

    public Speaker(Socket socket, Source source)
    {
        _socket = socket;
        var handler = new EventHandler<byte[]>(OnFrame);
        source.Frame += handler;
    }

    private void OnFrame(object? sender, byte[] frame)
    {
        if (frame.Length == 0) return;
        foreach (var part in Split(frame))
            Put(part); //! LCA2001
    }

    private static IEnumerable<byte[]> Split(byte[] frame) => frame.Chunk(512);

    private void Put(byte[] part)
    {
        lock (_socket)
        {
            _socket.Send(part);
        }
    }
}

public sealed class SpeakerCaught
{
    private readonly Socket _socket;

    public SpeakerCaught(Socket socket, Source source)
    {
        _socket = socket;
        source.Frame += OnFrame;
    }

    // ok LCA2001: the caller of Put catches
    private void OnFrame(object? sender, byte[] frame)
    {
        try
        {
            Put(frame);
        }
        catch (SocketException)
        {
            _socket.Close();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    private void Put(byte[] part) => _socket.Send(part);
}

public sealed class SpeakerHalfCaught
{
    private readonly Socket _socket;

    public SpeakerHalfCaught(Socket socket, Source source)
    {
        _socket = socket;
        source.Frame += OnFrame;
    }

    private void OnFrame(object? sender, byte[] frame)
    {
        try
        {
            _socket.Send(frame); //! LCA2001
        }
        catch (ArgumentException ex)
        {
            Console.WriteLine(ex.Message);
        }
    }
}

public abstract class Display
{
    protected Display(Source source) => source.Frame += (_, frame) => Show(frame); //! LCA2001

    protected abstract void Show(byte[] frame);
}

public sealed class RemoteDisplay(Source source, NetworkStream stream) : Display(source)
{
    protected override void Show(byte[] frame) => stream.Write(frame, 0, frame.Length);
}

public abstract class SafeDisplay
{
    protected SafeDisplay(Source source) => source.Frame += (_, frame) => Show(frame);

    protected abstract void Show(byte[] frame);
}

// ok LCA2001: the override asks
public sealed class SafeRemoteDisplay(Source source, WebSocket ws) : SafeDisplay(source)
{
    protected override void Show(byte[] frame)
    {
        if (ws.State == WebSocketState.Open)
            ws.SendAsync(frame, WebSocketMessageType.Binary, true, default).GetAwaiter().GetResult();
    }
}

public static class Wiring
{
    public static void Wire(Source source, TcpClient client)
    {
        source.Frame += Forward;

        void Forward(object? sender, byte[] frame) => Write(client, frame); //! LCA2001
    }

    private static void Write(TcpClient client, byte[] frame) => client.GetStream().Write(frame);

    // ok LCA2001: created here
    public static void WireFresh(Source source, string host)
    {
        source.Frame += (_, frame) =>
        {
            using var client = new TcpClient(host, 7000);
            client.GetStream().Write(frame);
        };
    }

    // ok LCA2001: proves the state
    public static void WireReady(Source source, TcpClient client) =>
        source.Ready += (_, _) => client.GetStream().Write("ready"u8); //? LCA2001
}
