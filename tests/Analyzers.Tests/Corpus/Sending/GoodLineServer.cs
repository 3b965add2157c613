// A line-based TCP server: accept loop, a task per client, pipelines for framing.
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.GoodLineServer;

public sealed class LineServer(IPEndPoint endPoint, ILogger<LineServer> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(endPoint);
        listener.Listen(128);
        var clients = new List<Task>();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var socket = await listener.AcceptAsync(stoppingToken);
                clients.RemoveAll(t => t.IsCompleted);
                clients.Add(ServeAsync(socket, stoppingToken));
            }
        }
        catch (OperationCanceledException)
        {
            log.LogInformation("stopping");
        }
        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        try
        {
            using var owned = socket;
            await using var stream = new NetworkStream(socket, ownsSocket: false);
            var reader = PipeReader.Create(stream);
            while (true)
            {
                var result = await reader.ReadAsync(stop);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line)) await AnswerAsync(stream, line, stop);
                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) break;
            }
            await reader.CompleteAsync();
        }
        catch (Exception ex) when (ex is IOException or SocketException or OperationCanceledException)
        {
            log.LogDebug(ex, "client ended");
        }
    }

    private static async ValueTask AnswerAsync(NetworkStream stream, ReadOnlySequence<byte> line, CancellationToken stop)
    {
        foreach (var segment in line) await stream.WriteAsync(segment, stop);
        await stream.WriteAsync("\n"u8.ToArray(), stop);
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        var end = buffer.PositionOf((byte)'\n');
        if (end is null)
        {
            line = default;
            return false;
        }
        line = buffer.Slice(0, end.Value);
        buffer = buffer.Slice(buffer.GetPosition(1, end.Value));
        return true;
    }
}

/// <summary>The same protocol behind Kestrel.</summary>
public sealed class LineConnectionHandler(ILogger<LineConnectionHandler> log) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        log.LogDebug("{Id} connected", connection.ConnectionId);
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            foreach (var segment in result.Buffer) await connection.Transport.Output.WriteAsync(segment);
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) break;
        }
    }
}
