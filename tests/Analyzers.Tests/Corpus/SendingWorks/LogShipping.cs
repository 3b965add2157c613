// Log shippers: lines come from everywhere, the connection to the collector takes one write at a time.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipelines;
using System.Linq;
using System.Net.Security;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace SendingWorks.LogShipping;

public sealed class LineEventArgs(string line) : EventArgs
{
    public string Line => line;
}

public interface ILineSource
{
    event EventHandler<LineEventArgs>? Written;
}

/// <summary>RFC 5425: octet-counted lines over TLS, flushed by a timer.</summary>
public sealed class SyslogTlsSink : IDisposable
{
    private readonly SslStream _stream;
    private readonly ILogger<SyslogTlsSink> _log;
    private readonly ConcurrentQueue<string> _pending = new();
    private readonly Timer _flush;

    public SyslogTlsSink(SslStream stream, ILineSource source, ILogger<SyslogTlsSink> log)
    {
        _stream = stream;
        _log = log;
        source.Written += (_, e) => _pending.Enqueue(e.Line);
        _flush = new Timer(FlushPending, null, 1000, 1000);
    }

    private async void FlushPending(object? state)
    {
        try
        {
            while (_pending.TryDequeue(out var line))
            {
                var octets = Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetByteCount(line)} {line}");
                await _stream.WriteAsync(octets); //! LCA2004
            }
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _log.LogWarning(ex, "collector gone");
        }
    }

    public void Dispose()
    {
        _flush.Dispose();
        _stream.Dispose();
    }
}

/// <summary>The same sink with a timer that is armed for once, and again when the flush has ended.</summary>
public sealed class OneShotSyslogSink : IDisposable
{
    private readonly SslStream _stream;
    private readonly ILogger _log;
    private readonly ConcurrentQueue<byte[]> _pending = new();
    private readonly Timer _flush;

    public OneShotSyslogSink(SslStream stream, ILineSource source, ILogger log)
    {
        (_stream, _log) = (stream, log);
        source.Written += (_, e) => _pending.Enqueue(Encoding.UTF8.GetBytes(e.Line + "\n"));
        _flush = new Timer(FlushPending, null, 1000, Timeout.Infinite);
    }

    // ok LCA2004: cannot run again before it has ended
    private async void FlushPending(object? state)
    {
        try
        {
            while (_pending.TryDequeue(out var octets)) await _stream.WriteAsync(octets);
            _flush.Change(1000, Timeout.Infinite);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _log.LogWarning(ex, "collector gone");
        }
    }

    public void Dispose()
    {
        _flush.Dispose();
        _stream.Dispose();
    }
}

/// <summary>Lines of several sources and a keep-alive, on one web socket.</summary>
public sealed class WebSocketSink
{
    private readonly WebSocket _socket;
    private readonly ILogger<WebSocketSink> _log;
    private readonly Timer _keepAlive;

    public WebSocketSink(WebSocket socket, IEnumerable<ILineSource> sources, ILogger<WebSocketSink> log)
    {
        _socket = socket;
        _log = log;
        foreach (var source in sources) source.Written += OnWritten;
        _keepAlive = new Timer(OnKeepAlive, null, 30_000, 30_000);
    }

    private async void OnWritten(object? sender, LineEventArgs e)
    {
        try
        {
            if (_socket.State != WebSocketState.Open) return;
            await _socket.SendAsync(Encoding.UTF8.GetBytes(e.Line), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (WebSocketException ex)
        {
            _log.LogWarning(ex, "line lost");
        }
    }

    private async void OnKeepAlive(object? state)
    {
        try
        {
            if (_socket.State != WebSocketState.Open) return;
            await _socket.SendAsync("{\"ka\":1}"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (WebSocketException ex)
        {
            _log.LogWarning(ex, "keep-alive lost");
        }
    }

    public void Stop() => _keepAlive.Dispose();
}

/// <summary>Sources only queue; one loop reads the channel and writes.</summary>
public sealed class ChannelSink(WebSocket socket, ILogger<ChannelSink> log)
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true });

    public void Attach(ILineSource source) => source.Written += (_, e) => _lines.Writer.TryWrite(e.Line);

    // ok LCA2004: the only consumer
    public async Task RunAsync(CancellationToken ct)
    {
        while (await _lines.Reader.WaitToReadAsync(ct))
        {
            while (_lines.Reader.TryRead(out var line))
            {
                if (socket.State != WebSocketState.Open)
                {
                    log.LogWarning("collector closed with {Status}", socket.CloseStatus);
                    return;
                }
                await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, ct);
            }
        }
    }
}

/// <summary>Long entries go out in frames of 4 KiB.</summary>
public sealed class FramedSink
{
    private const int FrameSize = 4096;
    private readonly WebSocket _socket;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public FramedSink(WebSocket socket, ILineSource errors, ILogger log)
    {
        (_socket, _log) = (socket, log);
        errors.Written += OnErrorWritten;
    }

    private async void OnErrorWritten(object? sender, LineEventArgs e)
    {
        try
        {
            var bytes = Encoding.UTF8.GetBytes(e.Line);
            for (var offset = 0; offset < bytes.Length; offset += FrameSize)
            {
                var count = Math.Min(FrameSize, bytes.Length - offset);
                var last = offset + count == bytes.Length;
                await _gate.WaitAsync();
                try
                {
                    if (_socket.State != WebSocketState.Open) return;
                    await _socket.SendAsync(new ArraySegment<byte>(bytes, offset, count), WebSocketMessageType.Text, last, CancellationToken.None); //! LCA2004
                }
                finally
                {
                    _gate.Release();
                }
            }
        }
        catch (WebSocketException ex)
        {
            _log.LogWarning(ex, "error entry lost");
        }
    }
}

public sealed class WholeMessageSink
{
    private readonly WebSocket _socket;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public WholeMessageSink(WebSocket socket, ILineSource errors, ILogger log)
    {
        (_socket, _log) = (socket, log);
        errors.Written += OnErrorWritten;
    }

    // ok LCA2004: the gate is held around all frames of the message
    private async void OnErrorWritten(object? sender, LineEventArgs e)
    {
        var bytes = Encoding.UTF8.GetBytes(e.Line);
        await _gate.WaitAsync();
        try
        {
            for (var offset = 0; offset < bytes.Length && _socket.State == WebSocketState.Open; offset += 4096)
            {
                var count = Math.Min(4096, bytes.Length - offset);
                await _socket.SendAsync(bytes.AsMemory(offset, count), WebSocketMessageType.Text, offset + count == bytes.Length, CancellationToken.None);
            }
        }
        catch (WebSocketException ex)
        {
            _log.LogWarning(ex, "error entry lost");
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class BatchShipper(ClientWebSocket collector, NegotiateStream archive)
{
    public async Task ShipAsync(IReadOnlyList<string> batch, CancellationToken ct)
    {
        await Task.WhenAll(batch.Select(entry => collector.SendAsync(Encoding.UTF8.GetBytes(entry), WebSocketMessageType.Text, true, ct))); //! LCA2004
    }

    // ok LCA2004: one after the other
    public async Task ShipInOrderAsync(IReadOnlyList<string> batch, CancellationToken ct)
    {
        foreach (var entry in batch)
            await collector.SendAsync(Encoding.UTF8.GetBytes(entry), WebSocketMessageType.Text, true, ct);
    }

    // ok LCA2004: each collector has a send of its own
    public static Task MirrorAsync(IEnumerable<ClientWebSocket> collectors, byte[] entry, CancellationToken ct) =>
        Task.WhenAll(collectors.Select(c => c.SendAsync(new ArraySegment<byte>(entry), WebSocketMessageType.Text, true, ct)));

    public async Task ArchiveAsync(byte[] header, byte[] body, CancellationToken ct)
    {
        var headerWritten = archive.WriteAsync(header, 0, header.Length, ct);
        var bodyWritten = archive.WriteAsync(body, 0, body.Length, ct); //! LCA2004
        await Task.WhenAll(headerWritten, bodyWritten);
    }

    // ok LCA2004: two connections
    public async Task ShipAndArchiveAsync(byte[] entry, CancellationToken ct)
    {
        var shipped = collector.SendAsync(new ArraySegment<byte>(entry), WebSocketMessageType.Text, true, ct);
        var archived = archive.WriteAsync(entry, 0, entry.Length, ct);
        await Task.WhenAll(shipped, archived);
    }
}

/// <summary>Trace entries into a pipe whose other end is a Unix socket.</summary>
public sealed class PipeSink
{
    private readonly PipeWriter _pipe;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public PipeSink(PipeWriter pipe, ILineSource traces, ILineSource audit, ILogger log)
    {
        (_pipe, _log) = (pipe, log);
        if (log.IsEnabled(LogLevel.Trace)) traces.Written += OnTrace;
        audit.Written += OnAudit;
    }

    private async void OnTrace(object? sender, LineEventArgs e)
    {
        try
        {
            await _pipe.WriteAsync(Encoding.UTF8.GetBytes(e.Line)); //! LCA2004
        }
        catch (Exception ex)
        {
            _log.LogWarning(ex, "trace lost");
        }
    }

    private async void OnAudit(object? sender, LineEventArgs e)
    {
        await _gate.WaitAsync();
        try
        {
            await _pipe.WriteAsync(Encoding.UTF8.GetBytes(e.Line)); //? LCA2004
        }
        catch (Exception ex)
        {
            _log.LogError(ex, "audit entry lost");
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class GatedPipeSink
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // ok LCA2004: a gate around each flush
    public GatedPipeSink(PipeWriter pipe, ILineSource traces, ILogger log) => traces.Written += async (_, e) =>
    {
        await _gate.WaitAsync();
        try
        {
            await pipe.WriteAsync(Encoding.UTF8.GetBytes(e.Line));
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "trace lost");
        }
        finally
        {
            _gate.Release();
        }
    };
}
