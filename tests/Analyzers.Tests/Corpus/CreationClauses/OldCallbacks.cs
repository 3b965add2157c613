using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;

namespace Clauses.OldCallbacks;

public class DiscoveryListener
{
    private readonly UdpClient _udp;
    private bool _stopped;

    public DiscoveryListener(int port)
    {
        _udp = new UdpClient(port);
    }

    public void Start()
    {
        _udp.BeginReceive(OnDatagram, null);
    }

    private void OnDatagram(IAsyncResult ar)
    {
        IPEndPoint from = null;
        byte[] datagram = _udp.EndReceive(ar, ref from); //! LCA1005
        Console.WriteLine(from + ": " + datagram.Length);
        if (!_stopped) _udp.BeginReceive(OnDatagram, null);
    }

    public void Stop()
    {
        _stopped = true;
        _udp.Close();
    }
}

public class WebFrontDoor
{
    private readonly HttpListener _listener = new HttpListener();

    public void Start()
    {
        _listener.Start();
        _listener.BeginGetContext(OnContext, null);
    }

    private void OnContext(IAsyncResult ar)
    {
        HttpListenerContext context;
        try
        {
            context = _listener.EndGetContext(ar);
            _listener.BeginGetContext(OnContext, null);
        }
        catch (HttpListenerException)
        {
            return;
        }
        catch (InvalidOperationException)
        {
            return;
        }
        try
        {
            context.Response.StatusCode = 200;
            context.Response.Close();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    public void Stop()
    {
        _listener.Close();
    }
}

public class PipeGate
{
    private NamedPipeServerStream _pipe;

    public void Open()
    {
        _pipe = new NamedPipeServerStream("gate", PipeDirection.InOut, 1, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        _pipe.BeginWaitForConnection(Connected, _pipe);
    }

    private void Connected(IAsyncResult ar)
    {
        NamedPipeServerStream pipe = (NamedPipeServerStream)ar.AsyncState;
        pipe.EndWaitForConnection(ar); //! LCA1005
        Console.WriteLine("gate opened");
    }

    public void Close()
    {
        _pipe.Dispose();
    }
}

public class DialBack
{
    private readonly Socket _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    public void Dial(EndPoint to)
    {
        _socket.BeginConnect(to, ar => Finish(ar), null); //! LCA1005
    }

    public void DialGuarded(EndPoint to)
    {
        _socket.BeginConnect(to, ar =>
        {
            try
            {
                Finish(ar);
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }, null);
    }

    private void Finish(IAsyncResult ar)
    {
        _socket.EndConnect(ar);
        Console.WriteLine("connected");
    }

    public void Close()
    {
        _socket.Close();
    }
}

public sealed class Flagged : IDisposable
{
    private readonly object _sync = new();
    private readonly Timer _timer;
    private bool _disposed;

    public Flagged()
    {
        _timer = new Timer(Tick, null, Timeout.Infinite, Timeout.Infinite);
        _timer.Change(100, Timeout.Infinite);
    }

    private void Tick(object? state)
    {
        lock (_sync)
        {
            if (_disposed) return;
            _timer.Change(100, Timeout.Infinite);
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            _timer.Dispose();
        }
    }
}

public abstract class Worker
{
    protected Worker(System.ComponentModel.BackgroundWorker worker)
    {
        worker.DoWork += (_, e) => e.Result = Fetch();
    }

    protected abstract int Fetch();
}

public sealed class SocketWorker(System.ComponentModel.BackgroundWorker worker, Socket socket) : Worker(worker)
{
    protected override int Fetch() => socket.Receive(new byte[16]);
}

public sealed class Refresher
{
    private readonly TcpClient _client;

    public Refresher(TcpClient client, FileSystemWatcher watcher)
    {
        _client = client;
        watcher.Changed += OnChanged;
    }

    private async void OnChanged(object sender, FileSystemEventArgs e)
    {
        await RefreshAsync(); //! LCA1005
    }

    private async Task RefreshAsync()
    {
        var buffer = new byte[64];
        await _client.GetStream().ReadExactlyAsync(buffer);
    }
}
