// Less usual places to keep a session, and less usual ways to ask it.
using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using Acme.Wire;
using Grpc.Net.Client;
using RabbitMQ.Client;

namespace Second.Reuse.OddHolders;

public sealed class Initialised(string host)
{
    private WireConnection? _byInitializer;
    private WireConnection? _byExchange;
    private object? _sync;
    private bool _ready;

    public void Say(ReadOnlySpan<byte> text)
    {
        var line = LazyInitializer.EnsureInitialized(ref _byInitializer, ref _ready, ref _sync, () => WireConnection.Connect(host, 5, TimeSpan.FromSeconds(1)));
        line!.Send(text); //! LCA3001
    }

    public void SayExchanged(ReadOnlySpan<byte> text)
    {
        if (_byExchange == null)
        {
            var fresh = WireConnection.Connect(host, 5, TimeSpan.FromSeconds(1));
            if (Interlocked.CompareExchange(ref _byExchange, fresh, null) != null) fresh.Dispose();
        }

        _byExchange!.Send(text); //! LCA3001
    }

    public void SayExchangedIfOpen(ReadOnlySpan<byte> text)
    {
        var line = Volatile.Read(ref _byExchange);
        if (line is null || !line.IsOpen)
        {
            line = WireConnection.Connect(host, 5, TimeSpan.FromSeconds(1));
            Interlocked.Exchange(ref _byExchange, line)?.Dispose();
        }

        line.Send(text);
    }
}

public sealed class Tables(IWireSessionFactory factory)
{
    private ImmutableDictionary<string, IWireSession> _sessions = ImmutableDictionary<string, IWireSession>.Empty;
    private readonly List<WireConnection> _list = [];
    private readonly ConditionalWeakTable<object, WireConnection> _byOwner = new();

    public async Task AskAsync(string authority, CancellationToken ct)
    {
        if (!_sessions.TryGetValue(authority, out var session))
        {
            session = await factory.OpenAsync(authority, ct);
            ImmutableInterlocked.TryAdd(ref _sessions, authority, session);
        }

        await session.PublishAsync("t", default, ct); //! LCA3001
    }

    public async Task AskByDefaultAsync(string authority, CancellationToken ct)
    {
        var session = _sessions.GetValueOrDefault(authority) ?? await factory.OpenAsync(authority, ct);
        await session.PublishAsync("t", default, ct); //! LCA3001
    }

    public void TellNamed(string host, byte[] text)
    {
        var line = _list.FirstOrDefault(l => l.IsOpen);
        if (line is null)
        {
            line = WireConnection.Connect(host, 1, TimeSpan.FromSeconds(1));
            _list.Add(line);
        }

        line.Send(text); // ok LCA3001: chosen by its state
    }

    public void TellOwner(object owner, byte[] text)
    {
        var line = _byOwner.GetValue(owner, _ => WireConnection.Connect("h", 1, TimeSpan.FromSeconds(1)));
        line.Send(text); //? LCA3001
    }
}

/// <summary>The check is a throwing guard, an async probe, or an opener in a helper.</summary>
public sealed class Helpers(IWireSessionFactory factory)
{
    private readonly Dictionary<string, IWireSession> _sessions = new();
    private WireConnection? _line;

    public async Task GuardedAsync(string key, CancellationToken ct)
    {
        var session = _sessions[key];
        ThrowIfClosed(session);
        await session.PublishAsync("t", default, ct);
    }

    private static void ThrowIfClosed(IWireSession session)
    {
        if (session.IsClosed) throw new InvalidOperationException("closed");
    }

    public async Task ProbedAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        if (_line is null || !await IsAnsweringAsync(_line, ct)) _line = await WireConnection.ConnectAsync("h", 1, ct);
        await _line.SendAsync(frame, ct);
    }

    private static async Task<bool> IsAnsweringAsync(WireConnection line, CancellationToken ct)
    {
        try
        {
            return await line.PingAsync(ct);
        }
        catch (WireException)
        {
            return false;
        }
    }

    public async Task EnsuredAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        await EnsureAsync(ct);
        await _line!.SendAsync(frame, ct); // ok LCA3001: reopened when it was closed
    }

    private async Task EnsureAsync(CancellationToken ct)
    {
        if (_line is { IsOpen: true }) return;
        _line?.Dispose();
        _line = await WireConnection.ConnectAsync("h", 1, ct);
    }

    public async Task EnsuredByNullAsync(ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        await EnsureNotNullAsync(ct);
        await _line!.SendAsync(frame, ct); //! LCA3001
    }

    private async Task EnsureNotNullAsync(CancellationToken ct)
    {
        if (_line == null) _line = await WireConnection.ConnectAsync("h", 1, ct);
    }

    /// <summary>The use is in one method, the eviction in its only caller.</summary>
    public async Task OuterAsync(string key, CancellationToken ct)
    {
        try
        {
            await InnerAsync(key, ct);
        }
        catch (WireException)
        {
            _sessions.Remove(key);
            throw;
        }
    }

    private async Task InnerAsync(string key, CancellationToken ct)
    {
        if (!_sessions.TryGetValue(key, out var session)) _sessions[key] = session = await factory.OpenAsync(key, ct);
        await session.PublishAsync("t", default, ct); // ok LCA3001: its caller evicts
    }

    public async Task AgainAsync(string key, CancellationToken ct)
    {
        for (var attempt = 0; ; attempt++)
        {
            if (!_sessions.TryGetValue(key, out var session)) _sessions[key] = session = await factory.OpenAsync(key, ct);
            try
            {
                await session.PublishAsync("t", default, ct); //? LCA3005
                return;
            }
            catch (WireException) when (attempt < 2)
            {
                _sessions.Remove(key);
            }
        }
    }
}

/// <summary>Server-side web sockets in a registry.</summary>
public sealed class Rooms
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, WebSocket> _members = new();

    public void Join(string name, WebSocket socket) => _members[name] = socket;

    public async Task WhisperAsync(string to, ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        if (_members.TryGetValue(to, out var socket))
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, true, ct); //! LCA3001 //? LCA2004
        }
    }

    public async Task WhisperOpenAsync(string to, ReadOnlyMemory<byte> text, CancellationToken ct)
    {
        if (_members.TryGetValue(to, out var socket) && socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            await socket.SendAsync(text, WebSocketMessageType.Text, true, ct); //? LCA2004
        }
    }
}

/// <summary>Kept by the key, but they reconnect by themselves.</summary>
public sealed class Lasting
{
    private readonly Dictionary<string, GrpcChannel> _channels = new();
    private readonly Dictionary<string, HttpClient> _clients = new();

    public Grpc.Core.CallInvoker InvokerFor(string address)
    {
        if (!_channels.TryGetValue(address, out var channel)) _channels[address] = channel = GrpcChannel.ForAddress(address);
        return channel.CreateCallInvoker();
    }

    public Task<string> GetAsync(string host)
    {
        if (!_clients.TryGetValue(host, out var client)) _clients[host] = client = new HttpClient();
        return client.GetStringAsync("/");
    }
}

public sealed class ChannelPerThread(IConnection connection) : IDisposable
{
    private readonly System.Collections.Concurrent.ConcurrentDictionary<int, IChannel> _channels = new();

    public async ValueTask AckAsync(ulong tag)
    {
        if (!_channels.TryGetValue(Environment.CurrentManagedThreadId, out var channel))
        {
            channel = await connection.CreateChannelAsync();
            _channels[Environment.CurrentManagedThreadId] = channel;
        }

        await channel.BasicAckAsync(tag, false); //! LCA3001
    }

    public async ValueTask AckOpenAsync(ulong tag)
    {
        if (!_channels.TryGetValue(Environment.CurrentManagedThreadId, out var channel) || channel.IsClosed)
        {
            channel = await connection.CreateChannelAsync();
            _channels[Environment.CurrentManagedThreadId] = channel;
        }

        await channel.BasicAckAsync(tag, false);
    }

    public void Dispose()
    {
        foreach (var channel in _channels.Values) channel.Dispose();
    }
}

/// <summary>Closed in one method, compared with null in another, in partial files.</summary>
public sealed partial class Turnstile
{
    private WireConnection? _wire;

    public async Task StopAsync()
    {
        if (_wire != null) await _wire.DisposeAsync();
    }
}

public sealed partial class Turnstile
{
    public async Task OpenGateAsync(CancellationToken ct)
    {
        if (_wire is null)
        {
            _wire = await WireConnection.ConnectAsync("gate", 1, ct);
        }

        await _wire.SendAsync("open"u8.ToArray(), ct); //! LCA3001
    }
}

/// <summary>A generic cache of the user's own; its user checks, or does not.</summary>
public sealed class KeyedCache<TKey, TValue>(Func<TKey, TValue> create) where TKey : notnull where TValue : class
{
    private readonly Dictionary<TKey, TValue> _values = new();

    public TValue Get(TKey key)
    {
        lock (_values)
        {
            if (!_values.TryGetValue(key, out var value)) _values[key] = value = create(key);
            return value;
        }
    }
}

public sealed class Kiosks
{
    private readonly KeyedCache<int, WireConnection> _kiosks = new(n => WireConnection.Connect("kiosk" + n, 1, TimeSpan.FromSeconds(1)));

    public void Show(int kiosk, byte[] picture)
    {
        _kiosks.Get(kiosk).Send(picture); //! LCA3001
    }

    public bool TryShow(int kiosk, byte[] picture)
    {
        var line = _kiosks.Get(kiosk);
        if (!line.IsOpen) return false;
        line.Send(picture);
        return true;
    }
}
