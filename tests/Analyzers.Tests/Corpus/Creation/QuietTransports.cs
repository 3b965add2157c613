// Connections that have no error event at all: there is nothing to attach, and nothing to report. No marks here.
using System.IO.Pipes;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Corpus.Creation.QuietTransports;

/// <summary>Connects, sends, closes; failures are exceptions of its calls.</summary>
public sealed class PlainChannel(string host, int port) : IDisposable
{
    private readonly TcpClient _client = new();

    public bool IsOpen => _client.Connected;

    // ok LCA1001: a TcpClient has no error event
    public async Task OpenAsync(CancellationToken stop) => await _client.ConnectAsync(host, port, stop);

    public async Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken stop) =>
        await _client.GetStream().WriteAsync(message, stop);

    public void Dispose() => _client.Dispose();
}

/// <summary>Has Closed alone, a name that tells of an end and that conventions do not take for an error event.</summary>
public sealed class FarewellSession : IDisposable
{
    public event Action? Closed;

    public bool IsOpen { get; private set; }

    public void Open() => IsOpen = true;

    public void Send(string line) => ArgumentNullException.ThrowIfNull(line);

    public void Close()
    {
        IsOpen = false;
        Closed?.Invoke();
    }

    public void Dispose() => Close();
}

/// <summary>A shop's session: it has an Error event and sends nothing. No connection.</summary>
public sealed class ShoppingSession
{
    public event Action<Exception>? Error;

    public bool IsOpen { get; private set; }

    public void Open() => IsOpen = true;

    public void Fail(Exception ex) => Error?.Invoke(ex);

    public void Close() => IsOpen = false;
}

public sealed class Users(string host)
{
    private readonly PlainChannel _channel = new(host, 7000);
    private readonly FarewellSession _session = new();
    private readonly ShoppingSession _basket = new();

    // ok LCA1001: no error event
    public Task ConnectAsync(CancellationToken stop) => _channel.OpenAsync(stop);

    // ok LCA1001: Closed is no error event by convention
    public void Greet()
    {
        _session.Open();
        _session.Send("HELO");
    }

    // ok LCA1001: no connection
    public void Shop() => _basket.Open();
}

public sealed class ControlPipe : IAsyncDisposable
{
    private readonly NamedPipeClientStream _pipe = new(".", "control", PipeDirection.InOut, PipeOptions.Asynchronous);

    // ok LCA1001: pipes throw
    public Task OpenAsync(CancellationToken stop) => _pipe.ConnectAsync(TimeSpan.FromSeconds(2), stop);

    public ValueTask DisposeAsync() => _pipe.DisposeAsync();
}

public sealed class Downlink : IDisposable
{
    private readonly ClientWebSocket _socket = new();

    // ok LCA1001: ClientWebSocket throws, and answers with its state
    public Task OpenAsync(Uri server, CancellationToken stop)
    {
        _socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        return _socket.ConnectAsync(server, stop);
    }

    public void Dispose() => _socket.Dispose();
}

public sealed class SecureLine(string host) : IAsyncDisposable
{
    private SslStream? _tls;

    // ok LCA1001: neither the socket nor the stream has an error event
    public async Task OpenAsync(CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(host, 443), stop);
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
            _tls = tls;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _tls?.DisposeAsync() ?? default;
}

public sealed class Acceptor(IPEndPoint local)
{
    private readonly TcpListener _listener = new(local);

    // ok LCA1001: a listener has none either
    public void Start() => _listener.Start(backlog: 128);

    public void Stop() => _listener.Stop();
}
