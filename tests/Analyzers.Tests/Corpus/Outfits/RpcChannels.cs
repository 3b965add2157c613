// Kept and pooled channels of one RPC library.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Hosting;

namespace Outfits.RpcChannels;

public enum ChannelState { Opening, Open, Closing, Closed }
public interface IRpcChannel : IAsyncDisposable, IDisposable
{
    event EventHandler? Closed;
    ChannelState State { get; }
    Task<byte[]> InvokeAsync(string method, byte[] body, CancellationToken ct = default);
    void Post(string method);
}
public interface IRpcDialer { Task<IRpcChannel> DialAsync(string host, CancellationToken ct); IRpcChannel Dial(string host); }

// 1 correct: sweeper under the semaphore, awaits in the loop
public sealed class SweptAsync(IRpcDialer dialer)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, IRpcChannel> _channels = [];
    public async Task<byte[]> AskAsync(string host, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            await SweepAsync();
            if (!_channels.TryGetValue(host, out var channel)) _channels[host] = channel = dialer.Dial(host);
            return await channel.InvokeAsync("x", [], ct);
        }
        finally { _gate.Release(); }
    }
    private async Task SweepAsync()
    {
        foreach (var (host, channel) in _channels.ToList())
        {
            if (channel.State is ChannelState.Open or ChannelState.Opening) continue;
            _channels.Remove(host);
            await channel.DisposeAsync();
        }
    }
}
// 2 bug: sweeps after the use
public sealed class SweptTooLate(IRpcDialer dialer)
{
    private readonly List<IRpcChannel> _channels = [];
    public void Tell(string method)
    {
        if (_channels.Count == 0) _channels.Add(dialer.Dial("x"));
        _channels[0].Post(method); //! LCA3001
        _channels.RemoveAll(c => c.State == ChannelState.Closed);
    }
}
// 3 bug: sweeps another list
public sealed class SweptOther(IRpcDialer dialer)
{
    private readonly List<IRpcChannel> _channels = [];
    private readonly List<IRpcChannel> _spare = [];
    public void Tell(string method)
    {
        _spare.RemoveAll(c => c.State == ChannelState.Closed);
        if (_channels.Count == 0) _channels.Add(dialer.Dial("x"));
        _channels[0].Post(method); //! LCA3001
    }
}
// 4 correct: ImmutableList style replace
public sealed class Copying(IRpcDialer dialer)
{
    private volatile IRpcChannel[] _channels = [];
    public void Tell(string method)
    {
        var alive = Array.FindAll(_channels, c => c.State == ChannelState.Open);
        if (alive.Length == 0) _channels = alive = [dialer.Dial("x")];
        alive[0].Post(method);
    }
}
// 5 correct: Array.Find / List.Find / FindIndex with a state
public sealed class Finding(IRpcDialer dialer)
{
    private readonly List<IRpcChannel> _channels = [];
    public void Tell(string method)
    {
        var channel = _channels.Find(c => c.State == ChannelState.Open);
        if (channel is null) _channels.Add(channel = dialer.Dial("x"));
        channel.Post(method);
    }
    public void TellByIndex(string method)
    {
        var i = _channels.FindIndex(c => c.State == ChannelState.Open);
        if (i < 0) { _channels.Add(dialer.Dial("x")); i = _channels.Count - 1; }
        _channels[i].Post(method);
    }
}
// 6 correct: whoever lost the race throws his own away and looks again
public sealed class Race(IRpcDialer dialer)
{
    private readonly ConcurrentDictionary<string, IRpcChannel> _channels = new();
    public async Task<byte[]> AskAsync(string host, CancellationToken ct)
    {
        while (true)
        {
            if (_channels.TryGetValue(host, out var known))
            {
                if (known.State == ChannelState.Open) return await known.InvokeAsync("x", [], ct);
                _channels.TryRemove(KeyValuePair.Create(host, known));
                await known.DisposeAsync();
            }
            var fresh = await dialer.DialAsync(host, ct);
            if (!_channels.TryAdd(host, fresh)) await fresh.DisposeAsync();
        }
    }
}
// 7 correct: renewal through a version held in a tuple
public sealed class Versioned(IRpcDialer dialer)
{
    private readonly Lock _lock = new();
    private (IRpcChannel? Channel, int Version) _current;
    private (IRpcChannel Channel, int Version) Get()
    {
        lock (_lock)
        {
            if (_current.Channel is not { State: ChannelState.Open }) _current = (dialer.Dial("x"), _current.Version + 1);
            return _current!;
        }
    }
    public void Tell(string method)
    {
        var (channel, _) = Get();
        channel.Post(method);
    }
}
// 8 correct: memory cache with eviction token and asked
public sealed class MemoryAsked(IMemoryCache cache, IRpcDialer dialer)
{
    public async Task<byte[]> AskAsync(string host, CancellationToken ct)
    {
        if (!cache.TryGetValue(host, out IRpcChannel? channel) || channel!.State is not ChannelState.Open)
        {
            channel = await dialer.DialAsync(host, ct);
            using var entry = cache.CreateEntry(host);
            entry.Value = channel;
            entry.SlidingExpiration = TimeSpan.FromMinutes(1);
        }
        return await channel.InvokeAsync("x", [], ct);
    }
}
// 9 correct: pool sweeps before it lends
public sealed class SweepingPool(IRpcDialer dialer)
{
    private readonly List<IRpcChannel> _idle = [];
    public IRpcChannel Rent()
    {
        lock (_idle)
        {
            _idle.RemoveAll(c => c.State != ChannelState.Open);
            if (_idle.Count > 0)
            {
                var last = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
                return last;
            }
        }
        return dialer.Dial("x");
    }
    public void Return(IRpcChannel channel) { lock (_idle) _idle.Add(channel); }
}
// 10 bug: pool does not
public sealed class LastPool(IRpcDialer dialer)
{
    private readonly List<IRpcChannel> _idle = [];
    public IRpcChannel Rent()
    {
        lock (_idle)
        {
            if (_idle.Count > 0)
            {
                var last = _idle[^1]; //! LCA3004
                _idle.RemoveAt(_idle.Count - 1);
                return last;
            }
        }
        return dialer.Dial("x");
    }
    public void Return(IRpcChannel channel) { lock (_idle) _idle.Add(channel); }
}
// 11 correct: stack of structs, asked in a property pattern
public readonly record struct Parked(IRpcChannel Channel, long At);
public sealed class ParkedPool(IRpcDialer dialer)
{
    private readonly ConcurrentStack<Parked> _idle = new();
    public IRpcChannel Rent()
    {
        while (_idle.TryPop(out var parked))
        {
            if (parked is { Channel.State: ChannelState.Open }) return parked.Channel;
            parked.Channel.Dispose();
        }
        return dialer.Dial("x");
    }
    public void Return(IRpcChannel channel) => _idle.Push(new(channel, Environment.TickCount64));
}
// 12 bug: the same by age
public sealed class AgedParkedPool(IRpcDialer dialer)
{
    private readonly ConcurrentStack<Parked> _idle = new();
    public IRpcChannel Rent()
    {
        while (_idle.TryPop(out var parked)) //! LCA3004
        {
            if (Environment.TickCount64 - parked.At < 60_000) return parked.Channel;
            parked.Channel.Dispose();
        }
        return dialer.Dial("x");
    }
    public void Return(IRpcChannel channel) => _idle.Push(new(channel, Environment.TickCount64));
}
// 13 correct: field tuple reset by Close
public sealed class TupleOwner(IRpcDialer dialer) : IDisposable
{
    private (IRpcChannel Channel, DateTime Since)? _held;
    public void Tell(string method)
    {
        if (_held is not { } held || held.Channel.State != ChannelState.Open) _held = held = (dialer.Dial("x"), DateTime.UtcNow);
        held.Channel.Post(method);
    }
    public void Dispose() { _held?.Channel.Dispose(); _held = null; }
}
// 14 replaced sessions: correct, weak reference to itself in the closure object
public sealed class Supervisor(IRpcDialer dialer, ChannelWriter<(IRpcChannel, Exception?)> events)
{
    private IRpcChannel? _channel;
    public async Task ConnectAsync(CancellationToken ct)
    {
        var channel = await dialer.DialAsync("x", ct);
        channel.Closed += (s, _) => events.TryWrite(((IRpcChannel)s!, null));
        _channel = channel;
    }
    public async Task HandleAsync(IRpcChannel closed, CancellationToken ct)
    {
        if (!ReferenceEquals(closed, _channel)) return;
        await ConnectAsync(ct);
    }
}
// 15 bug: hosted reconnect loop
public sealed class Watcher(IRpcDialer dialer) : BackgroundService
{
    private IRpcChannel? _channel;
    private readonly SemaphoreSlim _lost = new(0);
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var channel = await dialer.DialAsync("x", stoppingToken);
            channel.Closed += OnClosed;
            _channel = channel; //! LCA3006
            await _lost.WaitAsync(stoppingToken);
        }
    }
    private void OnClosed(object? sender, EventArgs e)
    {
        _channel = null;
        _lost.Release();
    }
}
// 16 correct: detaches at the end of every round
public sealed class TidyWatcher(IRpcDialer dialer) : BackgroundService
{
    private IRpcChannel? _channel;
    private readonly SemaphoreSlim _lost = new(0);
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var channel = await dialer.DialAsync("x", stoppingToken);
            channel.Closed += OnClosed;
            try
            {
                _channel = channel;
                await _lost.WaitAsync(stoppingToken);
            }
            finally
            {
                channel.Closed -= OnClosed;
                await channel.DisposeAsync();
            }
        }
    }
    private void OnClosed(object? sender, EventArgs e)
    {
        _channel = null;
        _lost.Release();
    }
}
