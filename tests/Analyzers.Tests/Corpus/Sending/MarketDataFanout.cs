// Fans market data out of Redis channels to web sockets and to a multicast group.
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Corpus.Sending.MarketDataFanout;

public sealed class DepthFanout
{
    private readonly ISubscriber _subscriber;
    private readonly WebSocket _browser;
    private readonly Socket _multicast;
    private readonly EndPoint _group = new IPEndPoint(IPAddress.Parse("239.1.1.7"), 30001);

    public DepthFanout(ISubscriber subscriber, WebSocket browser, Socket multicast)
    {
        (_subscriber, _browser, _multicast) = (subscriber, browser, multicast);
        _subscriber.Subscribe("depth", OnDepth);
        _subscriber.Subscribe("trades", (_, value) => _multicast.SendTo((byte[])value!, _group)); //! LCA2001
    }

    // Two connections in one callback: one report for each, at its first send.
    private async void OnDepth(RedisChannel channel, RedisValue value)
    {
        byte[] update = value!;
        await _browser.SendAsync(update, WebSocketMessageType.Binary, true, default); //! LCA2001
        _multicast.SendTo(update, _group); //! LCA2001
        await _browser.SendAsync(new byte[] { 0 }, WebSocketMessageType.Binary, true, default);
    }
}

public sealed class CheckedDepthFanout : IDisposable
{
    private readonly WebSocket _browser;
    private readonly Socket _multicast;
    private readonly ILogger _log;
    private readonly EndPoint _group = new IPEndPoint(IPAddress.Parse("239.1.1.7"), 30001);
    private volatile bool _closing;

    public CheckedDepthFanout(ISubscriber subscriber, WebSocket browser, Socket multicast, ILogger log)
    {
        (_browser, _multicast, _log) = (browser, multicast, log);
        subscriber.Subscribe("depth", OnDepth);
        subscriber.Subscribe("trades", OnTrade);
    }

    // ok LCA2001: both are decided, by a property pattern and by the closing flag
    private async void OnDepth(RedisChannel channel, RedisValue value)
    {
        byte[] update = value!;
        if (!_closing) _multicast.SendTo(update, _group);
        if (_browser is { State: WebSocketState.Open, CloseStatus: null })
            await _browser.SendAsync(update, WebSocketMessageType.Binary, true, default);
    }

    // ok LCA2001: caught, both of the network's and of the closing's exceptions
    private void OnTrade(RedisChannel channel, RedisValue value)
    {
        try
        {
            _multicast.SendTo((byte[])value!, _group);
        }
        catch (SocketException ex)
        {
            _log.LogWarning(ex, "multicast failed");
        }
        catch (ObjectDisposedException)
        {
            _log.LogDebug("multicast is closed");
        }
    }

    public void Dispose()
    {
        _closing = true;
        _multicast.Dispose();
    }
}
