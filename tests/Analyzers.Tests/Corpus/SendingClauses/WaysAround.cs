using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using NATS.Client.Core;

namespace Clauses.WaysAround;

public sealed class GateKept(WebSocket web)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (web.State != WebSocketState.Open) return;
        await _gate.WaitAsync(stop);
        try
        {
            await web.SendAsync(frame, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task SendInsideAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (web.State != WebSocketState.Open) return;
            await web.SendAsync(frame, WebSocketMessageType.Binary, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<bool> SendTwiceAskedAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (web.State != WebSocketState.Open) return false;
        await _gate.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            if (web.State is not WebSocketState.Open) return false;
            await web.SendAsync(frame, WebSocketMessageType.Binary, true, stop).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class LineFeeder(HubConnection hub, ILogger<LineFeeder> log)
{
    public async Task FeedAsync(IAsyncEnumerable<string> lines, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        await foreach (var line in lines.WithCancellation(stop))
        {
            await hub.SendAsync("Line", line, stop); //! LCA2002
        }
    }

    public async Task FeedAskedAsync(IAsyncEnumerable<string> lines, CancellationToken stop)
    {
        await foreach (var line in lines.WithCancellation(stop))
        {
            if (hub.State is HubConnectionState.Connected) await hub.SendAsync("Line", line, stop);
            else log.LogDebug("{Line} is lost", line);
        }
    }

    public async Task FeedAllAsync(IEnumerable<string> lines, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        foreach (var line in lines) await hub.SendAsync("Line", line, stop);
    }

    public async Task<string> StateAsync(CancellationToken stop) => hub.State switch
    {
        HubConnectionState.Connected => await hub.InvokeAsync<string>("State", await NameAsync(stop), stop), //! LCA2002
        var other => other.ToString(),
    };

    public async Task<string> StateNowAsync(CancellationToken stop)
    {
        var name = await NameAsync(stop);
        return hub.State switch
        {
            HubConnectionState.Connected => await hub.InvokeAsync<string>("State", name, stop),
            var other => other.ToString(),
        };
    }

    private static async Task<string> NameAsync(CancellationToken stop) => await File.ReadAllTextAsync("name.txt", stop);
}

public sealed class Polite(INatsConnection nats)
{
    public async Task PublishAsync(string subject, string text, CancellationToken stop)
    {
        if (nats.ConnectionState != NatsConnectionState.Open) return;
        await nats.PingAsync(stop);
        await nats.PublishAsync(subject, text, stop);
    }

    public async Task YieldingAsync(string subject, string text, CancellationToken stop)
    {
        var isOpen = nats.ConnectionState == NatsConnectionState.Open;
        await Task.Yield();
        if (isOpen) await nats.PublishAsync(subject, text, stop);
    }

    public async Task RememberingAsync(HubConnection hub, string text, CancellationToken stop)
    {
        var isOpen = hub.State == HubConnectionState.Connected;
        await Task.Yield();
        if (isOpen) await hub.SendAsync("Line", text, stop); //! LCA2002
    }
}

public sealed class Copier
{
    public void Pump(TcpClient from, TcpClient to, byte[] buffer)
    {
        do
        {
            var count = from.GetStream().Read(buffer, 0, buffer.Length);
            to.GetStream().Write(buffer, 0, count);
        }
        while (from.Connected && to.Connected); //! LCA2003
    }

    public Socket? Pick(IReadOnlyList<Socket> sockets, byte[] frame)
    {
        var socket = sockets.FirstOrDefault(s => s.Connected); //! LCA2003
        socket?.Send(frame);
        return socket;
    }

    public void Say(TcpClient? client, byte[] frame)
    {
        if (client?.Connected ?? false) client.GetStream().Write(frame); //! LCA2003
    }

    public string Describe(TcpClient client) => client.Connected ? "up" : "down";

    public void Retire(List<TcpClient> clients)
    {
        foreach (var client in clients)
        {
            if (!client.Connected) client.Dispose();
        }
    }
}

public sealed class Duplicates(WebSocket web, ILogger<Duplicates> log)
{
    public Task BothAsync(byte[] one, byte[] two, CancellationToken stop) =>
        Task.WhenAll(
            web.SendAsync(one, WebSocketMessageType.Text, true, stop),
            web.SendAsync(two, WebSocketMessageType.Text, true, stop)); //! LCA2004

    public Task EachAsync(IEnumerable<byte[]> all, CancellationToken stop) =>
        Parallel.ForEachAsync(all, stop, async (one, token) =>
            await web.SendAsync(one, WebSocketMessageType.Text, true, token)); //! LCA2004

    public async Task InTurnAsync(IEnumerable<byte[]> all, CancellationToken stop)
    {
        foreach (var one in all) await web.SendAsync(one, WebSocketMessageType.Text, true, stop);
    }

    public async Task LastWordAsync(byte[] word)
    {
        try
        {
            await web.SendAsync(word, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        catch (Exception e) when (e is not OperationCanceledException) //! LCA2005
        {
        }
    }

    public async Task AllAsync(IEnumerable<byte[]> all)
    {
        foreach (var one in all)
        {
            try
            {
                await TellAsync(one);
            }
            catch //! LCA2005
            {
                continue;
            }
        }
    }

    private Task TellAsync(byte[] one) => web.SendAsync(one, WebSocketMessageType.Text, true, CancellationToken.None);

    public async Task CountedAsync(byte[] word)
    {
        var failures = 0;
        try
        {
            await TellAsync(word);
        }
        catch
        {
            failures++;
        }

        log.LogInformation("{Failures}", failures);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await TellAsync("bye"u8.ToArray());
        }
        catch
        {
        }

        web.Dispose();
    }
}
