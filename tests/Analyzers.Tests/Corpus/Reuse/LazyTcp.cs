// Line printers and controllers that keep one TCP connection and dial when there is none.
using System.Net.Sockets;
using System.Text;

namespace Corpus.Reuse.LazyTcp;

public sealed class LabelPrinter(string host) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private TcpClient? _client;

    public async Task PrintAsync(string zpl, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            _client ??= await DialAsync(stop);
            await _client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(zpl), stop); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<TcpClient> DialAsync(CancellationToken stop)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, 9100, stop);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _client?.Dispose();
        _gate.Dispose();
    }
}

public sealed class ProbingLabelPrinter(string host) : IDisposable
{
    private TcpClient? _client;

    // ok LCA3001: the socket is asked whether its peer is still there
    public void Print(string zpl)
    {
        if (_client is null || PeerGone(_client.Client))
        {
            _client?.Dispose();
            _client = new TcpClient(host, 9100);
        }

        _client.GetStream().Write(Encoding.ASCII.GetBytes(zpl));
    }

    private static bool PeerGone(Socket socket) => socket.Poll(1000, SelectMode.SelectRead) && socket.Available == 0;

    public void Dispose() => _client?.Dispose();
}

/// <summary>Keeps the stream rather than the client.</summary>
public sealed class ReceiptPrinter(string host) : IAsyncDisposable
{
    private NetworkStream? _stream;

    public async Task PrintAsync(IEnumerable<string> lines, CancellationToken stop)
    {
        if (_stream == null)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(host, 9100, stop);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            _stream = new NetworkStream(socket, ownsSocket: true);
        }

        var text = string.Join("\r\n", lines);
        await _stream.WriteAsync(Encoding.Latin1.GetBytes(text), stop); //! LCA3001
        await _stream.FlushAsync(stop);
    }

    public ValueTask DisposeAsync() => _stream?.DisposeAsync() ?? default;
}

public sealed class ForgettingReceiptPrinter(string host) : IDisposable
{
    private Socket? _socket;

    // ok LCA3001: whatever fails drops the socket, the next line dials again
    public void Print(byte[] line)
    {
        try
        {
            _socket ??= Dial();
            _socket.Send(line);
        }
        catch (SocketException)
        {
            _socket?.Dispose();
            _socket = null;
            throw;
        }
    }

    private Socket Dial()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 2000 };
        try
        {
            socket.Connect(host, 9100);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _socket?.Dispose();
}

public sealed class DoorController(string host) : IDisposable
{
    private Socket? _socket;

    private Socket Wire
    {
        get
        {
            if (_socket is not null) return _socket;
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(host, 4370);
            return _socket = socket;
        }
    }

    public void Unlock(byte door) => Wire.Send([0x55, door, 0x01]); //! LCA3001

    // ok LCA3001: a door that no longer answers is dialled anew
    public void UnlockSurely(byte door)
    {
        try
        {
            Wire.Send([0x55, door, 0x01]);
        }
        catch (SocketException)
        {
            _socket?.Dispose();
            _socket = null;
            Wire.Send([0x55, door, 0x01]);
        }
    }

    public void Dispose() => _socket?.Dispose();
}

/// <summary>Asks Connected, which knows the last operation's outcome and no more; that is LCA2003's to say.</summary>
public sealed class HopefulDoor(string host) : IDisposable
{
    private TcpClient? _client;

    public void Unlock(byte door)
    {
        if (_client is not { Connected: true }) _client = new TcpClient(host, 4370);
        _client.GetStream().Write([0x55, door, 0x01]); //? LCA3001
    }

    public void Dispose() => _client?.Dispose();
}
