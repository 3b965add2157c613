// Asking the peer itself: ping, poll, peek, a key-press on the line; and probes whose answer nobody looks at.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.Probes;

public interface IScadaLink : IAsyncDisposable
{
    bool IsConnected { get; }
    Task<bool> PingAsync(CancellationToken stop);
    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken stop);
    Task<byte[]> RequestAsync(ReadOnlyMemory<byte> frame, CancellationToken stop);
}

public sealed class Scada(Func<CancellationToken, Task<IScadaLink>> open, ILogger log)
{
    private IScadaLink? _link;

    // ok LCA3001: the answer to the ping decides
    public async Task<byte[]> ReadAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (_link is null || !await _link.PingAsync(stop))
        {
            if (_link is not null) await _link.DisposeAsync();
            _link = await open(stop);
        }

        return await _link.RequestAsync(frame, stop);
    }

    /// <summary>Pings, and does not look at the answer.</summary>
    public async Task WriteAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        _link ??= await open(stop);
        _ = _link.PingAsync(stop);
        await _link.SendAsync(frame, stop); //! LCA3001
    }

    /// <summary>Logs what the ping said, and sends whatever it said.</summary>
    public async Task WriteLoggedAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        _link ??= await open(stop);
        log.LogDebug("alive: {Alive}", await _link.PingAsync(stop));
        await _link.SendAsync(frame, stop); //? LCA3001
    }

    // ok LCA3001: a helper pings, and whatever the ping throws counts as no answer
    public async Task WriteProbedAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (_link is null || !await AnswersAsync(_link, stop)) _link = await open(stop);
        await _link.SendAsync(frame, stop);
    }

    private static async Task<bool> AnswersAsync(IScadaLink link, CancellationToken stop)
    {
        try
        {
            return await link.PingAsync(stop);
        }
        catch (IOException)
        {
            return false;
        }
    }
}

public static class SocketProbes
{
    public static bool IsAlive(this Socket socket)
    {
        try
        {
            return !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public static bool IsLoopback(this Socket socket) => socket.RemoteEndPoint?.ToString()?.StartsWith("127.", StringComparison.Ordinal) == true;
}

public sealed class RawLine(string host, int port) : IDisposable
{
    private Socket? _socket;
    private TcpClient? _client;

    // ok LCA3001: the extension polls
    public void Send(byte[] line)
    {
        if (_socket is null || !_socket.IsAlive())
        {
            _socket?.Dispose();
            _socket = Dial();
        }

        _socket.Send(line);
    }

    /// <summary>Another extension, which asks where the peer is and not whether.</summary>
    public void SendLocally(byte[] line)
    {
        _socket ??= Dial();
        if (!_socket.IsLoopback()) return;
        _socket.Send(line); //! LCA3001
    }

    // ok LCA3001: polled in the condition itself
    public void SendByClient(byte[] line)
    {
        if (_client is null || (_client.Client.Poll(0, SelectMode.SelectRead) && _client.Available == 0))
        {
            _client?.Dispose();
            _client = new TcpClient(host, port);
        }

        _client.GetStream().Write(line);
    }

    // ok LCA3001: a peek that reads nothing means that the peer has closed
    public void SendPeeked(byte[] line)
    {
        if (_socket is not null && PeerClosed(_socket))
        {
            _socket.Dispose();
            _socket = null;
        }

        _socket ??= Dial();
        _socket.Send(line);
    }

    private static bool PeerClosed(Socket socket)
    {
        if (!socket.Poll(0, SelectMode.SelectRead)) return false;
        return socket.Receive(new byte[1], SocketFlags.Peek) == 0;
    }

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

    public void Dispose()
    {
        _socket?.Dispose();
        _client?.Dispose();
    }
}
