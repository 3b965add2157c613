// A mail relay in good order: what looks like a leak, a stale check or a lost count is none.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fresh.Silence.SmtpRelay;

public sealed class RelayOptions
{
    public required IPEndPoint Listen { get; init; }
    public required DnsEndPoint SmartHost { get; init; }
    public int MostSessions { get; init; } = 64;
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>Owns both ends; whichever end stops, both are closed once.</summary>
public sealed class RelaySession(TcpClient downstream, TcpClient upstream) : IAsyncDisposable
{
    private int _disposed;

    public async Task RunAsync(CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var down = PumpAsync(upstream.GetStream(), downstream.GetStream(), stop.Token);
        var up = PumpAsync(downstream.GetStream(), upstream.GetStream(), stop.Token);
        await Task.WhenAny(down, up);
        stop.Cancel();
        await Task.WhenAll(down, up);
    }

    private static async Task PumpAsync(Stream from, Stream to, CancellationToken ct)
    {
        var buffer = new byte[4096];
        try
        {
            for (int n; (n = await from.ReadAsync(buffer, ct)) > 0;)
                await to.WriteAsync(buffer.AsMemory(0, n), ct);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // the other direction has ended it
        }
    }

    public ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            downstream.Dispose();
            upstream.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}

public sealed class RelayService : BackgroundService
{
    private readonly RelayOptions _options;
    private readonly ILogger<RelayService> _log;
    private readonly SemaphoreSlim _slots;
    private readonly HashSet<Task> _running = [];
    private int _sessions;

    public RelayService(RelayOptions options, ILogger<RelayService> log)
    {
        _options = options;
        _log = log;
        _slots = new SemaphoreSlim(options.MostSessions);
    }

    public int Sessions => Volatile.Read(ref _sessions);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(_options.Listen);
        listener.Start(backlog: 128);
        while (!stoppingToken.IsCancellationRequested)
        {
            await _slots.WaitAsync(stoppingToken);
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stoppingToken);
            }
            catch
            {
                _slots.Release();
                throw;
            }

            var serving = ServeAsync(client, stoppingToken);
            lock (_running) _running.Add(serving);
            _ = serving.ContinueWith(
                (done, state) =>
                {
                    var self = (RelayService)state!;
                    lock (self._running) self._running.Remove(done);
                    if (done.Exception is { } e) self._log.LogError(e, "session failed");
                },
                this,
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        Interlocked.Increment(ref _sessions);
        try
        {
            using var own = client;
            using var upstream = await DialAsync(ct);
            if (upstream is null)
            {
                await client.GetStream().WriteAsync("421 try later\r\n"u8.ToArray(), ct);
                return;
            }

            await using var session = new RelaySession(client, upstream);
            await session.RunAsync(ct);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            _log.LogInformation("session ended: {Reason}", e.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _sessions);
            _slots.Release();
        }
    }

    /// <summary>Null when the smart host is away; what was opened half is closed.</summary>
    private async Task<TcpClient?> DialAsync(CancellationToken ct)
    {
        TcpClient? candidate = new();
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
            limit.CancelAfter(_options.ConnectTimeout);
            await candidate.ConnectAsync(_options.SmartHost.Host, _options.SmartHost.Port, limit.Token);
            var connected = candidate;
            candidate = null;
            return connected;
        }
        catch (SocketException e)
        {
            _log.LogWarning("smart host: {Code}", e.SocketErrorCode);
            return null;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            _log.LogWarning("smart host: no answer");
            return null;
        }
        finally
        {
            candidate?.Dispose();
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        Task[] rest;
        lock (_running) rest = [.. _running];
        await Task.WhenAll(rest).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

internal static class Tls
{
    /// <summary>The inner stream goes with the outer one, also when the handshake fails.</summary>
    public static async Task<SslStream> UpgradeAsync(Stream inner, string host, CancellationToken ct)
    {
        var tls = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct).ConfigureAwait(false);
            return tls;
        }
        catch (Exception) when (Close(tls))
        {
            throw;
        }
    }

    private static bool Close(SslStream tls)
    {
        tls.Dispose();
        return true;
    }

    public static byte[] Line(string text) => Encoding.ASCII.GetBytes(text + "\r\n");
}
