// The dead ones are thrown out, or are not; who has replaced the session meanwhile.
using System.Collections.Concurrent;
using System.Collections.Immutable;
namespace Outfits.Sweeps;
public enum LinkState { Connecting, Open, Closed }
public interface IWireLink : IAsyncDisposable, IDisposable
{
    LinkState State { get; }
    bool IsClosed { get; }
    bool IsOpen { get; }
    void Send(string line);
    Task SendAsync(string line);
}
public sealed class Entry(IWireLink link) { public IWireLink Link => link; public DateTime Born = DateTime.UtcNow; }

public sealed class A1(Func<IWireLink> open)
{
    private readonly List<IWireLink> _all = [];
    public void Ok(string s) { _all.RemoveAll(c => c.IsClosed); if (_all.Count == 0) _all.Add(open()); _all[0].Send(s); }
}
public sealed class A2(Func<IWireLink> open)
{
    private readonly List<IWireLink> _all = [];
    public void Wrong(string s) { _all.RemoveAll(c => c.IsOpen); if (_all.Count == 0) _all.Add(open()); _all[0].Send(s); } //! LCA3001
}
public sealed class A3(Func<IWireLink> open)
{
    private readonly List<IWireLink> _all = [];
    public async Task Waits(string s) { _all.RemoveAll(c => c.IsClosed); if (_all.Count == 0) _all.Add(open()); await Task.Delay(5); await _all[0].SendAsync(s); } //! LCA3001
}
public sealed class A4(Func<IWireLink> open)
{
    private readonly List<IWireLink> _all = [];
    private static bool IsDead(IWireLink link) => link is not { State: LinkState.Open };
    private void Sweep() => _all.RemoveAll(IsDead);
    public void Ok(string s) { Sweep(); if (_all.Count == 0) _all.Add(open()); var c = _all[_all.Count - 1]; c.Send(s); }
}
public sealed class A5(Func<IWireLink> open)
{
    private readonly List<IWireLink> _all = [];
    private DateTime _last;
    public void Sometimes(string s)
    {
        if (DateTime.UtcNow - _last > TimeSpan.FromMinutes(1)) { _all.RemoveAll(c => c.IsClosed); _last = DateTime.UtcNow; }
        if (_all.Count == 0) _all.Add(open());
        _all[0].Send(s); //! LCA3001
    }
}
public sealed class A6(Func<string, IWireLink> open)
{
    private readonly ConcurrentDictionary<string, IWireLink> _all = new();
    public void Ok(string key, string s)
    {
        foreach (var (k, l) in _all)
        {
            if (l.IsClosed) _all.TryRemove(k, out _);
        }
        _all.GetOrAdd(key, open).Send(s);
    }
    public void Pairs(string key, string s)
    {
        foreach (var pair in _all)
        {
            if (!pair.Value.IsClosed) continue;
            if (_all.TryRemove(pair)) pair.Value.Dispose();
        }
        if (_all.TryGetValue(key, out var link)) link.Send(s);
    }
}
public sealed class A7(Func<string, IWireLink> open)
{
    private readonly Dictionary<string, IWireLink> _all = new();
    public void Wrong(string key, string s)
    {
        foreach (var (k, l) in _all.ToArray())
        {
            if (k.Length == 0) _all.Remove(k);
        }
        if (!_all.TryGetValue(key, out var link)) _all[key] = link = open(key);
        link.Send(s); //! LCA3001
    }
    public async Task Ok(string key, string s)
    {
        foreach (var pair in _all.Where(p => !p.Value.IsOpen).ToList())
        {
            _all.Remove(pair.Key);
            await pair.Value.DisposeAsync();
        }
        if (!_all.TryGetValue(key, out var link)) _all[key] = link = open(key);
        link.Send(s);
    }
    public void Keys(string key, string s)
    {
        foreach (var k in _all.Where(p => p.Value.IsClosed).Select(p => p.Key).ToList()) _all.Remove(k);
        if (!_all.TryGetValue(key, out var link)) _all[key] = link = open(key);
        link.Send(s);
    }
    public void Wrong2(string key, string s)
    {
        foreach (var pair in _all.Where(p => p.Value.IsClosed).ToList()) pair.Value.Dispose();
        if (!_all.TryGetValue(key, out var link)) _all[key] = link = open(key);
        link.Send(s); //! LCA3001
    }
}
public sealed class A8(Func<IWireLink> open)
{
    private readonly List<Entry> _all = [];
    public void Ok(string s)
    {
        lock (_all)
        {
            _all.RemoveAll(e => e.Link.IsClosed || DateTime.UtcNow - e.Born > TimeSpan.FromMinutes(5));
            if (_all is []) _all.Add(new Entry(open()));
            _all[Random.Shared.Next(_all.Count)].Link.Send(s);
        }
    }
    public void Wrong(string s)
    {
        lock (_all)
        {
            _all.RemoveAll(e => DateTime.UtcNow - e.Born > TimeSpan.FromMinutes(5));
            if (_all is []) _all.Add(new Entry(open()));
            _all[Random.Shared.Next(_all.Count)].Link.Send(s); //! LCA3001
        }
    }
    public void WrongAnd(string s)
    {
        lock (_all)
        {
            _all.RemoveAll(e => e.Link.IsClosed && DateTime.UtcNow - e.Born > TimeSpan.FromMinutes(5));
            if (_all is []) _all.Add(new Entry(open()));
            _all[0].Link.Send(s); //! LCA3001
        }
    }
}
public sealed class A9(Func<string, IWireLink> open)
{
    private readonly Dictionary<string, IWireLink> _all = new();
    private void Drop(string key) { if (_all.Remove(key, out var link)) link.Dispose(); }
    public void Ok(string key, string s)
    {
        foreach (var dead in _all.Where(p => p.Value.IsClosed).ToArray()) Drop(dead.Key);
        if (!_all.TryGetValue(key, out var link)) _all[key] = link = open(key);
        link.Send(s);
    }
}
public sealed class A10(Func<IWireLink> open)
{
    private readonly List<IWireLink> _all = [];
    public void Backwards(string s)
    {
        for (var i = _all.Count - 1; i >= 0; i--)
        {
            if (_all[i].IsClosed) _all.RemoveAt(i);
        }
        if (_all.Count == 0) _all.Add(open());
        _all[0].Send(s);
    }
    public void While(string s)
    {
        while (_all.Count > 0 && _all[0].IsClosed) _all.RemoveAt(0);
        if (_all.Count == 0) _all.Add(open());
        _all[0].Send(s);
    }
}
// rivals
public sealed class B1(Func<IWireLink> open)
{
    private readonly object _sync = new();
    private IWireLink? _link;
    public void Ok(string s)
    {
        var link = _link;
        if (link is not { IsOpen: true })
        {
            lock (_sync)
            {
                if (link == _link) _link = open();
                link = _link!;
            }
        }
        link.Send(s);
    }
}
public sealed class B2(Func<IWireLink> open)
{
    private readonly object _sync = new();
    private IWireLink? _link;
    private int _generation;
    public void Ok(string s)
    {
        var link = Get(out var generation);
        if (!link.IsOpen) link = Renew(generation);
        link.Send(s);
    }
    private IWireLink Get(out int generation) { lock (_sync) { generation = _generation; return _link ??= open(); } }
    private IWireLink Renew(int seen)
    {
        lock (_sync)
        {
            if (_generation != seen) return _link!;
            _link?.Dispose();
            _generation++;
            return _link = open();
        }
    }
}
public sealed class B3(Func<IWireLink> open)
{
    private IWireLink? _link;
    public void Ok(string s)
    {
        var seen = Volatile.Read(ref _link);
        if (seen is { IsOpen: true }) { seen.Send(s); return; }
        var fresh = open();
        var was = Interlocked.CompareExchange(ref _link, fresh, seen);
        if (was == seen) { fresh.Send(s); return; }
        fresh.Dispose();
        was!.Send(s);
    }
}
public sealed class B4(Func<IWireLink> open)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IWireLink? _link;
    public async Task Ok(string s)
    {
        var link = _link is { IsOpen: true } live ? live : await ReplaceAsync(_link);
        await link.SendAsync(s);
    }
    private async Task<IWireLink> ReplaceAsync(IWireLink? broken)
    {
        await _gate.WaitAsync();
        try
        {
            var now = _link;
            if (now is not null && now != broken) return now;
            if (broken is not null) await broken.DisposeAsync();
            return _link = open();
        }
        finally { _gate.Release(); }
    }
}
public sealed class B5(Func<IWireLink> open)
{
    private IWireLink? _link;
    public void Wrong(IWireLink sender, string s)
    {
        if (_link is null) _link = open();
        if (!ReferenceEquals(sender, _link)) _link.Send(s); //? LCA3001
    }
}
public sealed class B6(Func<IWireLink> open)
{
    private readonly object _sync = new();
    private IWireLink? _link;
    public void Wrong(string s)
    {
        IWireLink link;
        lock (_sync)
        {
            var seen = _link;
            if (seen == null) _link = open();
            link = _link!;
        }
        link.Send(s); //! LCA3001
    }
    public void WrongWay(string s, IWireLink other)
    {
        lock (_sync)
        {
            _link ??= open();
            if (_link == other) _link.Send(s); //! LCA3001
        }
    }
}
