// Sends that queue: an outbox, a channel, and a client library whose Send only enqueues.
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Websocket.Client;

namespace Corpus.Sending.QuietSends;

public sealed class Turnstile
{
    public event EventHandler<string>? Passed;
    public event EventHandler? Jammed;

    public void Pass(string card) => Passed?.Invoke(this, card);

    public void Jam() => Jammed?.Invoke(this, EventArgs.Empty);
}

public sealed class QueuedReporter
{
    private readonly IWebsocketClient _client;

    // ok LCA2001: this library's Send only queues
    public QueuedReporter(IWebsocketClient client, Turnstile turnstile)
    {
        _client = client;
        turnstile.Passed += (_, card) => _client.Send("pass " + card);
        turnstile.Jammed += OnJammed;
        _client.DisconnectionHappened.Subscribe(_ => _client.Send("was away"));
    }

    private void OnJammed(object? sender, EventArgs e) => Report("jam");

    private void Report(string text) => _client.Send(text);
}

/// <summary>One writer owns the socket; everybody else only enqueues.</summary>
public sealed class GateConnection : IAsyncDisposable
{
    private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(256);
    private readonly Socket _socket;
    private readonly ILogger _log;
    private readonly Task _writer;

    public GateConnection(Socket socket, ILogger log)
    {
        (_socket, _log) = (socket, log);
        _writer = Task.Run(WriteLoopAsync);
    }

    public bool IsOpen { get; private set; } = true;

    public bool Send(byte[] frame) => _outbox.Writer.TryWrite(frame);

    private async Task WriteLoopAsync()
    {
        try
        {
            await foreach (var frame in _outbox.Reader.ReadAllAsync()) await _socket.SendAsync(frame, SocketFlags.None);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogInformation(ex, "gate lost");
        }
        finally
        {
            IsOpen = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        IsOpen = false;
        _outbox.Writer.TryComplete();
        await _writer;
        _socket.Dispose();
    }
}

public sealed class TurnstileReporter
{
    // ok LCA2001: enqueues, and the answer tells; the writer's loop is no callback
    public TurnstileReporter(GateConnection gate, Turnstile turnstile, ILogger log)
    {
        turnstile.Passed += (_, card) =>
        {
            if (!gate.Send(System.Text.Encoding.UTF8.GetBytes(card))) log.LogWarning("outbox full, {Card} dropped", card);
        };
    }
}

public sealed class DirectReporter
{
    private readonly Socket _socket;
    private readonly Queue<byte[]> _outbox = new();

    public DirectReporter(Socket socket, Turnstile turnstile)
    {
        _socket = socket;
        turnstile.Passed += OnPassed;
        turnstile.Jammed += (_, _) => _outbox.Clear();
    }

    // looks like a queue, and is emptied in the callback itself
    private void OnPassed(object? sender, string card)
    {
        _outbox.Enqueue(System.Text.Encoding.UTF8.GetBytes(card));
        if (_outbox.Count < 16) return;
        Flush(); //! LCA2001
    }

    private void Flush()
    {
        while (_outbox.TryDequeue(out var frame)) _socket.Send(frame);
    }
}
