using System.Net;
using System.Net.Sockets;
using System.IO.Pipes;

namespace Clauses.CompletionCallbacks;

// A Windows service of old.
public class LegacyGateway
{
    private readonly byte[] _buffer = new byte[1024];
    private TcpListener _listener;

    public void Start(int port)
    {
        _listener = new TcpListener(IPAddress.Any, port);
        _listener.Start();
        _listener.BeginAcceptTcpClient(new AsyncCallback(OnAccept), null);
    }

    public void Stop()
    {
        _listener.Stop();
    }

    private void OnAccept(IAsyncResult ar)
    {
        TcpClient client = _listener.EndAcceptTcpClient(ar); //! LCA1005
        client.GetStream().BeginRead(_buffer, 0, _buffer.Length, new AsyncCallback(OnRead), client);
        _listener.BeginAcceptTcpClient(new AsyncCallback(OnAccept), null);
    }

    private void OnRead(IAsyncResult ar)
    {
        TcpClient client = (TcpClient)ar.AsyncState;
        try
        {
            int count = client.GetStream().EndRead(ar);
            if (count == 0)
            {
                client.Close();
                return;
            }
            client.GetStream().BeginRead(_buffer, 0, _buffer.Length, new AsyncCallback(OnRead), client);
        }
        catch (IOException)
        {
            client.Close();
        }
        catch (ObjectDisposedException)
        {
            client.Close();
        }
        catch (InvalidOperationException)
        {
            client.Close();
        }
    }
}

public class HalfCaughtReader
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[512];

    public HalfCaughtReader(Socket socket)
    {
        _socket = socket;
    }

    public void Begin()
    {
        _socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, Received, null);
    }

    private void Received(IAsyncResult ar)
    {
        int count;
        try
        {
            count = _socket.EndReceive(ar); //! LCA1005
        }
        catch (SocketException)
        {
            return;
        }
        Console.WriteLine(count);
    }

    public void Close()
    {
        _socket.Close();
    }
}

public sealed class Poller : IDisposable
{
    private readonly Timer _timer;
    private readonly TcpClient _meter;
    private readonly byte[] _reply = new byte[64];

    public Poller(TcpClient meter)
    {
        _meter = meter;
        _timer = new Timer(Poll, null, 1000, 1000);
    }

    private void Poll(object? state)
    {
        var count = ReadReply(); //! LCA1005
        Console.WriteLine(count);
    }

    private int ReadReply() => _meter.GetStream().Read(_reply, 0, _reply.Length);

    public void Dispose()
    {
        _timer.Dispose();
        _meter.Dispose();
    }
}

public sealed class RearmedPoller : IDisposable
{
    private readonly Timer _timer;
    private int _polls;

    public RearmedPoller()
    {
        _timer = new Timer(Poll);
        _timer.Change(1000, Timeout.Infinite);
    }

    private void Poll(object? state)
    {
        _polls++;
        _timer.Change(1000, Timeout.Infinite); //! LCA1005
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class GuardedPoller : IDisposable
{
    private readonly Timer _timer;
    private int _polls;

    public GuardedPoller()
    {
        _timer = new Timer(Poll);
        _timer.Change(1000, Timeout.Infinite);
    }

    private void Poll(object? state)
    {
        _polls++;
        try
        {
            _timer.Change(1000, Timeout.Infinite);
        }
        catch (ObjectDisposedException)
        {
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class ElapsedReader
{
    private readonly System.Timers.Timer _timer = new(1000);
    private readonly NetworkStream _stream;

    public ElapsedReader(NetworkStream stream)
    {
        _stream = stream;
        _timer.Elapsed += (_, _) => Console.WriteLine(_stream.ReadByte());
        _timer.Start();
    }
}

public sealed class ElapsedAsyncReader
{
    private readonly System.Timers.Timer _timer = new(1000);
    private readonly NetworkStream _stream;

    public ElapsedAsyncReader(NetworkStream stream)
    {
        _stream = stream;
        _timer.Elapsed += async (_, _) =>
        {
            var one = new byte[1];
            await _stream.ReadExactlyAsync(one); //! LCA1005
        };
        _timer.Start();
    }
}

public sealed class ThrowingArgs
{
    private readonly SocketAsyncEventArgs _args = new();

    public ThrowingArgs()
    {
        _args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success) throw new SocketException((int)e.SocketError); //! LCA1005
        };
    }

    public SocketAsyncEventArgs Args => _args;
}

public sealed class TellingArgs
{
    private readonly SocketAsyncEventArgs _args = new();
    private readonly TaskCompletionSource _done = new();

    public TellingArgs()
    {
        _args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success) _done.SetException(new SocketException((int)e.SocketError));
            else _done.SetResult();
        };
    }

    public Task Done => _done.Task;

    public SocketAsyncEventArgs Args => _args;
}

public sealed class PipeServer
{
    public void Serve(NamedPipeServerStream pipe)
    {
        var thread = new Thread(() =>
        {
            pipe.WaitForConnection(); //! LCA1005
            using var reader = new StreamReader(pipe);
            Console.WriteLine(reader.ReadLine());
        });
        thread.IsBackground = true;
        thread.Start();
    }

    public void ServeGuarded(NamedPipeServerStream pipe)
    {
        new Thread(() =>
        {
            try
            {
                pipe.WaitForConnection();
                using var reader = new StreamReader(pipe);
                Console.WriteLine(reader.ReadLine());
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                Console.Error.WriteLine(e.Message);
            }
        }).Start();
    }
}

public sealed class Dialer
{
    public async void Dial(TcpClient client, string host, int port)
    {
        using var cts = new CancellationTokenSource(5000);
        await client.ConnectAsync(host, port, cts.Token); //! LCA1005
        Console.WriteLine("connected to " + host);
    }

    public async void DialAndTell(TcpClient client, string host, int port)
    {
        using var cts = new CancellationTokenSource(5000);
        try
        {
            await client.ConnectAsync(host, port, cts.Token);
            Console.WriteLine("connected to " + host);
        }
        catch (Exception e)
        {
            Console.WriteLine(host + ": " + e.Message);
        }
    }

    public void Queue(Socket socket, EndPoint to)
    {
        ThreadPool.QueueUserWorkItem(_ => socket.Connect(to)); //! LCA1005
    }

    public void Wait(Socket socket, WaitHandle ready, byte[] into)
    {
        ThreadPool.RegisterWaitForSingleObject(ready, (_, timedOut) =>
        {
            if (!timedOut) socket.Receive(into); //! LCA1005
        }, null, 1000, true);
    }

    public CancellationTokenRegistration Bound(Socket socket, CancellationToken stop, byte[] into) =>
        stop.Register(() => socket.Receive(into));
}
