// Callbacks that nobody awaits: an exception there ends the process.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Wide.Creation.CompletionCallbacks;

public class StateObject
{
    public Socket? WorkSocket;
    public readonly byte[] Buffer = new byte[1024];
    public readonly StringBuilder Text = new();
}

// --- reported

// The documentation's sample of 2005, as it lives on in many a code base.
public class AsynchronousClient
{
    private readonly ManualResetEvent _connectDone = new(false);

    public void Start(IPEndPoint remote)
    {
        var client = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //? LCA1003
        client.BeginConnect(remote, new AsyncCallback(ConnectCallback), client);
        _connectDone.WaitOne();
        var state = new StateObject { WorkSocket = client };
        client.BeginReceive(state.Buffer, 0, state.Buffer.Length, SocketFlags.None, ReceiveCallback, state);
    }

    private void ConnectCallback(IAsyncResult ar)
    {
        var client = (Socket)ar.AsyncState!;
        client.EndConnect(ar); //! LCA1005
        _connectDone.Set();
    }

    private void ReceiveCallback(IAsyncResult ar)
    {
        var state = (StateObject)ar.AsyncState!;
        var client = state.WorkSocket!;
        try
        {
            var read = client.EndReceive(ar); //! LCA1005
            if (read == 0) return;
            state.Text.Append(Encoding.ASCII.GetString(state.Buffer, 0, read));
            client.BeginReceive(state.Buffer, 0, state.Buffer.Length, SocketFlags.None, ReceiveCallback, state);
        }
        catch (SocketException)
        {
            client.Close();
        }
    }
}

public sealed class SensorServer(TcpListener listener, ILogger log)
{
    public void Run() => listener.BeginAcceptTcpClient(OnAccept, null);

    private void OnAccept(IAsyncResult result)
    {
        var client = listener.EndAcceptTcpClient(result); //! LCA1005
        log.LogInformation("sensor {Remote}", client.Client.RemoteEndPoint);
        listener.BeginAcceptTcpClient(OnAccept, null);
        client.Close();
    }
}

public sealed class Heartbeats : IDisposable
{
    private readonly Timer _timer;
    private readonly NetworkStream _stream;
    private int _missed;

    public Heartbeats(NetworkStream stream)
    {
        _stream = stream;
        _timer = new Timer(_ => Poll(), null, 1000, 1000); //! LCA1005
    }

    private void Poll()
    {
        var answer = _stream.ReadByte();
        if (answer < 0) _missed++;
    }

    public int Missed => _missed;

    public void Dispose() => _timer.Dispose();
}

public class RtuBridge
{
    private readonly Socket _socket;
    private readonly byte[] _frame = new byte[256];

    public RtuBridge(Socket socket)
    {
        _socket = socket;
        var thread = new Thread(ReadLoop) { IsBackground = true };
        thread.Start();
    }

    private void ReadLoop()
    {
        while (true)
        {
            var count = _socket.Receive(_frame); //! LCA1005
            if (count == 0) return;
        }
    }
}

public class JobRunner
{
    public void Queue(Socket socket, byte[] request)
    {
        ThreadPool.QueueUserWorkItem(state =>
        {
            var buffer = new byte[64];
            try
            {
                socket.Receive(buffer); //! LCA1005
            }
            catch (ObjectDisposedException)
            {
                return;
            }
            Console.WriteLine(buffer.Length);
        });
    }
}

public class UnityClient
{
    private TcpClient? client;
    private NetworkStream? stream;

    public async void Connect(string host, int port)
    {
        client = new TcpClient();
        await client.ConnectAsync(host, port); //! LCA1005 //? LCA1008
        stream = client.GetStream();
    }

    public void Quit()
    {
        stream?.Close();
        client?.Close();
    }
}

public static class Connector
{
    public static void Connect(EndPoint remote, Action<Socket> connected)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success)
                throw new SocketException((int)e.SocketError); //! LCA1005
            connected(e.ConnectSocket!);
        };
        if (!Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)) connected(args.ConnectSocket!);
    }
}

public sealed class Repeater : IDisposable
{
    private readonly Timer _timer;
    private readonly Func<int> _work;

    public Repeater(Func<int> work)
    {
        _work = work;
        _timer = new Timer(Tick);
        _timer.Change(1000, Timeout.Infinite);
    }

    private void Tick(object? state)
    {
        var wait = _work();
        _timer.Change(wait, Timeout.Infinite); //! LCA1005
    }

    public void Dispose() => _timer.Dispose();
}

// --- silent

public class CarefulClient
{
    private readonly ILogger _log;

    public CarefulClient(ILogger log) => _log = log;

    // ok LCA1005: catches what the network and what closing throw
    private void OnConnect(IAsyncResult ar)
    {
        var socket = (Socket)ar.AsyncState!;
        try
        {
            socket.EndConnect(ar);
        }
        catch (SocketException ex)
        {
            _log.LogWarning(ex, "no connection");
            socket.Close();
        }
        catch (ObjectDisposedException)
        {
        }
    }

    public void Start(Socket socket, EndPoint remote) => socket.BeginConnect(remote, OnConnect, socket);

    // ok LCA1005: one filtered clause
    private void OnReceive(IAsyncResult ar)
    {
        var state = (StateObject)ar.AsyncState!;
        int count;
        try
        {
            count = state.WorkSocket!.EndReceive(ar);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "receive ended");
            return;
        }
        state.Text.Append(count);
    }

    public void Receive(StateObject state) =>
        state.WorkSocket!.BeginReceive(state.Buffer, 0, state.Buffer.Length, SocketFlags.None, OnReceive, state);

    // ok LCA1005: the thread's method is guarded where it is called
    public void StartThread(Socket socket)
    {
        new Thread(() =>
        {
            try
            {
                Loop(socket);
            }
            catch (Exception ex)
            {
                _log.LogError(ex, "reader ended");
            }
        }).Start();
    }

    private static void Loop(Socket socket)
    {
        var buffer = new byte[16];
        while (socket.Receive(buffer) > 0) { }
    }

    // ok LCA1005: System.Timers.Timer swallows a synchronous handler's exception
    public void Poll(Socket socket)
    {
        var timer = new System.Timers.Timer(1000);
        timer.Elapsed += (_, _) => socket.Receive(new byte[1]);
        timer.Start();
    }

    // ok LCA1005: awaited by its callers, no callback
    public async Task<int> ReadAsync(NetworkStream stream, byte[] buffer) => await stream.ReadAsync(buffer);

    // ok LCA1005: async void, but everything is in the try
    public async void Fetch(TcpClient client, string host)
    {
        try
        {
            await client.ConnectAsync(host, 80, CancellationToken.None); //! LCA1008
        }
        catch (Exception ex)
        {
            _log.LogError(ex, "fetch");
        }
    }

    // ok LCA1005: throws to the canceller
    public void Bind(Socket socket, CancellationToken token) => token.Register(() => socket.Disconnect(true));

    // ok LCA1005: a result is set instead of a throw
    public Task<Socket> ConnectAsync(EndPoint remote)
    {
        var done = new TaskCompletionSource<Socket>();
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success)
                done.TrySetException(new SocketException((int)e.SocketError));
            else
                done.TrySetResult(e.ConnectSocket!);
        };
        if (!Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args)) done.TrySetResult(args.ConnectSocket!);
        return done.Task;
    }

    // ok LCA1005: EndConnect through FromAsync lands in the task
    public Task ApmAsync(Socket socket, EndPoint remote) =>
        Task.Factory.FromAsync((cb, s) => socket.BeginConnect(remote, cb, s), socket.EndConnect, null);
}

public sealed class CarefulRepeater : IDisposable
{
    private readonly Timer _timer;

    public CarefulRepeater() => _timer = new Timer(Tick, null, 1000, Timeout.Infinite);

    // ok LCA1005: the re-arming is in a try
    private void Tick(object? state)
    {
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
