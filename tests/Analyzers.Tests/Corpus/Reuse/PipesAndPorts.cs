// Named pipes to an agent and serial lines to instruments, opened on first use.
using System.IO.Pipes;
using System.IO.Ports;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Corpus.Reuse.PipesAndPorts;

public sealed class AgentPipe(string name) : IDisposable
{
    private NamedPipeClientStream? _pipe;

    public async Task TellAsync(string line, CancellationToken stop)
    {
        if (_pipe is null)
        {
            _pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await _pipe.ConnectAsync(2000, stop);
        }

        await _pipe.WriteAsync(Encoding.UTF8.GetBytes(line), stop); //! LCA3001
    }

    // ok LCA3001: a pipe knows when it broke, and is asked
    public async Task TellConnectedAsync(string line, CancellationToken stop)
    {
        if (_pipe is not { IsConnected: true })
        {
            if (_pipe is not null) await _pipe.DisposeAsync();
            _pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
            await _pipe.ConnectAsync(2000, stop);
        }

        await _pipe.WriteAsync(Encoding.UTF8.GetBytes(line), stop);
    }

    // ok LCA3001: a broken pipe is put away
    public async Task TellOrForgetAsync(string line, CancellationToken stop)
    {
        try
        {
            if (_pipe is null)
            {
                _pipe = new NamedPipeClientStream(".", name, PipeDirection.InOut, PipeOptions.Asynchronous);
                await _pipe.ConnectAsync(2000, stop);
            }

            await _pipe.WriteAsync(Encoding.UTF8.GetBytes(line), stop);
        }
        catch (IOException)
        {
            _pipe?.Dispose();
            _pipe = null;
            throw;
        }
    }

    public void Dispose() => _pipe?.Dispose();
}

public sealed class Instrument(string portName) : IDisposable
{
    private readonly object _sync = new();
    private SerialPort? _port;

    private SerialPort Port
    {
        get
        {
            if (_port == null)
            {
                var port = new SerialPort(portName, 19200) { NewLine = "\r", ReadTimeout = 1000 };
                port.ErrorReceived += static (_, e) => Console.Error.WriteLine(e.EventType);
                port.Open();
                _port = port;
            }

            return _port;
        }
    }

    public void Trigger()
    {
        lock (_sync) Port.WriteLine("*TRG"); //! LCA3001
    }

    // ok LCA3001: opened again when it is not open
    public void TriggerOpen()
    {
        lock (_sync)
        {
            var port = Port;
            if (!port.IsOpen) port.Open();
            port.WriteLine("*TRG");
        }
    }

    // ok LCA3001: the line that failed is closed and forgotten
    public string Identify()
    {
        lock (_sync)
        {
            try
            {
                Port.WriteLine("*IDN?");
                return Port.ReadLine();
            }
            catch (Exception ex) when (ex is IOException or InvalidOperationException or TimeoutException)
            {
                _port?.Dispose();
                _port = null;
                throw;
            }
        }
    }

    public void Dispose() => _port?.Dispose();
}

public sealed class SecureLog(string host) : IAsyncDisposable
{
    private SslStream? _tls;

    private async Task<SslStream> OpenAsync(CancellationToken stop)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 6514, stop);
            var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
            return tls;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    public async Task LogAsync(string line, CancellationToken stop)
    {
        _tls ??= await OpenAsync(stop);
        await _tls.WriteAsync(Encoding.UTF8.GetBytes(line), stop); //! LCA3001
    }

    // ok LCA3001: a failed line is reopened for the next one
    public async Task LogOrReopenAsync(string line, CancellationToken stop)
    {
        try
        {
            _tls ??= await OpenAsync(stop);
            await _tls.WriteAsync(Encoding.UTF8.GetBytes(line), stop);
        }
        catch (IOException)
        {
            if (_tls is not null) await _tls.DisposeAsync();
            _tls = null;
            throw;
        }
    }

    public ValueTask DisposeAsync() => _tls?.DisposeAsync() ?? default;
}
