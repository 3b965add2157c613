// A device that talks to its server over a web socket. It sends snapshots from a timer, acknowledges every command in
// the handler of that command, and subscribes again in the handler that hears of a reconnect: three senders on one
// web socket that know nothing of each other, and nothing of its end. Every message goes out in several frames.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;

namespace Incidents.WebSocketSenders;

public sealed class DeviceClient : IAsyncDisposable
{
    private const int FrameLength = 16 * 1024;

    private readonly Timer _timer;
    private ClientWebSocket? _socket;
    private int _snapshots;
    private int _begun;

    public DeviceClient()
    {
        _timer = new Timer(OnTimer, null, Timeout.Infinite, Timeout.Infinite);
        CommandReceived += OnCommand;
        Reconnected += OnReconnected;
    }

    public event EventHandler<string>? CommandReceived;

    public event EventHandler? Reconnected;

    /// <summary>The messages that went out in full.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    /// <summary>How many messages somebody wanted to send.</summary>
    public int Begun => Volatile.Read(ref _begun);

    /// <summary>How often the timer has come.</summary>
    public int Snapshots => Volatile.Read(ref _snapshots);

    /// <summary>Connects, for the first time or again, and reads commands until the server ends the connection.</summary>
    public async Task RunAsync(Uri server, HttpMessageInvoker transport, CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(server, transport, stop);
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
            Reconnected?.Invoke(this, EventArgs.Empty);
        }

        var buffer = new byte[1024];
        while (true)
        {
            var command = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (command.MessageType == WebSocketMessageType.Close) return;
            CommandReceived?.Invoke(this, Encoding.UTF8.GetString(buffer, 0, command.Count));
        }
    }

    /// <summary>Says goodbye, and waits until the server has, too: that is when <see cref="RunAsync"/> ends.</summary>
    public async Task CloseAsync(CancellationToken stop)
    {
        if (_socket is { } socket) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        _socket?.Dispose();
    }

    private async void OnTimer(object? state) => await SendAsync($"snapshot {Interlocked.Increment(ref _snapshots)}", 64 * 1024); //! LCA2001

    private async void OnCommand(object? sender, string command) => await SendAsync($"done {command}", 64); //! LCA2001

    private async void OnReconnected(object? sender, EventArgs e)
    {
        for (var topic = 1; topic <= 5; topic++) await SendAsync($"subscribe {topic}", 64);
    }

    private async Task SendAsync(string message, int length)
    {
        Interlocked.Increment(ref _begun);
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

/// <summary>What a message looks like: its name, and as much of a letter that follows from the name as it is long.</summary>
public static class Message
{
    public static byte[] Head(string message) => Encoding.ASCII.GetBytes($"{message}:");

    public static byte[] Body(string message, int length)
    {
        var body = new byte[length];
        Array.Fill(body, Letter(message));
        return body;
    }

    /// <summary>The name of a message that is whole; null of one that has something of another in it.</summary>
    public static string? NameIfWhole(ReadOnlySpan<byte> text)
    {
        var colon = text.IndexOf((byte)':');
        if (colon < 0) return null;
        var message = Encoding.ASCII.GetString(text[..colon]);
        var length = message.StartsWith("snapshot", StringComparison.Ordinal) ? 64 * 1024 : 64;
        return text[(colon + 1)..].SequenceEqual(Body(message, length)) ? message : null;
    }

    private static byte Letter(string message) => (byte)('a' + message.Sum(letter => letter) % 26);
}
