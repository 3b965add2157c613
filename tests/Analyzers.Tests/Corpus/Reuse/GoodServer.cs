// Server side: sessions that were accepted, a chat, a broadcast that drops who has left. Nothing to report.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.GoodServer;

public sealed class ChatRoom(ILogger<ChatRoom> log)
{
    private readonly ConcurrentDictionary<Guid, WebSocket> _members = new();

    public async Task JoinAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var id = Guid.NewGuid();
        _members[id] = socket;
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            while (socket.State == WebSocketState.Open)
            {
                var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
                if (received.MessageType == WebSocketMessageType.Close) break;
                log.LogTrace("{Id}: {Text}", id, Encoding.UTF8.GetString(buffer, 0, received.Count));
            }
        }
        catch (WebSocketException ex)
        {
            log.LogDebug(ex, "{Id} left without a word", id);
        }
        finally
        {
            _members.TryRemove(id, out _);
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async Task<bool> TellAsync(Guid id, string text, CancellationToken stop)
    {
        if (!_members.TryGetValue(id, out var socket) || socket.State != WebSocketState.Open) return false;
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop);
            return true;
        }
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException)
        {
            _members.TryRemove(id, out _);
            log.LogDebug(ex, "{Id} is gone", id);
            return false;
        }
    }

    public int Count => _members.Count;
}

public sealed class TimeServer(IPEndPoint local, ILogger<TimeServer> log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(local);
        listener.Start();
        var clients = new List<Task>();
        while (!stop.IsCancellationRequested)
        {
            TcpClient client;
            try
            {
                client = await listener.AcceptTcpClientAsync(stop);
            }
            catch (OperationCanceledException)
            {
                break;
            }

            clients.RemoveAll(static t => t.IsCompleted);
            clients.Add(ServeAsync(client, stop));
        }

        await Task.WhenAll(clients);
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await stream.WriteAsync(Encoding.ASCII.GetBytes(DateTime.UtcNow.ToString("O") + "\r\n"), stop);
            }
            catch (Exception ex) when (ex is IOException or OperationCanceledException)
            {
                log.LogDebug(ex, "client left early");
            }
        }
    }
}
