// Writers that expect no answer: syslog over TCP and TLS, label printers, a price display at a serial port, a pipe to the session host.
using System.IO.Pipes;
using System.IO.Ports;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Works.Reuse.OneWayWriters;

/// <summary>Syslog as most libraries do it: dial once, write for ever.</summary>
public sealed class SyslogSink : IDisposable
{
    private readonly object _sync = new object();
    private readonly string _host;
    private TcpClient? _tcp;

    public SyslogSink(string host)
    {
        _host = host;
    }

    public void Emit(string line)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_sync)
        {
            if (_tcp == null)
            {
                _tcp = Dial(_host, 601);
            }

            _tcp.GetStream().Write(bytes, 0, bytes.Length); //! LCA3001
        }
    }

    internal static TcpClient Dial(string host, int port)
    {
        var client = new TcpClient();
        try
        {
            client.Connect(host, port);
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
        lock (_sync)
        {
            if (_tcp != null) _tcp.Close();
        }
    }
}

/// <summary>The sink that reconnects: a write that fails takes its client away, and the line goes to the next.</summary>
public sealed class SturdySyslogSink(string host, ILogger<SturdySyslogSink> log) : IDisposable
{
    private readonly object _sync = new();
    private TcpClient? _tcp;

    public bool TryEmit(string line)
    {
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_sync)
        {
            try
            {
                _tcp ??= SyslogSink.Dial(host, 601);
                _tcp.GetStream().Write(bytes); // ok LCA3001 LCA3002: thrown away when it fails
                return true;
            }
            catch (Exception e) when (e is IOException or SocketException or InvalidOperationException)
            {
                log.LogWarning(e, "syslog server lost");
                _tcp?.Dispose();
                _tcp = null;
                return false;
            }
        }
    }

    public void Dispose() => _tcp?.Dispose();
}

/// <summary>Closed by the idle timer, kept by the field: the next label meets a disposed socket.</summary>
public sealed class LabelPrinter(string host) : IDisposable
{
    private readonly object _sync = new();
    private Socket? _socket;

    public void Print(byte[] label)
    {
        lock (_sync)
        {
            _socket ??= Open();
            _socket.Send(label); //! LCA3001
        }
    }

    /// <summary>The printer takes a few connections only.</summary>
    public void ReleaseIdle()
    {
        lock (_sync)
        {
            _socket?.Shutdown(SocketShutdown.Both);
            _socket?.Close();
        }
    }

    private Socket Open()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendTimeout = 3000 };
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

/// <summary>A poll of the socket before each label.</summary>
public sealed class PollingLabelPrinter(Func<Socket> open) : IDisposable
{
    private readonly object _sync = new();
    private Socket? _socket;

    public void Print(byte[] label)
    {
        lock (_sync)
        {
            if (_socket is null || HasEnded(_socket))
            {
                _socket?.Dispose();
                _socket = open();
            }

            _socket.Send(label); // ok LCA3001: polled
        }
    }

    private static bool HasEnded(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    public void Dispose() => _socket?.Dispose();
}

/// <summary>The price display; somebody pulls the USB plug.</summary>
public sealed class PriceDisplay(string portName, ILogger<PriceDisplay> log) : IDisposable
{
    private readonly object _sync = new();
    private SerialPort? _port;

    public void Show(decimal price)
    {
        lock (_sync)
        {
            _port ??= OpenPort();
            _port.Write($"\f{price:F2}\r\n"); //! LCA3001
        }
    }

    public void ShowChecked(decimal price)
    {
        lock (_sync)
        {
            if (_port is not { IsOpen: true })
            {
                _port?.Dispose();
                _port = OpenPort();
            }

            _port.Write($"\f{price:F2}\r\n"); // ok LCA3001: asked
        }
    }

    private SerialPort OpenPort()
    {
        var port = new SerialPort(portName, 9600) { WriteTimeout = 500 };
        port.ErrorReceived += (_, _) => log.LogWarning("framing error at {Port}", portName);
        try
        {
            port.Open();
            return port;
        }
        catch
        {
            port.Dispose();
            throw;
        }
    }

    public void Dispose() => _port?.Dispose();
}

/// <summary>The pipe to the session host, lazily connected.</summary>
public sealed class SessionHostPipe : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private NamedPipeClientStream? _pipe;

    public async Task NotifyAsync(ReadOnlyMemory<byte> notice, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_pipe is null) _pipe = await ConnectAsync(ct);
            await _pipe.WriteAsync(notice, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task NotifyCheckedAsync(ReadOnlyMemory<byte> notice, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_pipe is null || !_pipe.IsConnected)
            {
                if (_pipe is not null) await _pipe.DisposeAsync();
                _pipe = await ConnectAsync(ct);
            }

            await _pipe.WriteAsync(notice, ct); // ok LCA3001: asked, nothing awaited since
        }
        finally
        {
            _gate.Release();
        }
    }

    private static async Task<NamedPipeClientStream> ConnectAsync(CancellationToken ct)
    {
        var pipe = new NamedPipeClientStream(".", "session-host", PipeDirection.Out, PipeOptions.Asynchronous);
        try
        {
            await pipe.ConnectAsync(2000, ct);
            return pipe;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_pipe is not null) await _pipe.DisposeAsync();
    }
}

/// <summary>Syslog over TLS: the failed stream stays where it is.</summary>
public sealed class TlsSyslogSink(Func<CancellationToken, Task<SslStream>> dial, ILogger<TlsSyslogSink> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SslStream? _tls;

    public async Task EmitAsync(string line, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _tls ??= await dial(ct); //! LCA3002
            await _tls.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), ct); //? LCA3001
        }
        catch (IOException e)
        {
            log.LogError(e, "syslog over TLS");
        }
        finally
        {
            _gate.Release();
        }
    }
}
