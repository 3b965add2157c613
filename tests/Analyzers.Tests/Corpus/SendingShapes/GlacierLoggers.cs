// Data loggers on a glacier push what they have when the sky allows: gRPC-like streams, pipes, sockets; catches and turns.
using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shapes.Sending.GlacierLoggers;

public readonly record struct Sample(int Probe, float Celsius);

public sealed partial class UplinkWorker(ILogger<UplinkWorker> log, Channel<Sample> samples, Func<CancellationToken, Task<Socket>> dial) : BackgroundService
{
    // ok LCA2004: a single consumer
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var socket = await dial(stoppingToken);
                await foreach (var sample in samples.Reader.ReadAllAsync(stoppingToken))
                    await socket.SendAsync(Encode(sample), stoppingToken);
            }
            catch (SocketException e)
            {
                LogLost(e);
                await Task.Delay(TimeSpan.FromSeconds(30), stoppingToken);
            }
        }
    }

    private static byte[] Encode(Sample sample) => [(byte)sample.Probe, .. BitConverter.GetBytes(sample.Celsius)];

    private void LogLost(Exception e) => log.LogWarning(e, "uplink lost");
}

public static class LoggerEndpoints
{
    // ok LCA2001 LCA2004: the response to the request being handled
    public static async Task StreamAsync(HttpContext context, ChannelReader<Sample> samples)
    {
        context.Response.ContentType = "text/event-stream";
        await foreach (var sample in samples.ReadAllAsync(context.RequestAborted))
        {
            await context.Response.WriteAsync($"data: {sample}\n\n", context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }

    // pushes beside the echo: two senders on one web socket
    public static async Task PushAndEchoAsync(WebSocket socket, ChannelReader<Sample> samples, CancellationToken stop)
    {
        var push = PushAsync();
        var echo = EchoAsync();
        await Task.WhenAny(push, echo);
        socket.Abort();

        async Task PushAsync()
        {
            await foreach (var sample in samples.ReadAllAsync(stop))
                await socket.SendAsync(BitConverter.GetBytes(sample.Celsius), WebSocketMessageType.Binary, true, stop); //? LCA2004
        }

        async Task EchoAsync()
        {
            var buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer, stop) is { MessageType: not WebSocketMessageType.Close } got)
                await socket.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, stop); //! LCA2004
        }
    }

    // ok LCA2004: both go through one gate
    public static async Task PushAndEchoInTurnAsync(WebSocket socket, ChannelReader<Sample> samples, CancellationToken stop)
    {
        using var gate = new SemaphoreSlim(1, 1);
        await Task.WhenAny(PushAsync(), EchoAsync());
        socket.Abort();

        async Task PushAsync()
        {
            await foreach (var sample in samples.ReadAllAsync(stop))
                await SendAsync(BitConverter.GetBytes(sample.Celsius));
        }

        async Task EchoAsync()
        {
            var buffer = new byte[256];
            while (await socket.ReceiveAsync(buffer, stop) is { MessageType: not WebSocketMessageType.Close } got)
                await SendAsync(buffer.AsMemory(0, got.Count));
        }

        async Task SendAsync(ReadOnlyMemory<byte> bytes)
        {
            await gate.WaitAsync(stop);
            try
            {
                await socket.SendAsync(bytes, WebSocketMessageType.Binary, true, stop);
            }
            finally
            {
                gate.Release();
            }
        }
    }

    // ok LCA2004: a writer that is filled by one and flushed by the same
    public static async Task FillAsync(PipeWriter writer, IAsyncEnumerable<Sample> samples, CancellationToken stop)
    {
        await foreach (var sample in samples.WithCancellation(stop))
        {
            writer.Write(BitConverter.GetBytes(sample.Celsius));
            await writer.FlushAsync(stop);
        }
        await writer.CompleteAsync();
    }
}

public sealed class Sled(TcpClient wire)
{
    private readonly object _gate = new();
    private int _failures;

    // ok LCA2003: what it was only chooses the words
    public string Status => wire.Connected ? "on the ice" : "lost";

    public bool Ping()
    {
        var up = wire.Connected; //! LCA2003
        if (up) wire.GetStream().WriteByte(0);
        return up;
    }

    public void Flush(IEnumerable<byte[]> frames)
    {
        using var walk = frames.GetEnumerator();
        while (wire.Client.Connected && walk.MoveNext()) //! LCA2003
            wire.GetStream().Write(walk.Current);
    }

    // ok LCA2003: asked of the peer by a read
    public bool Probe()
    {
        try
        {
            return !wire.Client.Poll(1, SelectMode.SelectRead) || wire.Client.Available > 0;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Tell(byte[] frame)
    {
        lock (_gate)
        {
            try
            {
                wire.GetStream().Write(frame);
            }
            catch (Exception) //! LCA2005
            {
                return;
            }
        }
    }

    // ok LCA2005: too many failures close
    public void TellSome(byte[] frame)
    {
        try
        {
            wire.GetStream().Write(frame);
            _failures = 0;
        }
        catch (Exception)
        {
            if (++_failures > 3) wire.Close();
        }
    }

    // ok LCA2005: null tells
    public byte[]? Ask(byte[] frame)
    {
        try
        {
            wire.GetStream().Write(frame);
            var answer = new byte[16];
            wire.GetStream().ReadExactly(answer);
            return answer;
        }
        catch
        {
            return null;
        }
    }

    // ok LCA2005: no send in the try
    public void Farewell()
    {
        try
        {
            wire.Client.Shutdown(SocketShutdown.Both);
        }
        catch
        {
        }
    }
}
