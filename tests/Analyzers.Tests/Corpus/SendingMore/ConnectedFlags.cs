// TcpClient.Connected and Socket.Connected: the state as of the last operation, asked as if it were the state of now.
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.ConnectedFlags;

public sealed class LineClient(TcpClient client, ILogger<LineClient> log)
{
    private readonly NetworkStream _stream = client.GetStream();

    public void Send(string line)
    {
        if (client.Connected) //! LCA2003
            _stream.Write(Encoding.ASCII.GetBytes(line + "\r\n"));
    }

    public async Task SendAsync(string line, CancellationToken ct)
    {
        if (!_stream.Socket.Connected) //! LCA2003
        {
            log.LogWarning("not connected, {Line} dropped", line);
            return;
        }

        await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), ct);
    }

    // ok LCA2003: no check; the write tells
    public async Task<bool> SendCaughtAsync(string line, CancellationToken ct)
    {
        try
        {
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"), ct);
            return true;
        }
        catch (IOException e)
        {
            log.LogWarning(e, "line lost");
            return false;
        }
    }

    public async Task ReadLoopAsync(Action<string> onLine)
    {
        using var reader = new StreamReader(_stream, Encoding.ASCII, leaveOpen: true);
        while (client.Connected) //! LCA2003
        {
            var line = await reader.ReadLineAsync();
            if (line is null) break;
            onLine(line);
        }
    }

    // ok LCA2003: the end of the stream ends the loop
    public async Task ReadToEndAsync(Action<string> onLine)
    {
        using var reader = new StreamReader(_stream, Encoding.ASCII, leaveOpen: true);
        while (await reader.ReadLineAsync() is { } line) onLine(line);
    }

    // ok LCA2003: logged
    public void Report() => log.LogInformation("connected: {Connected}, remote {Remote}", client.Connected, client.Client.RemoteEndPoint);

    // ok LCA2003: handed on
    public bool IsConnected => client.Connected;

    // ok LCA2003: decides only about closing
    public void Close()
    {
        if (client.Connected) client.Client.Shutdown(SocketShutdown.Both);
        client.Close();
    }
}

public sealed class RawPeer(Socket socket, EndPoint remote)
{
    private int _sent;

    public int Send(ReadOnlySpan<byte> data) => socket.Connected ? socket.Send(data) : 0; //! LCA2003

    public void SendRemembered(byte[] data)
    {
        var up = socket.Connected; //! LCA2003
        _sent++;
        if (up) socket.Send(data);
    }

    public void SendPattern(byte[] data)
    {
        if (socket is { Connected: true }) //! LCA2003
        {
            socket.Send(data);
        }
    }

    // ok LCA2003: the answer of the send decides
    public bool SendWhole(byte[] data)
    {
        try
        {
            return socket.Send(data) == data.Length;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public void Pump(byte[] buffer, Action<int> onData)
    {
        int n;
        do
        {
            n = socket.Receive(buffer);
            onData(n);
        }
        while (n > 0 && socket.Connected); //! LCA2003
    }

    // ok LCA2003: ends with the peer's FIN
    public void PumpToEnd(byte[] buffer, Action<int> onData)
    {
        for (var n = socket.Receive(buffer); n > 0; n = socket.Receive(buffer)) onData(n);
    }

    public string Send(byte[] data, bool urgent) => (socket.Connected, urgent) switch //! LCA2003
    {
        (true, false) => $"sent {socket.Send(data)}",
        (true, true) => $"sent {socket.Send(data, SocketFlags.OutOfBand)} urgently",
        _ => "not sent",
    };

    // ok LCA2003: a text for the operator
    public override string ToString() => $"{remote} ({(socket.Connected ? "up" : "down")}, {_sent} sent)";

    // ok LCA2003: asserted
    public void SendAsserted(byte[] data)
    {
        Debug.Assert(socket.Connected, "send before connect");
        socket.Send(data);
    }

    // ok LCA2003: decides only about closing
    public void Stop()
    {
        try
        {
            if (socket.Connected) socket.Disconnect(reuseSocket: false);
        }
        finally
        {
            socket.Dispose();
        }
    }
}

public sealed class DeviceGateway(ILogger log)
{
    private readonly List<TcpClient> _clients = [];

    public void Broadcast(byte[] frame)
    {
        foreach (var client in _clients)
        {
            if (!client.Connected) continue; //! LCA2003
            client.GetStream().Write(frame);
        }
    }

    public void BroadcastFiltered(byte[] frame)
    {
        foreach (var client in _clients.Where(c => c.Connected)) //! LCA2003
            client.GetStream().Write(frame);
    }

    // ok LCA2003: the failing write decides
    public void BroadcastCaught(byte[] frame)
    {
        for (var i = _clients.Count - 1; i >= 0; i--)
        {
            try
            {
                _clients[i].GetStream().Write(frame);
            }
            catch (Exception e) when (e is IOException or InvalidOperationException)
            {
                log.LogInformation(e, "client {Index} gone", i);
                _clients[i].Dispose();
                _clients.RemoveAt(i);
            }
        }
    }

    // ok LCA2003: a number for a gauge
    public int Online => _clients.Count(c => c.Connected);

    // ok LCA2003: decides only about closing
    public void Sweep() => _clients.RemoveAll(c =>
    {
        if (c.Connected) return false;
        c.Dispose();
        return true;
    });

    // ok LCA2003: decides only about a log line
    public void Audit()
    {
        foreach (var client in _clients)
        {
            if (!client.Connected) log.LogWarning("client {Remote} looks gone", client.Client.RemoteEndPoint);
        }
    }
}

/// <summary>Keeps one client and asks Connected whether it may be used again.</summary>
public sealed class ReusingClient(string host, int port)
{
    private TcpClient? _client;

    public void Send(byte[] frame)
    {
        if (_client is null || !_client.Connected) //! LCA2003
        {
            _client?.Dispose();
            _client = new TcpClient(host, port);
        }

        _client.GetStream().Write(frame); //? LCA3001
    }

    public TcpClient Current => _client?.Connected == true ? _client : _client = new TcpClient(host, port); //! LCA2003

    // ok LCA2003: a probe decides
    public void SendProbed(byte[] frame)
    {
        if (_client is null || _client.Client.Poll(0, SelectMode.SelectRead))
        {
            _client?.Dispose();
            _client = new TcpClient(host, port);
        }

        _client.GetStream().Write(frame);
    }
}

/// <summary>In a timer: a check for LCA2001, and a poor one.</summary>
public sealed class BeatingSocket : IDisposable
{
    private readonly Timer _timer;

    public BeatingSocket(Socket socket, byte[] beat)
    {
        _timer = new Timer(_ =>
        {
            if (!socket.Connected) return; //! LCA2003
            socket.Send(beat);
        }, null, 1000, 1000);
    }

    public void Dispose() => _timer.Dispose();
}

public interface IRadioLink : IDisposable
{
    bool Connected { get; }
    void Send(byte[] frame);
}

/// <summary>Connected of another type may mean what it says.</summary>
public sealed class RadioBridge(IRadioLink link)
{
    // ok LCA2003: not Socket's, not TcpClient's
    public void Send(byte[] frame)
    {
        if (link.Connected) link.Send(frame);
    }

    // ok LCA2003: the same in a loop
    public void SendAll(Queue<byte[]> frames)
    {
        while (link.Connected && frames.TryDequeue(out var frame)) link.Send(frame);
    }
}

public sealed class TcpRadioLink(Socket socket) : IRadioLink
{
    // ok LCA2003: handed on
    public bool Connected
    {
        get { return socket.Connected; }
    }

    public void Send(byte[] frame) => socket.Send(frame);

    public void Dispose() => socket.Dispose();
}

public sealed class TelnetConsole(TcpClient client)
{
    public void Run(TextReader keyboard)
    {
        var stream = client.GetStream();
        for (string? line; client.Connected && (line = keyboard.ReadLine()) != null;) //! LCA2003
            stream.Write(Encoding.ASCII.GetBytes(line + "\n"));
    }

    public async Task DrainAsync(CancellationToken ct)
    {
        var buffer = new byte[256];
        while (!ct.IsCancellationRequested && client.Client.Connected) //! LCA2003
        {
            if (await client.GetStream().ReadAsync(buffer, ct) == 0) break;
            Console.Write(Encoding.ASCII.GetString(buffer));
        }
    }
}
