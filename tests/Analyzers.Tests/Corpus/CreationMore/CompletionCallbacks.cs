// Code that nobody awaits: async callbacks, completion events, timers, pool work items, threads, async void.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.CompletionCallbacks;

/// <summary>Begin and End all the way, no try anywhere.</summary>
public sealed class ApmClient(Socket socket, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];
    private long _received;

    public long Received => _received;

    public void Connect(EndPoint remote) => socket.BeginConnect(remote, OnConnected, null); //? LCA1008

    private void OnConnected(IAsyncResult ar)
    {
        socket.EndConnect(ar); //! LCA1005
        socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
    }

    private void OnReceived(IAsyncResult ar)
    {
        var n = socket.EndReceive(ar); //! LCA1005
        if (n == 0) return;
        _received += n;
        socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
    }

    public void Send(byte[] bytes) => socket.BeginSend(bytes, 0, bytes.Length, SocketFlags.None, ar => socket.EndSend(ar), null); //! LCA1005

    // ok LCA1005: both kinds are caught
    public void SendGuarded(byte[] bytes) => socket.BeginSend(bytes, 0, bytes.Length, SocketFlags.None, ar =>
    {
        try
        {
            socket.EndSend(ar);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogDebug(ex, "not sent");
        }
    }, null);
}

public sealed class ApmClientGuarded(Socket socket, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];

    public void Connect(EndPoint remote) => socket.BeginConnect(remote, OnConnected, null); //? LCA1008

    // ok LCA1005: the network's exception and the one of closing, in two clauses
    private void OnConnected(IAsyncResult ar)
    {
        try
        {
            socket.EndConnect(ar);
            socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "not connected");
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("closed while connecting");
        }
    }

    // ok LCA1005: what it calls catches
    private void OnReceived(IAsyncResult ar)
    {
        if (TryEnd(ar, out var n) && n > 0) TryBegin();
    }

    private bool TryEnd(IAsyncResult ar, out int received)
    {
        try
        {
            received = socket.EndReceive(ar);
            return true;
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "receive ended");
            received = 0;
            return false;
        }
    }

    private void TryBegin()
    {
        try
        {
            socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "receive not begun");
        }
    }
}

/// <summary>Catches one of the two.</summary>
public sealed class HalfGuarded(Socket socket, NetworkStream stream, ILogger log)
{
    private readonly byte[] _buffer = new byte[4096];

    public void Start()
    {
        socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);
        stream.BeginRead(_buffer, 0, _buffer.Length, OnRead, null);
        stream.BeginRead(_buffer, 0, _buffer.Length, OnReadGuarded, null);
        stream.BeginRead(_buffer, 0, _buffer.Length, OnReadClosed, null);
        socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReset, null);
    }

    private void OnReceived(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Count} bytes", socket.EndReceive(ar)); //! LCA1005
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "receive failed");
        }
    }

    private void OnRead(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Count} bytes", stream.EndRead(ar)); //! LCA1005
        }
        catch (IOException ex)
        {
            log.LogDebug(ex, "read failed");
        }
    }

    // ok LCA1005: IOException and ObjectDisposedException
    private void OnReadGuarded(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Count} bytes", stream.EndRead(ar));
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
            log.LogDebug(ex, "read failed");
        }
    }

    private void OnReadClosed(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Count} bytes", stream.EndRead(ar)); //! LCA1005
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("closed");
        }
    }

    private void OnReset(IAsyncResult ar)
    {
        try
        {
            log.LogTrace("{Count} bytes", socket.EndReceive(ar)); //! LCA1005
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.ConnectionReset)
        {
            log.LogDebug("reset");
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("closed");
        }
    }
}

public sealed class ApmServer(TcpListener listener, ILogger log)
{
    public void Start() => listener.BeginAcceptTcpClient(OnAccepted, listener);

    private void OnAccepted(IAsyncResult ar)
    {
        var accepting = (TcpListener)ar.AsyncState!;
        using var client = accepting.EndAcceptTcpClient(ar); //! LCA1005
        log.LogInformation("{Remote}", client.Client.RemoteEndPoint);
        accepting.BeginAcceptTcpClient(OnAccepted, accepting);
    }

    public void StartGuarded() => listener.BeginAcceptTcpClient(OnAcceptedGuarded, listener);

    // ok LCA1005: a stopped listener ends the accepting quietly
    private void OnAcceptedGuarded(IAsyncResult ar)
    {
        try
        {
            using var client = listener.EndAcceptTcpClient(ar);
            log.LogInformation("{Remote}", client.Client.RemoteEndPoint);
            listener.BeginAcceptTcpClient(OnAcceptedGuarded, listener);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogInformation(ex, "accepting ended");
        }
    }
}

public abstract class ApmReaderBase(Stream stream)
{
    private readonly byte[] _chunk = new byte[1024];

    protected void BeginRead() => stream.BeginRead(_chunk, 0, _chunk.Length, OnCompleted, this);

    private static void OnCompleted(IAsyncResult ar)
    {
        var reader = (ApmReaderBase)ar.AsyncState!;
        reader.Complete(ar); //! LCA1005
    }

    private void Complete(IAsyncResult ar)
    {
        var n = stream.EndRead(ar);
        if (n > 0) OnData(_chunk.AsSpan(0, n));
    }

    protected abstract void OnData(ReadOnlySpan<byte> data);
}

public sealed class SaeaConnector
{
    private readonly ManualResetEventSlim _done = new();
    private SocketError _error;

    public void Connect(Socket socket, EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) =>
        {
            if (e.SocketError != SocketError.Success) throw new SocketException((int)e.SocketError); //! LCA1005
            _done.Set();
        };
        if (!socket.ConnectAsync(args)) _done.Set(); //? LCA1008
        _done.Wait();
    }

    // ok LCA1005: the handler records, the caller throws
    public void ConnectRecorded(Socket socket, EndPoint remote)
    {
        var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
        args.Completed += (_, e) => Record(e);
        if (!socket.ConnectAsync(args)) Record(args); //? LCA1008
        _done.Wait();
        if (_error != SocketError.Success) throw new SocketException((int)_error);

        void Record(SocketAsyncEventArgs e)
        {
            _error = e.SocketError;
            _done.Set();
        }
    }
}

public sealed class SaeaReceiver
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _args = new();

    public SaeaReceiver(Socket socket)
    {
        _socket = socket;
        _args.SetBuffer(new byte[2048]);
        _args.Completed += OnCompleted;
    }

    public void Start()
    {
        if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args);
    }

    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        while (e is { SocketError: SocketError.Success, BytesTransferred: > 0 })
        {
            if (_socket.ReceiveAsync(e)) return; //! LCA1005
        }
    }
}

public sealed class SaeaReceiverGuarded
{
    private readonly Socket _socket;
    private readonly SocketAsyncEventArgs _args = new();

    public SaeaReceiverGuarded(Socket socket)
    {
        _socket = socket;
        _args.SetBuffer(new byte[2048]);
        _args.Completed += OnCompleted;
    }

    public void Start()
    {
        if (!_socket.ReceiveAsync(_args)) OnCompleted(_socket, _args);
    }

    // ok LCA1005: a socket that was closed meanwhile ends the loop
    private void OnCompleted(object? sender, SocketAsyncEventArgs e)
    {
        try
        {
            while (e is { SocketError: SocketError.Success, BytesTransferred: > 0 })
            {
                if (_socket.ReceiveAsync(e)) return;
            }
        }
        catch (Exception ex) when (ex is ObjectDisposedException or SocketException)
        {
            Console.Error.WriteLine(ex.Message);
        }
    }
}

public sealed class PollingGauge : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly Timer _timer;
    private readonly object _sync = new();
    private volatile int _last;
    private bool _disposed;

    public PollingGauge(NetworkStream stream)
    {
        _stream = stream;
        _timer = new Timer(_ => Poll(), null, 1000, 1000); //! LCA1005
    }

    public int Last => _last;
    public bool Disposed { get { lock (_sync) return _disposed; } }

    private void Poll() => _last = _stream.ReadByte();

    public void Dispose()
    {
        lock (_sync) _disposed = true;
        _timer.Dispose();
    }
}

public sealed class GuardedGauge : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly Timer _timer;
    private volatile int _last;

    // ok LCA1005: the poll catches everything
    public GuardedGauge(NetworkStream stream)
    {
        _stream = stream;
        _timer = new Timer(static state => ((GuardedGauge)state!).Poll(), this, 1000, 1000);
    }

    public int Last => _last;

    private void Poll()
    {
        try
        {
            _last = _stream.ReadByte();
        }
        catch (Exception ex)
        {
            Console.Error.WriteLine(ex.Message);
            _last = -1;
        }
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Sends in its timer: that is the other rule's.</summary>
public sealed class TimerSender : IDisposable
{
    private readonly Timer _timer;

    public TimerSender(Socket socket)
    {
        // ok LCA1005: a send is LCA2001's
        _timer = new Timer(_ => socket.Send("ping"u8), null, 5000, 5000); //! LCA2001
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Re-arms itself; Dispose may have come before.</summary>
public sealed class SelfArming : IDisposable
{
    private readonly Timer _timer;
    private int _ticks;

    public SelfArming()
    {
        _timer = new Timer(OnTick, null, Timeout.Infinite, Timeout.Infinite);
        _timer.Change(1000, Timeout.Infinite);
    }

    public int Ticks => _ticks;

    private void OnTick(object? state)
    {
        _ticks++;
        _timer.Change(1000, Timeout.Infinite); //! LCA1005
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class SelfArmingInFinally : IDisposable
{
    private readonly Timer _timer;
    private readonly NetworkStream _stream;
    private int _last;

    public SelfArmingInFinally(NetworkStream stream)
    {
        _stream = stream;
        _timer = new Timer(_ =>
        {
            try
            {
                _last = _stream.ReadByte();
            }
            catch (Exception ex)
            {
                Console.Error.WriteLine(ex.Message);
            }
            finally
            {
                _timer!.Change(1000, Timeout.Infinite); //! LCA1005
            }
        }, null, 1000, Timeout.Infinite);
    }

    public int Last => _last;

    public void Dispose() => _timer.Dispose();
}

public sealed class FlaggedArming : IDisposable
{
    private readonly object _sync = new();
    private readonly Timer _timer;
    private bool _disposed;

    public FlaggedArming() => _timer = new Timer(OnTick, null, 1000, Timeout.Infinite);

    // ok LCA1005: under the lock that Dispose takes, and only while not disposed
    private void OnTick(object? state)
    {
        lock (_sync)
        {
            if (_disposed) return;
            _timer.Change(1000, Timeout.Infinite);
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

public sealed class CatchingArming : IDisposable
{
    private readonly Timer _timer;

    public CatchingArming() => _timer = new Timer(OnTick, null, 1000, Timeout.Infinite);

    // ok LCA1005: a disposed timer is not armed again
    private void OnTick(object? state)
    {
        try
        {
            _timer.Change(1000, Timeout.Infinite);
        }
        catch (ObjectDisposedException)
        {
            Console.Error.WriteLine("timer stopped");
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class WorkItems(Socket socket, ILogger log)
{
    public void Drain()
    {
        ThreadPool.QueueUserWorkItem(_ =>
        {
            var buffer = new byte[512];
            while (socket.Receive(buffer) > 0) { } //! LCA1005
        });
    }

    // ok LCA1005: the work item catches
    public void DrainGuarded()
    {
        ThreadPool.QueueUserWorkItem(_ =>
        {
            try
            {
                var buffer = new byte[512];
                while (socket.Receive(buffer) > 0) { }
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                log.LogDebug(ex, "drained");
            }
        });
    }

    public RegisteredWaitHandle Watch(WaitHandle ready) =>
        ThreadPool.RegisterWaitForSingleObject(ready, OnReady, null, Timeout.Infinite, executeOnlyOnce: true);

    private void OnReady(object? state, bool timedOut)
    {
        var one = new byte[1];
        if (!timedOut) socket.Receive(one); //! LCA1005
    }

    public Thread StartReader()
    {
        var thread = new Thread(ReadForever) { IsBackground = true };
        thread.Start();
        return thread;
    }

    private void ReadForever()
    {
        using var stream = new NetworkStream(socket);
        var buffer = new byte[512];
        while (stream.Read(buffer, 0, buffer.Length) > 0) { } //! LCA1005
    }

    public void StartGuardedReader() => new Thread(ReadForeverGuarded) { IsBackground = true }.Start();

    // ok LCA1005: the thread ends, the process does not
    private void ReadForeverGuarded()
    {
        try
        {
            ReadAll(socket);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "reader ended");
        }
    }

    private static void ReadAll(Socket socket)
    {
        var buffer = new byte[512];
        while (socket.Receive(buffer) > 0) { }
    }

    // ok LCA1005: the task is the caller's, its exception too
    public Task DrainOnTask() => Task.Run(() => ReadAll(socket));

    // ok LCA1005: what it throws reaches the one who cancels
    public CancellationTokenRegistration CloseOn(CancellationToken ct) => ct.Register(() => socket.Shutdown(SocketShutdown.Receive));
}

public sealed class AsyncVoids(Socket socket, ILogger log)
{
    public async void Start(EndPoint remote, CancellationToken ct)
    {
        await socket.ConnectAsync(remote, ct); //! LCA1005
        log.LogInformation("connected");
    }

    // ok LCA1005: everything it awaits is in the try
    public async void StartGuarded(EndPoint remote, CancellationToken ct)
    {
        try
        {
            await socket.ConnectAsync(remote, ct);
            log.LogInformation("connected");
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "not connected");
        }
    }

    public void Attach(System.Timers.Timer timer, Memory<byte> buffer)
    {
        timer.Elapsed += async (_, _) =>
        {
            var n = await socket.ReceiveAsync(buffer, SocketFlags.None); //! LCA1005
            log.LogTrace("{Count} bytes", n);
        };
    }

    // ok LCA1005: this timer swallows what a synchronous handler throws
    public void AttachSynchronous(System.Timers.Timer timer, byte[] buffer)
    {
        timer.Elapsed += (_, _) => log.LogTrace("{Count} bytes", socket.Receive(buffer));
    }

    // ok LCA1005: nobody touches a connection
    public void AttachLogging(System.Timers.Timer timer) => timer.Elapsed += async (_, e) =>
    {
        await Task.Yield();
        log.LogTrace("{Time}", e.SignalTime);
    };

    // ok LCA1005: a task that the caller awaits
    public async Task StartAsync(EndPoint remote, CancellationToken ct)
    {
        await socket.ConnectAsync(remote, ct);
    }
}

public sealed class ReceiveLoopVoid(ClientWebSocket ws)
{
    public event Action<int>? Received;

    public void Start() => Loop();

    private async void Loop()
    {
        var buffer = new byte[1024];
        while (true)
        {
            var result = await ws.ReceiveAsync(buffer.AsMemory(), CancellationToken.None).ConfigureAwait(false); //! LCA1005
            if (result.MessageType == WebSocketMessageType.Close) return;
            Received?.Invoke(result.Count);
        }
    }
}
