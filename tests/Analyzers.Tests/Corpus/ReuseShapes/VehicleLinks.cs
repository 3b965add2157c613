using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Fleet.Vehicles;

public enum LinkStatus { Connecting, Ready, Closed }

public interface IVehicleLink : IAsyncDisposable
{
    string Vin { get; }
    LinkStatus Status { get; }
    Task<byte[]> RequestAsync(byte service, CancellationToken ct);
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct);
}

public delegate Task<IVehicleLink> Dial(string vin, CancellationToken ct);

internal static class LinkChecks
{
    public static readonly Func<IVehicleLink, bool> Usable = static link => link.Status == LinkStatus.Ready;

    public static bool IsGone([NotNullWhen(false)] this IVehicleLink? link) => link is not { Status: LinkStatus.Ready };

    public static IVehicleLink OrThrow(this IVehicleLink? link) =>
        link is { Status: LinkStatus.Ready } ready ? ready : throw new InvalidOperationException("The vehicle is not there.");
}

/// <summary>A link that is opened when the first command comes, by the runtime's own initialiser.</summary>
public sealed class DoorLocks(Func<IVehicleLink> open)
{
    private IVehicleLink? _link;
    private object? _sync;
    private bool _made;

    public Task<byte[]> StateAsync(CancellationToken ct)
    {
        var link = LazyInitializer.EnsureInitialized(ref _link, ref _made, ref _sync, open);
        return link!.RequestAsync(0x10, ct); //! LCA3001
    }

    public Task<byte[]> StateOfReadyAsync(CancellationToken ct)
    {
        var link = LazyInitializer.EnsureInitialized(ref _link, ref _made, ref _sync, open);
        return link.OrThrow().RequestAsync(0x10, ct); // ok LCA3001: refuses one that is not ready
    }
}

/// <summary>The keyword for the property's own field.</summary>
public sealed class Horn(Func<IVehicleLink> open)
{
    private IVehicleLink Link => field ??= open();

    private IVehicleLink ReadyLink => field.IsGone() ? field = open() : field;

    public ValueTask BlowAsync(CancellationToken ct) => Link.SendAsync(new byte[] { 1 }, ct); //! LCA3001

    public ValueTask BlowReadyAsync(CancellationToken ct) => ReadyLink.SendAsync(new byte[] { 1 }, ct); // ok LCA3001: the getter asks
}

/// <summary>A tuple tells whether what was found can be used.</summary>
public sealed class Tracker(Dial dial)
{
    private readonly ConcurrentDictionary<string, IVehicleLink> _links = new();

    public async Task<byte[]> WhereAsync(string vin, CancellationToken ct)
    {
        var (link, usable) = Find(vin);
        if (!usable) link = await RedialAsync(vin, ct);
        return await link!.RequestAsync(0x20, ct); // ok LCA3001: the tuple's second says so
    }

    public async Task<byte[]> SpeedAsync(string vin, CancellationToken ct)
    {
        var (link, found) = Seek(vin);
        if (!found) link = await RedialAsync(vin, ct);
        return await link!.RequestAsync(0x21, ct); //! LCA3001
    }

    public async Task<byte[]> FuelAsync(string vin, CancellationToken ct)
    {
        if (_links.TryGetValue(vin, out var link) is var found && (!found || !LinkChecks.Usable(link!)))
        {
            link = await RedialAsync(vin, ct);
        }

        return await link!.RequestAsync(0x22, ct); // ok LCA3001: a delegate in a field asks
    }

    public Task<byte[]?[]> AllAsync(CancellationToken ct) =>
        Task.WhenAll(_links.Values.Where(LinkChecks.Usable).Select(async l => (byte[]?)await l.RequestAsync(0x23, ct))); // ok LCA3001: filtered

    private (IVehicleLink? Link, bool Usable) Find(string vin) =>
        _links.TryGetValue(vin, out var link) ? (link, link.Status is LinkStatus.Ready) : (null, false);

    private (IVehicleLink? Link, bool Found) Seek(string vin) =>
        _links.TryGetValue(vin, out var link) ? (link, true) : (null, false);

    private async Task<IVehicleLink> RedialAsync(string vin, CancellationToken ct)
    {
        var fresh = await dial(vin, ct);
        if (_links.TryGetValue(vin, out var old) && _links.TryUpdate(vin, fresh, old)) await old.DisposeAsync();
        else _links[vin] = fresh;
        return fresh;
    }
}

/// <summary>Tasks of links, kept in three ways.</summary>
public sealed class Depot(Dial dial)
{
    private readonly ConcurrentDictionary<string, Task<IVehicleLink>> _tasks = new();
    private readonly Dictionary<string, Task<IVehicleLink>> _byPlate = [];
    private ImmutableDictionary<string, Task<IVehicleLink>> _frozen = ImmutableDictionary<string, Task<IVehicleLink>>.Empty;

    public Task<IVehicleLink> First(string vin) =>
        _tasks.AddOrUpdate(vin, v => dial(v, default), static (_, known) => known); //! LCA3002

    public Task<IVehicleLink> Second(string vin) =>
        ImmutableInterlocked.GetOrAdd(ref _frozen, vin, v => dial(v, default)); //! LCA3002

    public Task<IVehicleLink> Third(string plate)
    {
        lock (_byPlate)
        {
            if (!_byPlate.TryGetValue(plate, out var opening))
                _byPlate.Add(plate, opening = dial(plate, default)); //! LCA3002
            return opening;
        }
    }
}

/// <summary>Kept only while it has not failed.</summary>
public sealed class SoundDepot(Dial dial)
{
    private readonly ConcurrentDictionary<string, Task<IVehicleLink>> _tasks = new();

    public Task<IVehicleLink> Of(string vin) =>
        _tasks.AddOrUpdate(vin, Open, (v, known) => known.IsFaulted || known.IsCanceled ? Open(v) : known); // ok LCA3002: a failed one is replaced

    private Task<IVehicleLink> Open(string vin) => dial(vin, default);
}

/// <summary>The driver's console; a setter watches each new link.</summary>
public sealed class Cockpit
{
    private Watched? _watched;

    public Watched? Current
    {
        get => _watched;
        set
        {
            _watched = value; //! LCA3006
            if (_watched != null) _watched.Ended += OnEnded;
        }
    }

    private void OnEnded(object? sender, EventArgs e)
    {
        _watched?.Stop();
        Current = null;
    }
}

/// <summary>The setter takes its handler from the old one.</summary>
public sealed class TidyCockpit
{
    private Watched? _watched;

    public Watched? Current
    {
        get => _watched;
        set
        {
            if (_watched != null) _watched.Ended -= OnEnded;
            _watched = value; // ok LCA3006: the old one is no longer listened to
            if (_watched != null) _watched.Ended += OnEnded;
        }
    }

    private void OnEnded(object? sender, EventArgs e)
    {
        _watched?.Stop();
        Current = null;
    }
}

/// <summary>What it relieves is stopped at the end of the block.</summary>
public sealed class RelievedCockpit
{
    private WatchedSession? _session;

    public async Task RelieveAsync(Func<Task<WatchedSession>> open)
    {
        var next = await open();
        next.Ended += (_, _) => _session?.Stop();
        await using var old = Interlocked.Exchange(ref _session, next); // ok LCA3006: the old one is disposed
    }
}

public class WatchedSession : IAsyncDisposable
{
    public event EventHandler? Ended;
    public bool IsOpen { get; private set; } = true;
    public Task SendAsync(byte[] frame) => Task.CompletedTask;
    public void Stop()
    {
        IsOpen = false;
        Ended?.Invoke(this, EventArgs.Empty);
    }

    public ValueTask DisposeAsync()
    {
        Stop();
        return default;
    }
}

public sealed class Watched : WatchedSession;
