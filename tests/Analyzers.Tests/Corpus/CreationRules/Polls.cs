// Timers and waits that read, connect and re-arm.
using System.IO.Ports;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Polls;

public sealed class BoilerPoll : IDisposable
{
    private readonly Timer _timer;
    private readonly TcpClient _client;

    public BoilerPoll(TcpClient client)
    {
        _client = client;
        _timer = new Timer(Poll, null, 1000, 1000);
    }

    private void Poll(object? state)
    {
        var b = _client.GetStream().ReadByte(); //! LCA1005
        Console.WriteLine(b);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _client.Dispose();
    }
}

public sealed class BoilerPollSafe : IDisposable
{
    private readonly Timer _timer;
    private readonly TcpClient _client;

    public BoilerPollSafe(TcpClient client)
    {
        _client = client;
        _timer = new Timer(_ => Poll(), null, 1000, 1000);
    }

    // ok LCA1005
    private void Poll()
    {
        try
        {
            Console.WriteLine(_client.GetStream().ReadByte());
        }
        catch (IOException) { }
        catch (InvalidOperationException) { }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _client.Dispose();
    }
}

public sealed class Rearmer : IDisposable
{
    private readonly Timer _timer;
    private int _beats;

    public Rearmer() => _timer = new Timer(Tick, null, 500, Timeout.Infinite);

    private void Tick(object? state)
    {
        try
        {
            Interlocked.Increment(ref _beats);
        }
        finally
        {
            _timer.Change(500, Timeout.Infinite); //! LCA1005
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class RearmerSafe : IDisposable
{
    private readonly Timer _timer;
    private readonly object _sync = new();
    private bool _disposed;
    private int _beats;

    public RearmerSafe() => _timer = new Timer(Tick, null, 500, Timeout.Infinite);

    // ok LCA1005: asks under the lock
    private void Tick(object? state)
    {
        _beats++;
        lock (_sync)
        {
            if (_disposed) return;
            _timer.Change(500, Timeout.Infinite);
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

public sealed class RearmerCaught : IDisposable
{
    private readonly Timer _timer;

    public RearmerCaught() => _timer = new Timer(Tick, null, 500, Timeout.Infinite);

    // ok LCA1005: the exception of the disposed timer is caught
    private void Tick(object? state)
    {
        try { _timer.Change(500, Timeout.Infinite); }
        catch (ObjectDisposedException) { }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class ForeverTimer
{
    private static readonly Timer s_timer = new(Tick, null, 0, Timeout.Infinite);

    // ok LCA1005: nobody disposes this timer
    private static void Tick(object? state) => s_timer.Change(1000, Timeout.Infinite);
}

public sealed class ScalePoll
{
    private readonly System.Timers.Timer _timer = new(250);
    private readonly SerialPort _port;

    public ScalePoll(SerialPort port)
    {
        _port = port;
        _timer.Elapsed += OnElapsed;
        _timer.Start();
    }

    // ok LCA1005: this timer swallows what a synchronous handler throws
    private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e) => Console.WriteLine(_port.ReadLine());
}

public sealed class DepthPoll
{
    private readonly System.Timers.Timer _timer = new(250);
    private readonly Socket _socket;

    public DepthPoll(Socket socket)
    {
        _socket = socket;
        _timer.Elapsed += async (_, _) =>
        {
            var buffer = new byte[16];
            var n = await _socket.ReceiveAsync(buffer); //! LCA1005
            Console.WriteLine(n);
        };
        _timer.Start();
    }
}

public sealed class Reconnector(string host, int port, ILogger log)
{
    private TcpClient _client = new();

    public void Arm(WaitHandle lost) =>
        ThreadPool.RegisterWaitForSingleObject(lost, OnLost, null, Timeout.Infinite, executeOnlyOnce: true);

    private void OnLost(object? state, bool timedOut)
    {
        _client.Dispose();
        _client = new TcpClient();
        _client.Connect(host, port); //! LCA1005
    }

    public void ArmSafe(WaitHandle lost) =>
        ThreadPool.RegisterWaitForSingleObject(lost, (_, _) => TryReconnect(), null, Timeout.Infinite, executeOnlyOnce: true);

    // ok LCA1005
    private bool TryReconnect()
    {
        try
        {
            _client.Connect(host, port);
            return true;
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "not yet");
            return false;
        }
    }

    // ok LCA1005: whoever cancels hears of it
    public void Bind(CancellationToken stop) => stop.Register(() => _client.GetStream().ReadByte());

    public async void OnNetworkUp(object? sender, EventArgs e)
    {
        await _client.ConnectAsync(host, port, CancellationToken.None); //! LCA1005 LCA1008
    }

    // ok LCA1005: filters name all of them
    public async void OnNetworkBack(object? sender, EventArgs e)
    {
        try
        {
            await _client.ConnectAsync(host, port, CancellationToken.None); //! LCA1008
        }
        catch (SocketException ex) when (ex.SocketErrorCode != SocketError.OperationAborted)
        {
            log.LogWarning(ex, "not yet");
        }
        catch (Exception ex)
        {
            log.LogError(ex, "not at all");
        }
    }
}
