// Drivers of measuring instruments kept in statics, threads, tuples and immutable tables.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Ways.Drivers;

public enum DriverState { Opening, Ready, Faulted, Closed }

public interface IDriverChannel : IDisposable
{
    DriverState State { get; }

    event Action<IDriverChannel> Dropped;

    string Execute(string command);

    ValueTask<string> ExecuteAsync(string command, CancellationToken cancel = default);
}

public interface IDriverFactory
{
    IDriverChannel Open((string Rack, int Slot) place);

    ValueTask<IDriverChannel> OpenAsync((string Rack, int Slot) place, CancellationToken cancel);
}

public static class StaticDriver
{
    private static IDriverChannel? s_channel;

    public static IDriverFactory? Factory { get; set; }

    public static string Execute(string command)
    {
        if (s_channel == null) s_channel = Factory!.Open(("main", 0));
        return s_channel.Execute(command); //! LCA3001
    }

    public static string ExecuteReady(string command)
    {
        if (s_channel is not { State: DriverState.Ready })
        {
            s_channel?.Dispose();
            s_channel = Factory!.Open(("main", 0));
        }

        return s_channel.Execute(command);
    }

    public static bool TryExecute(string command, out string? answer)
    {
        answer = s_channel switch
        {
            null or { State: DriverState.Faulted or DriverState.Closed } => null,
            var channel => channel.Execute(command),
        };
        return answer is not null;
    }
}

public sealed class TupleBook(IDriverFactory factory)
{
    private readonly Dictionary<(string Rack, int Slot), IDriverChannel> _channels = [];
    private ImmutableDictionary<(string, int), IDriverChannel> _table = ImmutableDictionary<(string, int), IDriverChannel>.Empty;

    public string Execute(string rack, int slot, string command)
    {
        lock (_channels)
        {
            if (!_channels.TryGetValue((rack, slot), out var channel))
                _channels.Add((rack, slot), channel = factory.Open((rack, slot)));
            return channel.Execute(command); //! LCA3001
        }
    }

    public string ExecuteReady(string rack, int slot, string command)
    {
        lock (_channels)
        {
            var place = (rack, slot);
            if (_channels.TryGetValue(place, out var channel) && channel.State != DriverState.Ready && _channels.Remove(place))
            {
                channel.Dispose();
                channel = null;
            }

            if (channel is null) _channels[place] = channel = factory.Open(place);
            return channel.Execute(command);
        }
    }

    public async ValueTask<string> ExecuteAsync(string rack, int slot, string command, CancellationToken cancel)
    {
        var channel = ImmutableInterlocked.GetOrAdd(ref _table, (rack, slot), factory.Open);
        return await channel.ExecuteAsync(command, cancel); //! LCA3001
    }

    public async ValueTask<string> ExecuteReadyAsync(string rack, int slot, string command, CancellationToken cancel)
    {
        if (!_table.TryGetValue((rack, slot), out var channel) || !IsReady(channel))
        {
            channel = await factory.OpenAsync((rack, slot), cancel);
            ImmutableInterlocked.Update(ref _table, static (t, e) => t.SetItem(e.Key, e.Channel), (Key: (rack, slot), Channel: channel));
        }

        return await channel.ExecuteAsync(command, cancel);

        static bool IsReady(IDriverChannel candidate) => candidate.State is DriverState.Ready;
    }

    public IEnumerable<string> ExecuteAll(string command) => from channel in _table.Values where channel.State == DriverState.Ready select channel.Execute(command);
}

public sealed class PerOwner(IDriverFactory factory)
{
    private readonly ConditionalWeakTable<object, IDriverChannel> _owned = new();
    private readonly AsyncLocal<IDriverChannel?> _current = new();

    public string Execute(object owner, string command)
    {
        if (!_owned.TryGetValue(owner, out var channel) || channel.State is not DriverState.Ready)
            _owned.AddOrUpdate(owner, channel = factory.Open(("owner", 1)));
        return channel.Execute(command);
    }

    public string ExecuteHere(string command) =>
        (_current.Value is { State: DriverState.Ready } here ? here : _current.Value = factory.Open(("here", 2))).Execute(command);
}

public sealed class Reopening(IDriverFactory factory) : IDisposable
{
    private IDriverChannel? _channel;

    public async Task<string> ExecuteAsync(string command, CancellationToken cancel)
    {
        await EnsureReadyAsync(cancel);
        return await _channel!.ExecuteAsync(command, cancel);
    }

    private async ValueTask EnsureReadyAsync(CancellationToken cancel)
    {
        if (_channel is { State: DriverState.Ready }) return;
        _channel?.Dispose();
        _channel = await factory.OpenAsync(("again", 3), cancel);
    }

    public async Task<string> ExecuteRetryingAsync(string command, CancellationToken cancel)
    {
        _channel ??= await factory.OpenAsync(("again", 3), cancel);
        try
        {
            return await _channel.ExecuteAsync(command, cancel);
        }
        catch (IOException)
        {
            _channel.Dispose();
            _channel = null;
            throw;
        }
    }

    public void Dispose() => _channel?.Dispose();
}

/// <summary>Drops a channel that says so; until it does, whoever looks it up gets the dead one.</summary>
public sealed class DroppingBook(IDriverFactory factory)
{
    private readonly ConcurrentDictionary<int, IDriverChannel> _channels = new();

    public string Execute(int slot, string command)
    {
        var channel = _channels.GetOrAdd(slot, s =>
        {
            var fresh = factory.Open(("book", s));
            fresh.Dropped += dropped => _channels.TryRemove(new(s, dropped));
            return fresh;
        });
        return channel.Execute(command); //! LCA3001
    }
}

public sealed class Switching(IDriverFactory factory)
{
    private IDriverChannel _active = factory.Open(("first", 0));

    public void Switch(int slot)
    {
        var next = factory.Open(("next", slot));
        next.Dropped += OnDropped;
        (var old, _active) = (_active, next);
        old.Dropped -= OnDropped;
        old.Dispose();
    }

    public void SwitchCarelessly(int slot)
    {
        var next = factory.Open(("next", slot));
        next.Dropped += _ => _active.Dispose();
        _active = next; //! LCA3006
    }

    private void OnDropped(IDriverChannel dropped) => _active.Dispose();
}
