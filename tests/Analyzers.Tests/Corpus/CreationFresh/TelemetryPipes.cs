// An agent that collects telemetry over named pipes and unix sockets and forwards it over QUIC.
using System.IO.Pipes;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fresh.Creation.TelemetryPipes;

public interface ISink
{
    ValueTask PushAsync(ReadOnlyMemory<byte> sample, CancellationToken ct);
}

public sealed class PipeCollector(ISink sink, ILogger<PipeCollector> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pipe = new NamedPipeServerStream("telemetry", PipeDirection.In, 8, PipeTransmissionMode.Byte, PipeOptions.Asynchronous); //! LCA1003
            await pipe.WaitForConnectionAsync(stoppingToken);
            _ = CollectAsync(pipe, stoppingToken);
        }
    }

    private async Task CollectAsync(NamedPipeServerStream pipe, CancellationToken ct)
    {
        try
        {
            await using (pipe)
            {
                var buffer = new byte[512];
                for (int n; (n = await pipe.ReadAsync(buffer, ct)) > 0;)
                    await sink.PushAsync(buffer.AsMemory(0, n), ct);
            }
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "collector failed");
        }
    }
}

public sealed class CarefulPipeCollector(ISink sink) : BackgroundService
{
    // ok LCA1003: what was not handed over is disposed
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        NamedPipeServerStream? waiting = null;
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                waiting = new NamedPipeServerStream("telemetry", PipeDirection.In, 8, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
                await waiting.WaitForConnectionAsync(stoppingToken);
                var pipe = waiting;
                waiting = null;
                await using (pipe)
                {
                    var buffer = new byte[512];
                    for (int n; (n = await pipe.ReadAsync(buffer, stoppingToken)) > 0;)
                        await sink.PushAsync(buffer.AsMemory(0, n), stoppingToken);
                }
            }
        }
        finally
        {
            waiting?.Dispose();
        }
    }
}

public static class LocalAgents
{
    public static async Task<NetworkStream> AttachAsync(string path, CancellationToken ct)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified); //! LCA1003
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<NetworkStream> AttachSafelyAsync(string path, CancellationToken ct)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var attached = false;
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            attached = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        finally
        {
            if (!attached) socket.Dispose();
        }
    }

    public static async Task<Stream?> FirstAsync(IEnumerable<string> paths, CancellationToken ct)
    {
        foreach (var path in paths)
        {
            var pipe = new NamedPipeClientStream(".", path, PipeDirection.InOut, PipeOptions.Asynchronous); //! LCA1003
            try
            {
                await pipe.ConnectAsync(250, ct);
                return pipe;
            }
            catch (TimeoutException)
            {
                continue;
            }
        }

        return null;
    }

    public static async Task<Stream?> FirstOrNoneAsync(IEnumerable<string> paths, CancellationToken ct)
    {
        foreach (var path in paths)
        {
            var pipe = new NamedPipeClientStream(".", path, PipeDirection.InOut, PipeOptions.Asynchronous);
            try
            {
                await pipe.ConnectAsync(250, ct);
                return pipe;
            }
            catch (TimeoutException)
            {
                await pipe.DisposeAsync();
            }
            catch
            {
                await pipe.DisposeAsync();
                throw;
            }
        }

        return null;
    }
}

[SupportedOSPlatform("linux")]
public sealed class QuicForwarder(IPEndPoint collector, ILogger log) : IAsyncDisposable
{
    private QuicConnection? _connection;

    public async Task<QuicStream> OpenAsync(CancellationToken ct)
    {
        var connection = await QuicConnection.ConnectAsync(Options(), ct);
        _connection = connection;
        return await connection.OpenOutboundStreamAsync(QuicStreamType.Unidirectional, ct);
    }

    private QuicClientConnectionOptions Options() => new()
    {
        RemoteEndPoint = collector,
        DefaultStreamErrorCode = 1,
        DefaultCloseErrorCode = 0,
        ClientAuthenticationOptions = new SslClientAuthenticationOptions { ApplicationProtocols = [new("tele")] },
    };

    public async void Heartbeat(TimeSpan every)
    {
        using var timer = new PeriodicTimer(every);
        while (await timer.WaitForNextTickAsync())
        {
            var beat = new TcpClient();
            using (beat)
            {
                await beat.ConnectAsync(collector); //! LCA1005 LCA1008
                log.LogTrace("beat");
            }
        }
    }

    public async void HeartbeatForLong(TimeSpan every, CancellationToken ct)
    {
        try
        {
            using var timer = new PeriodicTimer(every);
            while (await timer.WaitForNextTickAsync(ct))
            {
                using var beat = new TcpClient();
                await beat.ConnectAsync(collector, ct);
            }
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "no heartbeat any more");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null) await _connection.DisposeAsync();
    }
}
