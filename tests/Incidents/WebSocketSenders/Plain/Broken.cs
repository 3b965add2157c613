// A device that talks to its server over a web socket. It sends snapshots from a timer, acknowledges every command in
// the handler of that command, and subscribes again in the handler that hears of a reconnect: three senders on one
// web socket that know nothing of each other, and nothing of its end. Every message goes out in several frames.
using System.Net.WebSockets;
using System.Text;

namespace Incidents.WebSocketSenders.Plain;

public sealed class DeviceClient : Device
{
    private const int FrameLength = 16 * 1024;

    private readonly HttpMessageInvoker _transport;
    private readonly Timer _timer;
    private ClientWebSocket? _socket;

    public DeviceClient(HttpMessageInvoker transport)
    {
        _transport = transport;
        _timer = new Timer(OnTimer, null, Timeout.Infinite, Timeout.Infinite);
        CommandReceived += OnCommand;
        Reconnected += OnReconnected;
    }

    public override async Task RunAsync(Uri server, CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(server, _transport, stop);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        var before = _socket;
        _socket = socket;
        if (before is not null)
        {
            before.Dispose();
            _timer.Change(0, 20);
            Reconnect();
        }

        var buffer = new byte[1024];
        while (true)
        {
            var command = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (command.MessageType == WebSocketMessageType.Close) return;
            Receive(Encoding.UTF8.GetString(buffer, 0, command.Count));
        }
    }

    public override async Task CloseAsync(CancellationToken stop)
    {
        if (_socket is { } socket) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", stop);
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
        if (_socket is not { } socket) return;

        // its name in a frame of its own: the server knows where it belongs before it has all of it
        var body = Message.Body(message, length);
        await socket.SendAsync(Message.Head(message), WebSocketMessageType.Text, endOfMessage: false, CancellationToken.None); //! LCA2004
        for (var from = 0; from < body.Length; from += FrameLength)
        {
            var frame = body.AsMemory(from, Math.Min(FrameLength, body.Length - from));
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: from + FrameLength >= body.Length, CancellationToken.None);
        }

        Sent.Enqueue(message);
    }
}
