// Log shipping over TCP and TLS: "Connected" taken for an answer, heartbeats between lines, failures swept under the carpet.
using System.Diagnostics;
using System.IO.Pipes;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Sites.Sending.LogShipper;

public sealed class SyslogSink(TcpClient client, ILogger<SyslogSink> log)
{
    private readonly NetworkStream _stream = client.GetStream();
    private long _dropped;

    public async Task ShipAsync(string line, CancellationToken ct)
    {
        if (!client.Connected) //! LCA2003
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        await _stream.WriteAsync(Encoding.UTF8.GetBytes(line), ct);
    }

    // ok LCA2003: what the send throws is the answer
    public async Task<bool> TryShipAsync(string line, CancellationToken ct)
    {
        try
        {
            await _stream.WriteAsync(Encoding.UTF8.GetBytes(line), ct);
            return true;
        }
        catch (IOException e)
        {
            log.LogWarning(e, "not shipped");
            return false;
        }
    }

    public async Task ReadAcksAsync(Func<int, ValueTask> onAck, CancellationToken ct)
    {
        var buffer = new byte[256];
        while (client.Connected) //! LCA2003
        {
            var read = await _stream.ReadAsync(buffer, ct);
            if (read == 0) break;
            await onAck(read);
        }
    }

    // ok LCA2003: a read of zero bytes ends the loop
    public async Task ReadAcksToTheEndAsync(Func<int, ValueTask> onAck, CancellationToken ct)
    {
        var buffer = new byte[256];
        int read;
        while ((read = await _stream.ReadAsync(buffer, ct)) > 0) await onAck(read);
    }

    // ok LCA2003: merely handed on
    public bool LooksConnected => client.Connected;

    // ok LCA2003: only logged
    public void Describe() => log.LogInformation("sink to {Peer}, connected: {Connected}", client.Client.RemoteEndPoint, client.Connected);

    // ok LCA2003: decides about nothing but closing
    public void Close()
    {
        if (client.Connected) client.Client.Shutdown(SocketShutdown.Send);
        client.Close();
    }
}

public sealed class GelfSink(Socket socket)
{
    public void Ship(ReadOnlySpan<byte> chunk)
    {
        if (chunk.IsEmpty) return;
        if (socket is { Connected: true }) //! LCA2003
            socket.Send(chunk);
    }

    // ok LCA2003: an assertion
    public void ShipAsserted(ReadOnlySpan<byte> chunk)
    {
        Debug.Assert(socket.Connected, "connect first");
        socket.Send(chunk);
    }

    public int ShipAll(IEnumerable<byte[]> chunks)
    {
        var shipped = 0;
        foreach (var chunk in chunks)
        {
            shipped += socket.Connected ? socket.Send(chunk) : 0; //! LCA2003
        }

        return shipped;
    }

    // ok LCA2003: asks the socket itself whether the peer has gone
    public int ShipProbed(IEnumerable<byte[]> chunks)
    {
        var shipped = 0;
        foreach (var chunk in chunks)
        {
            if (socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0) break;
            shipped += socket.Send(chunk);
        }

        return shipped;
    }
}

/// <summary>The network stream's socket is asked the same poor question.</summary>
public sealed class JournalTail(NetworkStream stream) : IDisposable
{
    private readonly object _sync = new();
    private Timer? _timer;

    public void Start() => _timer = new Timer(OnTick, null, 1000, 1000);

    // ok LCA2001: Connected counts as a check, poor as it is
    private void OnTick(object? state)
    {
        lock (_sync)
        {
            if (stream.Socket.Connected) //! LCA2003
                stream.Write("\n"u8);
        }
    }

    public void Dispose() => _timer?.Dispose();
}

/// <summary>A pipe's IsConnected and an own type's Connected are other members.</summary>
public sealed class PipeSink(NamedPipeClientStream pipe, IRelayTransport relay)
{
    // ok LCA2003: not a socket's Connected
    public void Ship(ReadOnlySpan<byte> line)
    {
        if (pipe.IsConnected) pipe.Write(line);
        else if (relay.Connected) relay.Send(line.ToArray());
    }
}

public interface IRelayTransport
{
    bool Connected { get; }
    void Send(byte[] line);
    void Close();
}

/// <summary>TLS: the heartbeat timer and the shipping share a stream that allows one write at a time.</summary>
public sealed class TlsShipper : IDisposable
{
    private readonly SslStream _tls;
    private readonly ILogger _log;
    private readonly Timer _heartbeat;

    public TlsShipper(SslStream tls, ILogger log)
    {
        (_tls, _log) = (tls, log);
        _heartbeat = new Timer(_ => Beat(), null, 5000, 5000);
    }

    private void Beat()
    {
        try
        {
            Put("\0"u8);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or NotSupportedException)
        {
            _log.LogDebug(e, "no heartbeat");
        }
    }

    public void Ship(string line) => Put(Encoding.UTF8.GetBytes(line));

    private void Put(ReadOnlySpan<byte> bytes) => _tls.Write(bytes); //! LCA2004

    public void Dispose()
    {
        _heartbeat.Dispose();
        _tls.Dispose();
    }
}

public sealed class LockedTlsShipper : IDisposable
{
    private readonly Lock _sync = new();
    private readonly SslStream _tls;
    private readonly ILogger _log;
    private readonly Timer _heartbeat;
    private bool _closed;

    public LockedTlsShipper(SslStream tls, ILogger log)
    {
        (_tls, _log) = (tls, log);
        _heartbeat = new Timer(_ => Beat(), null, 5000, 5000);
    }

    // ok LCA2001 LCA2004: closing flag and lock
    private void Beat()
    {
        lock (_sync)
        {
            if (_closed) return;
            _tls.Write("\0"u8);
        }
    }

    public void Ship(string line)
    {
        lock (_sync) _tls.Write(Encoding.UTF8.GetBytes(line));
        _log.LogTrace("shipped {Length}", line.Length);
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _closed = true;
            _heartbeat.Dispose();
            _tls.Dispose();
        }
    }
}

/// <summary>What cannot be shipped is forgotten, in five ways.</summary>
public sealed class ForgetfulShipper(Socket socket, NamedPipeServerStream local, ILogger log)
{
    public void Ship(ReadOnlySpan<byte> line)
    {
        try
        {
            socket.Send(line);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public async Task ShipLocallyAsync(ReadOnlyMemory<byte> line, CancellationToken ct)
    {
        try
        {
            await local.WriteAsync(line, ct);
            await local.FlushAsync(ct);
        }
        catch { } //! LCA2005
    }

    public async Task ShipEverywhereAsync(ReadOnlyMemory<byte> line, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(line, ct);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch (Exception) //! LCA2005
        {
            // the collector is down, it will come back
        }
    }

    // ok LCA2005: rethrown with what it means
    public void ShipOrExplain(ReadOnlySpan<byte> line)
    {
        try
        {
            socket.Send(line);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException("the collector does not take lines", e);
        }
    }

    // ok LCA2005: the result tells
    public bool ShipIfPossible(ReadOnlySpan<byte> line)
    {
        try
        {
            socket.Send(line);
            return true;
        }
        catch
        {
            return false;
        }
    }

    // ok LCA2005: the narrow ones
    public void ShipNarrowly(ReadOnlySpan<byte> line)
    {
        try
        {
            socket.Send(line);
        }
        catch (SocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
    }

    // ok LCA2005: closing does not send
    public void Close()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
            local.Disconnect();
        }
        catch (Exception)
        {
        }

        socket.Dispose();
        log.LogDebug("closed");
    }
}
