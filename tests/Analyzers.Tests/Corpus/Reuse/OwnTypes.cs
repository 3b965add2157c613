// Types of this code base's own: which of them are connections, and what is asked of those that are.
using System.Collections.Concurrent;

namespace Corpus.Reuse.OwnTypes;

/// <summary>Everything a connection has: it sends, it has a state, it ends.</summary>
public sealed class PagerTunnel(string gateway) : IDisposable
{
    public string Gateway { get; } = gateway;

    public bool IsClosed { get; private set; }

    public void Transmit(string page) => ArgumentException.ThrowIfNullOrEmpty(page);

    public bool TryTransmit(string page)
    {
        if (IsClosed) return false;
        Transmit(page);
        return true;
    }

    public void Dispose() => IsClosed = true;
}

/// <summary>Ends in Client and posts, but has neither a state nor an end.</summary>
public sealed class StatelessClient(HttpClient http)
{
    public Task<HttpResponseMessage> PostAsync(Uri uri, HttpContent content, CancellationToken stop) => http.PostAsync(uri, content, stop);
}

/// <summary>A file stream of sorts: it writes, and nothing about it is a peer.</summary>
public sealed class JournalWriter : IDisposable
{
    private readonly StringWriter _text = new();

    public bool IsOpen { get; private set; } = true;

    public void Write(string line) => _text.WriteLine(line);

    public void Dispose() => IsOpen = false;
}

/// <summary>An uplink is no Link: the name's last word counts.</summary>
public sealed class RackUplink : IDisposable
{
    public bool IsConnected { get; private set; } = true;

    public void Send(string line) => ArgumentException.ThrowIfNullOrEmpty(line);

    public void Dispose() => IsConnected = false;
}

/// <summary>A shop's session: it keeps a basket and sends nothing.</summary>
public sealed class BasketSession : IDisposable
{
    private readonly List<string> _items = [];

    public bool IsOpen { get; private set; } = true;

    public void Add(string item) => _items.Add(item);

    public void Dispose() => IsOpen = false;
}

public sealed class Pagers
{
    private readonly ConcurrentDictionary<string, PagerTunnel> _tunnels = new();

    public void Page(string gateway, string text)
    {
        var tunnel = _tunnels.GetOrAdd(gateway, static g => new PagerTunnel(g));
        tunnel.Transmit(text); //! LCA3001
    }

    // ok LCA3001: the answer of the guard says whether it was sent
    public bool TryPage(string gateway, string text)
    {
        var tunnel = _tunnels.GetOrAdd(gateway, static g => new PagerTunnel(g));
        if (tunnel.TryTransmit(text)) return true;
        _tunnels.TryRemove(KeyValuePair.Create(gateway, tunnel));
        return false;
    }

    // ok LCA3001: asked through a pattern with a name
    public void PageLive(string gateway, string text)
    {
        if (_tunnels.TryGetValue(gateway, out var known) && known is { IsClosed: false } live) live.Transmit(text);
        else _tunnels[gateway] = Fresh(gateway, text);
    }

    private static PagerTunnel Fresh(string gateway, string text)
    {
        var tunnel = new PagerTunnel(gateway);
        tunnel.Transmit(text);
        return tunnel;
    }
}

public sealed class Others(HttpClient http)
{
    private readonly ConcurrentDictionary<string, StatelessClient> _clients = new();
    private readonly Dictionary<string, BasketSession> _baskets = [];
    private readonly Dictionary<string, RackUplink> _uplinks = [];
    private JournalWriter? _journal;

    // ok LCA3001: no state, no end, no connection
    public Task<HttpResponseMessage> PostAsync(Uri uri, HttpContent content, CancellationToken stop) =>
        _clients.GetOrAdd(uri.Host, _ => new StatelessClient(http)).PostAsync(uri, content, stop);

    // ok LCA3001: a basket is none either
    public void Add(string user, string item)
    {
        if (!_baskets.TryGetValue(user, out var basket)) _baskets[user] = basket = new BasketSession();
        basket.Add(item);
    }

    // ok LCA3001: a writer's name is none of those that count
    public void Note(string line) => (_journal ??= new JournalWriter()).Write(line);

    // ok LCA3001: an Uplink is no Link
    public void Tell(string rack, string line)
    {
        if (!_uplinks.TryGetValue(rack, out var uplink)) _uplinks[rack] = uplink = new RackUplink();
        uplink.Send(line);
    }
}

/// <summary>The state is an enum that tells of the end, and there is no closing member at all.</summary>
public enum WireState { Opening, Established, Closing, Closed }

public abstract class DispatchChannel
{
    public abstract WireState State { get; }

    public abstract Task PublishAsync(string topic, string text, CancellationToken stop);
}

public sealed class Dispatcher(Func<CancellationToken, Task<DispatchChannel>> open)
{
    private DispatchChannel? _channel;

    public async Task DispatchAsync(string text, CancellationToken stop)
    {
        _channel ??= await open(stop);
        await _channel.PublishAsync("dispatch", text, stop); //! LCA3001
    }

    // ok LCA3001: established, or opened anew
    public async Task DispatchEstablishedAsync(string text, CancellationToken stop)
    {
        if (_channel?.State != WireState.Established) _channel = await open(stop);
        await _channel.PublishAsync("dispatch", text, stop);
    }

    // ok LCA3001: leaves early unless it is established
    public async Task DispatchIfEstablishedAsync(string text, CancellationToken stop)
    {
        if (_channel is null) return;
        if (_channel.State is WireState.Opening or WireState.Closing or WireState.Closed) return;
        await _channel.PublishAsync("dispatch", text, stop);
    }
}
