// Length-prefixed protocols over SslStream, NegotiateStream, NetworkStream and pipes: who writes, and can two write at once?
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.FramedStreams;

public sealed class SensorBoard
{
    public event Action<byte[]>? Sampled;
    public event Action<string>? Alarmed;
    public void Sample(byte[] data) => Sampled?.Invoke(data);
    public void Alarm(string text) => Alarmed?.Invoke(text);
}

/// <summary>Two events of a board write to one TLS stream; nothing keeps them apart.</summary>
public sealed class BoardUplink
{
    private readonly SslStream _tls;

    public BoardUplink(SslStream tls, SensorBoard board, ILogger log)
    {
        _tls = tls;
        board.Sampled += data =>
        {
            try
            {
                _tls.Write(data); //? LCA2004
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                log.LogWarning(e, "sample lost");
            }
        };
        board.Alarmed += text =>
        {
            try
            {
                _tls.Write(System.Text.Encoding.ASCII.GetBytes(text)); //! LCA2004
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                log.LogWarning(e, "alarm lost");
            }
        };
    }
}

/// <summary>The same board; both handlers go through one locked method.</summary>
public sealed class LockedBoardUplink
{
    private readonly Lock _sync = new();
    private readonly SslStream _tls;
    private readonly ILogger _log;

    public LockedBoardUplink(SslStream tls, SensorBoard board, ILogger log)
    {
        (_tls, _log) = (tls, log);
        board.Sampled += Write;
        board.Alarmed += text => Write(System.Text.Encoding.ASCII.GetBytes(text));
    }

    // ok LCA2004: under one lock
    private void Write(byte[] data)
    {
        lock (_sync)
        {
            try
            {
                _tls.Write(data);
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
            {
                _log.LogWarning(e, "not written");
            }
        }
    }
}

/// <summary>One handler alone, and it writes synchronously: it has returned before the next sample comes.</summary>
public sealed class SampleLine
{
    // ok LCA2004: the only sender, and it does not run again before its write ended
    public SampleLine(SslStream tls, SensorBoard board, ILogger log) => board.Sampled += data =>
    {
        try
        {
            tls.Write(data);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogWarning(e, "sample lost");
        }
    };
}

/// <summary>A stop token writes its farewell into whatever is being written.</summary>
public sealed class UploadSession(SslStream stream, ILogger<UploadSession> log)
{
    private static readonly byte[] Abort = [0xFF, 0x00];

    public async Task UploadAsync(Stream source, CancellationToken stop)
    {
        await using var registration = stop.Register(SendAbort);
        var chunk = new byte[8192];
        int n;
        while ((n = await source.ReadAsync(chunk, CancellationToken.None)) > 0)
        {
            await stream.WriteAsync(chunk.AsMemory(0, n), CancellationToken.None); //? LCA2004
        }
    }

    private void SendAbort()
    {
        try
        {
            stream.Write(Abort); //! LCA2004
        }
        catch (Exception ex) when (ex is IOException or InvalidOperationException)
        {
            log.LogDebug(ex, "abort not delivered");
        }
    }
}

/// <summary>Keep-alives and frames into one pipe.</summary>
public sealed class PipeFramer : IDisposable
{
    private readonly PipeWriter _output;
    private readonly Timer _idle;
    private volatile bool _completed;

    public PipeFramer(PipeWriter output)
    {
        _output = output;
        _idle = new Timer(OnIdle, null, 10_000, 10_000);
    }

    private async void OnIdle(object? state)
    {
        if (_completed) return;
        await _output.WriteAsync(new byte[] { 0, 0, 0, 0 }); //! LCA2004
    }

    public async ValueTask WriteFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        BinaryPrimitives.WriteInt32BigEndian(_output.GetSpan(4), payload.Length);
        _output.Advance(4);
        await _output.WriteAsync(payload, ct); //? LCA2004
    }

    public void Dispose()
    {
        _completed = true;
        _idle.Dispose();
        _output.Complete();
    }
}

/// <summary>The same pipe, all writers behind one semaphore.</summary>
public sealed class GatedPipeFramer : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly PipeWriter _output;
    private readonly Timer _idle;
    private volatile bool _completed;

    public GatedPipeFramer(PipeWriter output)
    {
        _output = output;
        _idle = new Timer(OnIdle, null, 10_000, 10_000);
    }

    // ok LCA2004: a keep-alive is skipped while somebody writes
    private async void OnIdle(object? state)
    {
        if (!await _writing.WaitAsync(0)) return;
        try
        {
            if (!_completed) await _output.WriteAsync(new byte[] { 0, 0, 0, 0 });
        }
        finally
        {
            _writing.Release();
        }
    }

    // ok LCA2004: header and payload under the semaphore
    public async ValueTask WriteFrameAsync(ReadOnlyMemory<byte> payload, CancellationToken ct)
    {
        await _writing.WaitAsync(ct);
        try
        {
            BinaryPrimitives.WriteInt32BigEndian(_output.GetSpan(4), payload.Length);
            _output.Advance(4);
            await _output.WriteAsync(payload, ct);
        }
        finally
        {
            _writing.Release();
        }
    }

    public void Dispose()
    {
        _completed = true;
        _idle.Dispose();
        _output.Complete();
    }
}

/// <summary>Tells a domain controller's agent about changed files; each change starts a write of its own.</summary>
public sealed class ChangeNotifier
{
    private readonly NegotiateStream _agent;
    private readonly ILogger _log;

    public ChangeNotifier(NegotiateStream agent, FileSystemWatcher watcher, ILogger log)
    {
        (_agent, _log) = (agent, log);
        watcher.Changed += OnChanged;
    }

    private void OnChanged(object sender, FileSystemEventArgs e) =>
        _ = TellAsync(System.Text.Encoding.UTF8.GetBytes(e.FullPath));

    private async Task TellAsync(byte[] path)
    {
        try
        {
            await _agent.WriteAsync(path); //! LCA2004
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "agent gone");
        }
    }
}

/// <summary>A PLC link: the watchdog telegram and the commands share the network stream.</summary>
public class PlcLink : IDisposable
{
    private static readonly byte[] Watchdog = [0x03, 0x00, 0x00, 0x07, 0x02, 0xF0, 0x00];
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly Timer _watchdog;

    public PlcLink(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _watchdog = new Timer(static state => ((PlcLink)state!).SendWatchdog(), this, 1000, 1000);
    }

    private void SendWatchdog()
    {
        try
        {
            _stream.Write(Watchdog, 0, Watchdog.Length); //! LCA2004
        }
        catch (IOException)
        {
            _client.Close();
        }
        catch (ObjectDisposedException)
        {
            _client.Close();
        }
    }

    public void Command(ReadOnlySpan<byte> telegram) => _stream.Write(telegram); //? LCA2004

    public void Dispose()
    {
        _watchdog.Dispose();
        _client.Dispose();
    }
}

/// <summary>The watchdog fires once and is armed again only when its telegram is out; commands are under the same lock.</summary>
public sealed class OneShotPlcLink : IDisposable
{
    private readonly object _wire = new();
    private readonly TcpClient _client;
    private readonly Stream _stream;
    private readonly Timer _watchdog;

    public OneShotPlcLink(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _watchdog = new Timer(OnDue, null, 1000, Timeout.Infinite);
    }

    // ok LCA2004: locked
    private void OnDue(object? state)
    {
        try
        {
            lock (_wire) _stream.Write([0x03, 0x00]);
            _watchdog.Change(1000, Timeout.Infinite);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _client.Close();
        }
    }

    // ok LCA2004: locked
    public void Command(byte[] telegram)
    {
        lock (_wire)
        {
            _stream.Write(telegram);
        }
    }

    public void Dispose()
    {
        _watchdog.Dispose();
        _client.Dispose();
    }
}

/// <summary>Handlers add to a queue, one hosted loop takes from it.</summary>
public sealed class UplinkService : BackgroundService
{
    private readonly BlockingCollection<byte[]> _outbox = new(1024);
    private readonly SslStream _tls;

    public UplinkService(SslStream tls, SensorBoard board)
    {
        _tls = tls;
        board.Sampled += data => _outbox.TryAdd(data);
        board.Alarmed += text => _outbox.TryAdd(System.Text.Encoding.ASCII.GetBytes(text));
    }

    // ok LCA2004: a single consumer
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.Factory.StartNew(() =>
    {
        foreach (var frame in _outbox.GetConsumingEnumerable(stoppingToken))
        {
            _tls.Write(frame);
            _tls.Flush();
        }
    }, stoppingToken, TaskCreationOptions.LongRunning, TaskScheduler.Default); //? LCA1004
}
