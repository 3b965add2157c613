// A line server and its client: sockets, streams, pipes. Nothing to report.
using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.GoodTcpServer;

public sealed class LineServer(IPEndPoint local, ILogger<LineServer> log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        using var listener = new Socket(local.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(local);
        listener.Listen(128);
        var sessions = new List<Task>();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var socket = await listener.AcceptAsync(stop);
                sessions.RemoveAll(static t => t.IsCompleted);
                sessions.Add(ServeAsync(socket, stop));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            log.LogInformation("server stops");
        }

        await Task.WhenAll(sessions);
    }

    private async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        var reader = PipeReader.Create(stream);
        try
        {
            while (true)
            {
                var result = await reader.ReadAsync(stop);
                var buffer = result.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    var answer = Encoding.UTF8.GetString(line).ToUpperInvariant() + "\n";
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(answer), stop);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted) break;
            }
        }
        catch (Exception ex) when (ex is IOException or SocketException or OperationCanceledException)
        {
            log.LogDebug(ex, "session ended");
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out ReadOnlySequence<byte> line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = default;
            return false;
        }

        line = buffer.Slice(0, end);
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }
}

public sealed class LineClient : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private LineClient(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(_stream, Encoding.UTF8, leaveOpen: true);
    }

    public static async Task<LineClient> ConnectAsync(EndPoint server, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, stop);
            return new LineClient(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task<string?> AskAsync(string line, CancellationToken stop)
    {
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"), stop);
        return await _reader.ReadLineAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        _reader.Dispose();
        await _stream.DisposeAsync();
    }
}
