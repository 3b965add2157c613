// A disposed session that stays in its field, behind a getter that asks for null alone.
using System.Net.Sockets;
using System.Net.WebSockets;
using RabbitMQ.Client;

namespace Corpus.Reuse.DisposedNotNulled;

public sealed class RiakSocket(string host, int port) : IDisposable
{
    private Socket? _socket;

    private Socket Wire => _socket ??= Dial();

    private Socket Dial()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(host, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public int Write(byte[] message) => Wire.Send(message); //! LCA3001

    public void Disconnect() => _socket?.Dispose();

    public void Dispose() => Disconnect();
}

public sealed class RepairedSocket(string host, int port) : IDisposable
{
    private Socket? _socket;

    private Socket Wire
    {
        get
        {
            if (_socket is not null && Gone(_socket)) Disconnect();
            return _socket ??= Dial();
        }
    }

    private static bool Gone(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private Socket Dial()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(host, port);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // ok LCA3001: the getter probes, and what is disposed leaves the field
    public int Write(byte[] message) => Wire.Send(message);

    public void Disconnect()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public void Dispose() => Disconnect();
}

public sealed class FeedReader(Uri server) : IDisposable
{
    private ClientWebSocket? _socket;

    private async Task<ClientWebSocket> SocketAsync(CancellationToken stop)
    {
        if (_socket == null)
        {
            var socket = new ClientWebSocket();
            await socket.ConnectAsync(server, stop);
            _socket = socket;
        }

        return _socket;
    }

    public async Task SubscribeAsync(ReadOnlyMemory<byte> topic, CancellationToken stop)
    {
        var socket = await SocketAsync(stop);
        await socket.SendAsync(topic, WebSocketMessageType.Text, true, stop); //! LCA3001
    }

    // ok LCA3001: closes, and the getter above would hand the closed one out again
    public async Task PauseAsync(CancellationToken stop)
    {
        if (_socket is { State: WebSocketState.Open }) await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, stop);
    }

    public void Dispose() => _socket?.Dispose();
}

public sealed class BatchPublisher(IConnection connection) : IDisposable
{
    private readonly object _sync = new();
    private IModel? _model;

    public void Publish(byte[] body)
    {
        lock (_sync)
        {
            _model ??= connection.CreateModel();
            _model.BasicPublish("batch", "", false, null, body); //! LCA3001
        }
    }

    // ok LCA3001: asked for its state, however it was closed
    public void PublishOpen(byte[] body)
    {
        lock (_sync)
        {
            if (_model is null || _model.IsClosed) _model = connection.CreateModel();
            _model.BasicPublish("batch", "", false, null, body);
        }
    }

    public void EndBatch()
    {
        lock (_sync) _model?.Close();
    }

    public void Dispose() => _model?.Dispose();
}

/// <summary>Connected by a call, guarded for null, ended by another call.</summary>
public sealed class ExplicitClient(string host) : IDisposable
{
    private TcpClient? _client;

    public void Connect() => _client = new TcpClient(host, 2525);

    public void Send(byte[] line)
    {
        if (_client is null) throw new InvalidOperationException("not connected");
        _client.GetStream().Write(line); //? LCA3001
    }

    public void Disconnect() => _client?.Close();

    public void Dispose() => _client?.Dispose();
}
