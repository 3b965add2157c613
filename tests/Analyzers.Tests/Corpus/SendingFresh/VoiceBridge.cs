// A voice bridge: encrypted media legs, timers of several kinds, one writer at a time.
using System.Net.Security;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fresh.Sending.VoiceBridge;

public sealed class MediaLeg : IDisposable
{
    private readonly SslStream _tls;
    private readonly ITimer _keepAlive;
    private readonly ILogger _log;
    private readonly object _gate = new();
    private volatile bool _closing;

    public MediaLeg(SslStream tls, TimeProvider time, ILogger log)
    {
        _tls = tls;
        _log = log;
        _keepAlive = time.CreateTimer(KeepAlive, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    // While SendFrame is at it on another thread.
    private void KeepAlive(object? state)
    {
        if (_closing) return;
        try
        {
            _tls.Write("\0"u8); //! LCA2004
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _log.LogDebug(e, "leg is gone");
        }
    }

    public void SendFrame(ReadOnlySpan<byte> frame)
    {
        if (_closing) return;
        lock (_gate) _tls.Write(frame);
    }

    public void Dispose()
    {
        _closing = true;
        _keepAlive.Dispose();
        _tls.Dispose();
    }
}

public sealed class GatedLeg : IDisposable
{
    private readonly SslStream _tls;
    private readonly ITimer _keepAlive;
    private readonly Lock _gate = new();
    private bool _closing;

    public GatedLeg(SslStream tls, TimeProvider time)
    {
        _tls = tls;
        _keepAlive = time.CreateTimer(static state => ((GatedLeg)state!).KeepAlive(), this, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private void KeepAlive()
    {
        lock (_gate)
        {
            if (_closing) return;
            try
            {
                _tls.Write("\0"u8);
            }
            catch (IOException)
            {
                _closing = true;
            }
        }
    }

    public void SendFrame(ReadOnlySpan<byte> frame)
    {
        lock (_gate)
        {
            if (!_closing) _tls.Write(frame);
        }
    }

    public void Dispose()
    {
        lock (_gate) _closing = true;
        _keepAlive.Dispose();
        _tls.Dispose();
    }
}

/// <summary>A mixer per call; the outgoing frames go through a channel with one reader.</summary>
public sealed class Mixer(SslStream tls, ILogger log)
{
    private readonly Channel<byte[]> _outbox = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(32) { SingleReader = true });

    public bool Enqueue(byte[] frame) => _outbox.Writer.TryWrite(frame);

    // ok LCA2004: nobody else writes
    public async Task RunAsync(CancellationToken ct)
    {
        await foreach (var frame in _outbox.Reader.ReadAllAsync(ct))
            await tls.WriteAsync(frame, ct);
        log.LogInformation("mixer is done");
    }
}

public sealed class SignallingLeg : IDisposable
{
    private readonly Socket _socket;
    private readonly System.Timers.Timer _refresh = new(30_000);
    private readonly System.Timers.Timer _probe = new(5_000);
    private readonly ILogger _log;

    public SignallingLeg(Socket socket, ILogger log, CancellationToken hangUp)
    {
        (_socket, _log) = (socket, log);
        _refresh.Elapsed += async (_, _) => await RefreshAsync(); //! LCA2001
        _probe.Elapsed += OnProbe;
        hangUp.Register(() => _socket.Send("BYE"u8)); //! LCA2001
    }

    private async Task RefreshAsync()
    {
        _log.LogTrace("refresh");
        await _socket.SendAsync("REFRESH"u8.ToArray());
    }

    // ok LCA2001: the failure is expected
    private void OnProbe(object? sender, System.Timers.ElapsedEventArgs e)
    {
        try
        {
            _socket.Send("PROBE"u8);
        }
        catch (SocketException ex)
        {
            _log.LogWarning("probe failed: {Code}", ex.SocketErrorCode);
            _probe.Stop();
        }
        catch (ObjectDisposedException)
        {
            _probe.Stop();
        }
    }

    public void Quit()
    {
        try
        {
            _socket.Send("QUIT"u8);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public void QuitQuietly()
    {
        try
        {
            _socket.Send("QUIT"u8);
        }
        catch (SocketException)
        {
            // the other side has hung up first
        }
    }

    public void Dispose()
    {
        _refresh.Dispose();
        _probe.Dispose();
        _socket.Dispose();
    }
}
