// The check is there; something lies between it and the send.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using WsState = System.Net.WebSockets.WebSocketState;

namespace Wide.Sending.Gaps;

public interface IRepository
{
    Task<byte[]> LoadAsync(string key, CancellationToken ct);
    IAsyncEnumerable<byte[]> ReadAllAsync(CancellationToken ct);
}

public sealed class DeviceClosedException(string device) : InvalidOperationException(device);

public sealed class DeviceSession(Socket socket, string name)
{
    public bool IsOpen { get; private set; } = true;

    public void Send(byte[] data)
    {
        if (!IsOpen) throw new DeviceClosedException(name);
        socket.Send(data);
    }

    public async Task SendAsync(byte[] data, CancellationToken ct)
    {
        if (!IsOpen) throw new DeviceClosedException(name);
        await socket.SendAsync(data, SocketFlags.None, ct);
    }

    public async Task<byte[]> ReceiveAsync(CancellationToken ct)
    {
        var buffer = new byte[128];
        var n = await socket.ReceiveAsync(buffer, SocketFlags.None, ct);
        return buffer[..n];
    }

    public Task ReopenAsync(CancellationToken ct)
    {
        IsOpen = true;
        return Task.CompletedTask;
    }

    public void Close()
    {
        IsOpen = false;
        socket.Close();
    }
}

// --- reported

public sealed class Snapshots(IRepository repository, ILogger<Snapshots> log)
{
    public async Task PushAsync(WebSocket socket, string key, CancellationToken ct)
    {
        if (socket.State != WsState.Open)
        {
            log.LogDebug("viewer gone");
            return;
        }
        var body = await repository.LoadAsync(key, ct);
        await socket.SendAsync(body, WebSocketMessageType.Binary, true, ct); //! LCA2002
    }

    public async Task HubAsync(HubConnection hub, string key, CancellationToken ct)
    {
        if (hub.State == HubConnectionState.Connected)
        {
            log.LogTrace("sending {Key}", key);
            await Task.Delay(250, ct);
            await hub.SendAsync("snapshot", key, ct); //! LCA2002
        }
    }

    public async Task MqttAsync(IMqttClient client, string key, CancellationToken ct)
    {
        while (client.IsConnected)
        {
            var body = await repository.LoadAsync(key, ct).ConfigureAwait(false);
            await client.PublishAsync(new MqttApplicationMessage { Topic = key, PayloadSegment = body }, ct); //! LCA2002
        }
    }

    public async Task StreamAsync(DeviceSession session, CancellationToken ct)
    {
        if (!session.IsOpen) return;
        await foreach (var part in repository.ReadAllAsync(ct))
            await session.SendAsync(part, ct); //! LCA2002
    }

    public async Task PatternAsync(DeviceSession? session, string key, CancellationToken ct)
    {
        if (session is { IsOpen: true } open)
        {
            var body = await repository.LoadAsync(key, ct);
            open.Send(body); //! LCA2002
        }
    }
}

public class OldPoller
{
    private readonly DeviceSession session;
    private readonly object gate = new object();
    private byte sequence;

    public OldPoller(DeviceSession session)
    {
        this.session = session;
    }

    public event EventHandler? BeforePoll;

    public void PollAfterLock()
    {
        byte[] request;
        bool open;
        lock (gate)
        {
            open = session.IsOpen;
            request = new byte[] { ++sequence };
        }
        if (open)
        {
            session.Send(request); //! LCA2002
        }
    }

    public void PollSlow()
    {
        if (!session.IsOpen)
            return;
        Thread.Sleep(500);
        session.Send(new byte[] { sequence }); //! LCA2002
    }

    public void PollNotified()
    {
        if (session.IsOpen)
        {
            BeforePoll?.Invoke(this, EventArgs.Empty);
            session.Send(new byte[] { sequence }); //! LCA2002
        }
    }

    public void PollMonitor()
    {
        Monitor.Enter(gate);
        var open = session.IsOpen;
        Monitor.Exit(gate);
        if (!open) return;
        session.Send([sequence]); //! LCA2002
    }
}

public sealed class Scoreboard(WebSocket socket, SemaphoreSlim gate)
{
    public async Task ShowAsync(int score, CancellationToken ct)
    {
        if (socket.State is not WsState.Open) return;
        await gate.WaitAsync(ct);
        try
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(score);
            await socket.SendAsync(bytes, WebSocketMessageType.Text, true, ct); //! LCA2002
        }
        finally
        {
            gate.Release();
        }
    }

    private bool Open => socket.State == WsState.Open;

    public async Task ShowAllAsync(Func<int, Task<string>> render, CancellationToken ct)
    {
        for (var i = 0; i < 3 && Open; i++)
        {
            var line = await render(i);
            await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, ct); //! LCA2002
        }
    }
}

// --- silent

public sealed class CarefulSnapshots(IRepository repository, ILogger log)
{
    // ok LCA2002: checked after the await
    public async Task PushAsync(WebSocket socket, string key, CancellationToken ct)
    {
        var body = await repository.LoadAsync(key, ct);
        if (socket.State != WsState.Open) return;
        await socket.SendAsync(body, WebSocketMessageType.Binary, true, ct);
    }

    // ok LCA2002: checked again
    public async Task TwiceAsync(DeviceSession session, string key, CancellationToken ct)
    {
        if (!session.IsOpen) return;
        var body = await repository.LoadAsync(key, ct);
        if (session.IsOpen) session.Send(body);
    }

    // ok LCA2002: the echo loop
    public async Task EchoAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[1024];
        while (socket.State == WsState.Open)
        {
            var result = await socket.ReceiveAsync(buffer, ct);
            await socket.SendAsync(buffer.AsMemory(0, result.Count), WebSocketMessageType.Text, true, ct);
        }
    }

    // ok LCA2002: the own send that worked keeps it
    public async Task TwoAsync(DeviceSession session, CancellationToken ct)
    {
        if (!session.IsOpen) return;
        await session.SendAsync([1], ct);
        await session.SendAsync([2], ct);
    }

    // ok LCA2002: caught
    public async Task TriedAsync(DeviceSession session, string key, CancellationToken ct)
    {
        if (!session.IsOpen) return;
        var body = await repository.LoadAsync(key, ct);
        try
        {
            await session.SendAsync(body, ct);
        }
        catch (InvalidOperationException ex)
        {
            log.LogDebug(ex, "closed meanwhile");
        }
    }

    // ok LCA2002: the ensuring helper's end is no gap
    public async Task EnsuredAsync(DeviceSession session, byte[] body, CancellationToken ct)
    {
        await EnsureOpenAsync(session, ct);
        session.Send(body);
    }

    private static async Task EnsureOpenAsync(DeviceSession session, CancellationToken ct)
    {
        if (!session.IsOpen) await session.ReopenAsync(ct);
    }

    // ok LCA2002: nobody checked, nothing went stale
    public async Task UncheckedAsync(DeviceSession session, string key, CancellationToken ct)
    {
        var body = await repository.LoadAsync(key, ct);
        await session.SendAsync(body, ct);
    }

    // ok LCA2002: the gate first, the check inside
    public async Task GatedAsync(WebSocket socket, SemaphoreSlim gate, byte[] body, CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            if (socket.State == WsState.Open)
                await socket.SendAsync(body, WebSocketMessageType.Text, true, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    // ok LCA2002: the check decides about the load alone, and the send has its own
    public async Task SeparateAsync(DeviceSession session, string key, CancellationToken ct)
    {
        byte[] body = session.IsOpen ? await repository.LoadAsync(key, ct) : [];
        if (body.Length == 0 || !session.IsOpen) return;
        session.Send(body);
    }

    // ok LCA2002: logging lies between, nothing else
    public void Traced(DeviceSession session, byte[] body)
    {
        if (!session.IsOpen) return;
        log.LogInformation("{Length} bytes", body.Length);
        Array.Reverse(body);
        session.Send(body);
    }
}
