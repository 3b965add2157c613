// Ships logs to a collector: threads, timers and async void from three generations of maintainers.
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Unseen.Creation.LogShipper;

public sealed class AckReader : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly ILogger _log;
    private long _acks;

    public AckReader(TcpClient tcp, ILogger log)
    {
        _tcp = tcp;
        _log = log;
        new Thread(ReadAcks) { IsBackground = true, Name = "acks" }.Start();
    }

    private void ReadAcks()
    {
        var stream = _tcp.GetStream();
        var buffer = new byte[64];
        int n;
        while ((n = stream.Read(buffer, 0, buffer.Length)) > 0) //! LCA1005
            Interlocked.Add(ref _acks, n);
        _log.LogInformation("collector closed after {Acks}", _acks);
    }

    public void Dispose() => _tcp.Dispose();
}

public sealed class SafeAckReader : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly ILogger _log;
    private long _acks;

    public SafeAckReader(TcpClient tcp, ILogger log)
    {
        _tcp = tcp;
        _log = log;
        new Thread(ReadAcks) { IsBackground = true, Name = "acks" }.Start();
    }

    // ok LCA1005: both what the network and what closing throws
    private void ReadAcks()
    {
        try
        {
            var stream = _tcp.GetStream();
            var buffer = new byte[64];
            int n;
            while ((n = stream.Read(buffer, 0, buffer.Length)) > 0)
                Interlocked.Add(ref _acks, n);
            _log.LogInformation("collector closed after {Acks}", _acks);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _log.LogInformation(ex, "acks ended after {Acks}", _acks);
        }
    }

    public void Dispose() => _tcp.Dispose();
}

public sealed class CommandPort(Socket control, ILogger log)
{
    private readonly ManualResetEvent _ready = new(false);

    public void ReadOne() => ThreadPool.QueueUserWorkItem(_ => ReadCommand()); //! LCA1005

    private void ReadCommand()
    {
        var buffer = new byte[256];
        var n = control.Receive(buffer);
        log.LogInformation("command {Command}", Encoding.ASCII.GetString(buffer, 0, n));
    }

    // ok LCA1005: guarded in the work item
    public void ReadOneSafely() => ThreadPool.QueueUserWorkItem(_ =>
    {
        try
        {
            ReadCommand();
        }
        catch (SocketException ex)
        {
            log.LogWarning(ex, "control port lost");
        }
        catch (ObjectDisposedException)
        {
            log.LogDebug("control port closed");
        }
    });

    public void WaitForReady() => ThreadPool.RegisterWaitForSingleObject(_ready, OnReady, null, 30_000, executeOnlyOnce: true);

    private void OnReady(object? state, bool timedOut)
    {
        if (timedOut) return;
        var greeting = new byte[8];
        control.Receive(greeting); //! LCA1005
        log.LogInformation("ready: {Greeting}", Encoding.ASCII.GetString(greeting));
    }

    public void Ready() => _ready.Set();

    // ok LCA1005: reaches whoever cancels, and closing does not throw
    public void CloseOn(CancellationToken ct) => ct.Register(() => control.Close());
}

public sealed class StatsPuller : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly ILogger _log;
    private readonly System.Timers.Timer _every;
    private readonly System.Timers.Timer _often;
    private readonly Timer _once;
    private readonly Timer _guarded;
    private volatile bool _stopped;

    public StatsPuller(NetworkStream stream, ILogger log)
    {
        _stream = stream;
        _log = log;
        _every = new System.Timers.Timer(60_000);
        _every.Elapsed += async (_, _) =>
        {
            var buffer = new byte[128];
            var n = await _stream.ReadAsync(buffer); //! LCA1005
            _log.LogInformation("{Bytes} bytes of stats", n);
        };
        _often = new System.Timers.Timer(1_000);
        _often.Elapsed += PullNow;
        _once = new Timer(PullLater, null, 5_000, Timeout.Infinite);
        _guarded = new Timer(PullGuarded, null, 5_000, Timeout.Infinite);
        _every.Start();
        _often.Start();
    }

    // ok LCA1005: System.Timers.Timer swallows what a synchronous handler throws
    private void PullNow(object? sender, System.Timers.ElapsedEventArgs e)
    {
        var b = _stream.ReadByte();
        _log.LogTrace("byte {Byte}", b);
    }

    private void PullLater(object? state)
    {
        try
        {
            _log.LogTrace("byte {Byte}", _stream.ReadByte());
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "stats lost");
        }
        finally
        {
            _once.Change(5_000, Timeout.Infinite); //! LCA1005
        }
    }

    // ok LCA1005: a disposed timer is caught
    private void PullGuarded(object? state)
    {
        try
        {
            _log.LogTrace("byte {Byte}", _stream.ReadByte());
            if (!_stopped) _guarded.Change(5_000, Timeout.Infinite);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException)
        {
            _log.LogDebug(ex, "stats lost");
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _every.Dispose();
        _often.Dispose();
        _once.Dispose();
        _guarded.Dispose();
    }
}

public sealed class CollectorLink(string host, int port, ILogger<CollectorLink> log) : IDisposable
{
    private readonly TcpClient _tcp = new();
    private readonly CancellationTokenSource _stop = new();
    private Timer? _dialTimer;

    public void DialSoon() => _dialTimer = new Timer(async _ =>
    {
        await _tcp.ConnectAsync(host, port, _stop.Token); //! LCA1005
        log.LogInformation("collector reached");
    }, null, 1_000, Timeout.Infinite);

    // ok LCA1005: the async void lambda keeps its failures
    public void DialSafelySoon() => _dialTimer = new Timer(async _ =>
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _tcp.ConnectAsync(host, port, limit.Token);
            log.LogInformation("collector reached");
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "collector not reached");
        }
    }, null, 1_000, Timeout.Infinite);

    public bool DialWithin(int milliseconds)
    {
        //? LCA1008
        if (!_tcp.ConnectAsync(host, port).Wait(milliseconds)) return false; //! LCA1004
        log.LogInformation("collector reached");
        return true;
    }

    // ok LCA1004: on a timeout the client is closed
    public bool DialOrClose(int milliseconds)
    {
        var dial = _tcp.ConnectAsync(host, port); //? LCA1008
        if (dial.Wait(milliseconds)) return true;
        _tcp.Dispose();
        return false;
    }

    public async Task<int> ReplyAsync(Stream collector, byte[] buffer, TimeSpan patience)
    {
        if (await Task.WhenAny(collector.ReadAsync(buffer, 0, buffer.Length), Task.Delay(patience)) is Task<int> reply) return await reply; //! LCA1004
        log.LogWarning("no reply in {Patience}", patience);
        return -1;
    }

    // ok LCA1004: what is walked away from is cancelled
    public async Task<int> ReplyOrCancelAsync(Stream collector, byte[] buffer, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource();
        var reading = collector.ReadAsync(buffer, 0, buffer.Length, limit.Token);
        if (await Task.WhenAny(reading, Task.Delay(patience)) == reading) return await reading;
        await limit.CancelAsync();
        return -1;
    }

    public void Dispose()
    {
        _stop.Cancel();
        _dialTimer?.Dispose();
        _tcp.Dispose();
    }
}

public sealed class SyslogFanout(IReadOnlyList<IPEndPoint> collectors)
{
    // ok LCA1003: a synchronous loop whose using closes each
    public int CountReachable()
    {
        var reachable = 0;
        foreach (var collector in collectors)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Connect(collector);
                reachable++;
            }
            catch (SocketException)
            {
            }
        }

        return reachable;
    }

    public UdpClient Open(int index)
    {
        var udp = new UdpClient(); //! LCA1003
        udp.Connect(collectors[index]);
        return udp;
    }

    // ok LCA1003: in an object initialiser's owner, closed by the catch
    public UdpClient OpenSafely(int index)
    {
        var udp = new UdpClient();
        try
        {
            udp.Connect(collectors[index]);
            return udp;
        }
        catch
        {
            udp.Dispose();
            throw;
        }
    }
}
