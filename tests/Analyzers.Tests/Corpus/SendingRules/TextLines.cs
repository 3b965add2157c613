// Text protocols: writers and readers over network streams, APM servers, late state.
using System.Net.Sockets;
using System.Net.Security;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.TextLines;

public sealed class IrcBot : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamWriter _writer;
    private readonly StreamReader _reader;
    private readonly Timer _timer;

    public IrcBot(string host)
    {
        _client = new TcpClient(host, 6667);
        _writer = new StreamWriter(_client.GetStream()) { AutoFlush = true };
        _reader = new StreamReader(_client.GetStream());
        _timer = new Timer(KeepAlive, null, 60_000, 60_000);
    }

    private void KeepAlive(object? state)
    {
        _writer.WriteLine("PING :alive"); //! LCA2001 LCA2004
    }

    // ok LCA2001: a reading loop is no callback
    public void Run()
    {
        while (_reader.ReadLine() is { } line)
            if (line.StartsWith("PING")) _writer.WriteLine("PONG " + line[5..]);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _client.Dispose();
    }
}

public sealed class IrcBotCaught : IDisposable
{
    private readonly TcpClient _client;
    private readonly StreamWriter _writer;
    private readonly Timer _timer;

    public IrcBotCaught(string host)
    {
        _client = new TcpClient(host, 6667);
        _writer = new StreamWriter(_client.GetStream()) { AutoFlush = true };
        _timer = new Timer(KeepAlive, null, 60_000, 60_000);
    }

    // ok LCA2001: caught
    private void KeepAlive(object? state)
    {
        try { _writer.WriteLine("PING :alive"); }
        catch (IOException) { _timer.Dispose(); }
        catch (ObjectDisposedException) { _timer.Dispose(); }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _client.Dispose();
    }
}

public sealed class BinaryFeed
{
    private readonly BinaryWriter _out;

    public BinaryFeed(NetworkStream stream, FileSystemWatcher watcher)
    {
        _out = new BinaryWriter(stream, Encoding.UTF8);
        watcher.Error += (_, e) => Console.WriteLine(e.GetException());
        watcher.Created += OnCreated;
    }

    private void OnCreated(object sender, FileSystemEventArgs e)
    {
        _out.Write(e.Name!.Length); //! LCA2001
        _out.Write(e.Name);
    }
}

public sealed class FileReport
{
    private readonly StreamWriter _file = new("report.txt");

    // ok LCA2001: a file
    public FileReport(System.Timers.Timer timer) => timer.Elapsed += (_, e) => _file.WriteLine(e.SignalTime);
}

public sealed class ApmEcho(ILogger log)
{
    private sealed class Client(Socket socket)
    {
        public Socket Socket => socket;
        public byte[] Buffer { get; } = new byte[1024];
    }

    public void Begin(Socket socket)
    {
        var client = new Client(socket);
        socket.BeginReceive(client.Buffer, 0, 1024, SocketFlags.None, OnReceived, client);
    }

    private void OnReceived(IAsyncResult ar)
    {
        var client = (Client)ar.AsyncState!;
        var n = client.Socket.EndReceive(ar); //? LCA1005
        log.LogDebug("{N} bytes", n);
        client.Socket.Send(client.Buffer, 0, n, SocketFlags.None); //! LCA2001
    }

    public void BeginSafe(Socket socket)
    {
        var client = new Client(socket);
        socket.BeginReceive(client.Buffer, 0, 1024, SocketFlags.None, OnReceivedSafe, client);
    }

    // ok LCA2001: the whole body is caught
    private void OnReceivedSafe(IAsyncResult ar)
    {
        var client = (Client)ar.AsyncState!;
        try
        {
            var n = client.Socket.EndReceive(ar);
            client.Socket.Send(client.Buffer, 0, n, SocketFlags.None);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "echo ended");
            client.Socket.Close();
        }
    }
}

public sealed class Farewell : IHostedService
{
    private readonly SslStream _tls;

    public Farewell(SslStream tls, IHostApplicationLifetime lifetime)
    {
        _tls = tls;
        lifetime.ApplicationStopping.Register(OnStopping);
    }

    private void OnStopping()
    {
        _tls.Write("BYE\r\n"u8); //! LCA2001
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // ok LCA2001: the host awaits this one
    public async Task StopAsync(CancellationToken cancellationToken) =>
        await _tls.WriteAsync("QUIT\r\n"u8.ToArray(), cancellationToken); //? LCA2004
}

public sealed class Metronome
{
    private readonly ITimer _timer;
    private readonly NetworkStream _stream;

    public Metronome(TimeProvider time, NetworkStream stream)
    {
        _stream = stream;
        _timer = time.CreateTimer(Beat, null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private void Beat(object? state)
    {
        var line = Encoding.ASCII.GetBytes("tick\n");
        _stream.WriteAsync(line, 0, line.Length).Wait(); //! LCA2001
        //? LCA2004
    }
}

public sealed class CompareFlag : IDisposable
{
    private readonly Socket _socket;
    private readonly Timer _timer;
    private int _state;

    public CompareFlag(Socket socket)
    {
        _socket = socket;
        _timer = new Timer(_ => Beat(), null, 0, 1000);
    }

    // ok LCA2001: an atomic flag
    private void Beat()
    {
        if (Interlocked.CompareExchange(ref _state, 0, 0) == 1) return;
        _socket.Send("beat"u8);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _state, 1) == 1) return;
        _timer.Dispose();
        _socket.Dispose();
    }
}

public sealed class ForeignFlag
{
    private readonly Socket _socket;
    private readonly Timer _timer;
    private readonly Options _options;

    public sealed class Options { public bool Enabled { get; set; } }

    public ForeignFlag(Socket socket, Options options)
    {
        (_socket, _options) = (socket, options);
        _timer = new Timer(Beat, null, 0, 1000);
    }

    // an option says nothing about the socket
    private void Beat(object? state)
    {
        if (!_options.Enabled) return;
        _socket.Send("beat"u8); //! LCA2001
    }
}

public sealed class LockedFlag : IDisposable
{
    private readonly object _sync = new();
    private readonly Socket _socket;
    private readonly Timer _timer;
    private bool _running = true;

    public LockedFlag(Socket socket)
    {
        _socket = socket;
        _timer = new Timer(Beat, null, 0, 1000);
    }

    // ok LCA2001: nested in locks and ifs
    private void Beat(object? state)
    {
        lock (_sync)
        {
            if (_running)
            {
                if (DateTime.UtcNow.Second % 2 == 0)
                    _socket.Send("even"u8);
                else
                    _socket.Send("odd"u8);
            }
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _running = false;
            _timer.Dispose();
            _socket.Dispose();
        }
    }
}
