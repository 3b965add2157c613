using System.Net.Http;
using System.Net.WebSockets;
using MQTTnet.Client;
using MQTTnet;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using RabbitMQ.Client;

namespace Clauses.AfterAwait;

public sealed class PriceTeller(HubConnection hub, HttpClient prices)
{
    public async Task TellAsync(string symbol, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        var price = await prices.GetStringAsync("/prices/" + symbol, stop);
        await hub.SendAsync("Price", price, stop); //! LCA2002
    }

    public async Task TellLateCheckedAsync(string symbol, CancellationToken stop)
    {
        var price = await prices.GetStringAsync("/prices/" + symbol, stop);
        if (hub.State != HubConnectionState.Connected) return;
        await hub.SendAsync("Price", price, stop);
    }

    public async Task TellCaughtAsync(string symbol, CancellationToken stop)
    {
        if (hub.State != HubConnectionState.Connected) return;
        var price = await prices.GetStringAsync("/prices/" + symbol, stop);
        try
        {
            await hub.SendAsync("Price", price, stop);
        }
        catch (InvalidOperationException e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class EchoSocket(WebSocket web)
{
    public async Task EchoAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (web.State == WebSocketState.Open)
        {
            var got = await web.ReceiveAsync(buffer.AsMemory(), stop);
            await web.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, stop);
        }
    }

    public async Task DelayedAsync(ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        if (web is { State: WebSocketState.Open })
        {
            await Task.Delay(250, stop);
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop); //! LCA2002
        }
    }

    public async Task TwiceAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        if (web.State != WebSocketState.Open) return;
        await web.SendAsync(head, WebSocketMessageType.Binary, false, stop);
        await web.SendAsync(body, WebSocketMessageType.Binary, true, stop);
    }
}

public sealed class MeterUplink(IMqttClient client) : BackgroundService
{
    private readonly Lock _gate = new();
    private readonly Queue<MqttApplicationMessage> _waiting = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            if (client.IsConnected)
            {
                await Task.Delay(TimeSpan.FromSeconds(30), stoppingToken);
                await client.PublishAsync(new MqttApplicationMessage { Topic = "alive" }, stoppingToken); //! LCA2002
            }
            else
            {
                await Task.Delay(1000, stoppingToken);
            }
        }
    }

    public async Task DrainAsync(CancellationToken stop)
    {
        while (_waiting.TryDequeue(out var message))
        {
            if (!client.IsConnected) return;
            await client.PublishAsync(message, stop);
        }
    }
}

public class PagerLink
{
    private readonly object _sync = new object();
    private readonly WebSocketSharp.WebSocket _socket;
    private bool _closing;

    public PagerLink(WebSocketSharp.WebSocket socket)
    {
        _socket = socket;
    }

    public void Page(string number)
    {
        lock (_sync)
        {
            if (_closing) return;
        }
        _socket.Send(number); //! LCA2002
    }

    public void PageLocked(string number)
    {
        lock (_sync)
        {
            if (_closing) return;
            _socket.Send(number);
        }
    }

    public void PageSlowly(string number)
    {
        if (_socket.ReadyState != WebSocketSharp.WebSocketState.Open) return;
        Thread.Sleep(500);
        _socket.Send(number); //! LCA2002
    }

    public void PageVia(Func<string> lookup)
    {
        if (_socket.ReadyState == WebSocketSharp.WebSocketState.Open)
        {
            string number = lookup();
            _socket.Send(number); //? LCA2002
        }
    }

    public void PageTold(string number, Action<string> paging)
    {
        if (_socket.ReadyState == WebSocketSharp.WebSocketState.Open)
        {
            paging(number);
            _socket.Send(number); //! LCA2002
        }
    }

    public void PageFirst(Func<string> lookup)
    {
        string number = lookup();
        if (_socket.ReadyState == WebSocketSharp.WebSocketState.Open)
        {
            _socket.Send(number);
        }
    }

    public void Close()
    {
        lock (_sync)
        {
            _closing = true;
        }
        _socket.Close();
    }
}

public sealed class Reopening(HubConnection hub)
{
    private async Task EnsureOpenAsync(CancellationToken stop)
    {
        if (hub.State == HubConnectionState.Disconnected) await hub.StartAsync(stop);
    }

    public async Task SendAsync(string line, CancellationToken stop)
    {
        await EnsureOpenAsync(stop);
        await hub.SendAsync("Line", line, stop);
    }

    public async Task SendFileAsync(string path, CancellationToken stop)
    {
        await EnsureOpenAsync(stop);
        var text = await File.ReadAllTextAsync(path, stop);
        await hub.SendAsync("File", text, stop); //! LCA2002
    }
}

public sealed class ReportPipe(System.IO.Pipes.NamedPipeServerStream pipe)
{
    public async Task<bool> ReportAsync(Task<byte[]> report, CancellationToken stop)
    {
        if (!pipe.IsConnected) return false;
        await pipe.WriteAsync(await report, stop); //! LCA2002
        return true;
    }

    public async Task<bool> ReportReadyAsync(Task<byte[]> report, CancellationToken stop)
    {
        var bytes = await report;
        if (!pipe.IsConnected) return false;
        await pipe.WriteAsync(bytes, stop);
        return true;
    }
}

public sealed class OrderTeller(IChannel channel, Func<Task<byte[]>> load)
{
    public async Task TellAsync(CancellationToken stop)
    {
        if (!channel.IsOpen) return;
        var order = await load();
        await channel.BasicPublishAsync("orders", "new", order, stop); //! LCA2002
    }

    public async Task TellAskedLateAsync(CancellationToken stop)
    {
        var order = await load();
        if (!channel.IsOpen) return;
        await channel.BasicPublishAsync("orders", "new", order, stop);
    }
}
