// Game directories over an own RPC session: generic holders, promoted standbys, task caches with a wrong eviction.
using System.Collections.Concurrent;
using Acme.Wire;
using Microsoft.Extensions.Logging;

namespace HeldOut.Reuse.LobbyDirectory;

public sealed class AsyncHolder<T>(Func<CancellationToken, Task<T>> make)
    where T : class
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private T? _value;

    public async ValueTask<T> GetAsync(CancellationToken ct)
    {
        if (_value is { } present) return present;
        await _gate.WaitAsync(ct);
        try
        {
            return _value ??= await make(ct);
        }
        finally
        {
            _gate.Release();
        }
    }
}

public sealed class AsyncLazy<T>(Func<Task<T>> make) : Lazy<Task<T>>(() => Task.Run(make));

public sealed class LobbyClient(IWireSessionFactory factory, ILogger<LobbyClient> log)
{
    private readonly AsyncHolder<IWireSession> _holder = new(ct => factory.OpenAsync("lobby", ct));
    private readonly AsyncLazy<IWireSession> _lazy = new(() => factory.OpenAsync("lobby", new CancellationTokenSource(5000).Token)); //! LCA3002
    private readonly ConcurrentDictionary<string, Task<IWireSession>> _regions = new();
    private readonly Dictionary<string, Task<IWireSession>> _plain = [];

    // The generic holder fills on demand and asks nothing.
    public async Task<int> CountAsync(CancellationToken ct)
    {
        var session = await _holder.GetAsync(ct);
        return await session.RequestAsync<int>("/count", new { }, ct); //! LCA3001
    }

    // ok LCA3001: asked before it is used
    public async Task<int> CountAskedAsync(CancellationToken ct)
    {
        var session = await _holder.GetAsync(ct);
        if (session.IsClosed) throw new InvalidOperationException("lobby is closed");
        return await session.RequestAsync<int>("/count", new { }, ct);
    }

    public async Task<int> LazyCountAsync(CancellationToken ct)
    {
        var session = await _lazy.Value;
        if (session is not { Status: SessionStatus.Established }) return 0;
        return await session.RequestAsync<int>("/count", new { }, ct);
    }

    // Evicts on a timeout alone: a refused connect stays for good.
    public async Task<int> RegionAsync(string region, CancellationToken ct)
    {
        var opening = _regions.GetOrAdd(region, r => factory.OpenAsync(r, ct)); //? LCA3002
        try
        {
            var session = await opening;
            if (session.IsClosed) return -1;
            return await session.RequestAsync<int>("/count", region, ct);
        }
        catch (TimeoutException)
        {
            _regions.TryRemove(region, out _);
            throw;
        }
    }

    public Task<IWireSession> PlainAsync(string region, CancellationToken ct)
    {
        lock (_plain)
        {
            if (_plain.TryGetValue(region, out var task)) return task;
            task = factory.OpenAsync(region, ct);
            _plain[region] = task; //! LCA3002
            return task;
        }
    }

    // ok LCA3002: one that did not succeed is not given out
    public Task<IWireSession> PlainCheckedAsync(string region, CancellationToken ct)
    {
        lock (_plain)
        {
            if (_plain.TryGetValue(region, out var task) && !task.IsFaulted && !task.IsCanceled) return task;
            task = factory.OpenAsync(region, ct);
            _plain[region] = task;
            log.LogTrace("{Region}", region);
            return task;
        }
    }

    // ok LCA3002: the opening method takes its own entry away when it fails
    public Task<IWireSession> SelfEvictingAsync(string region, CancellationToken ct) =>
        _regions.GetOrAdd(region, static (r, state) => state.Self.OpenOrForgetAsync(r, state.Ct), (Self: this, Ct: ct));

    private async Task<IWireSession> OpenOrForgetAsync(string region, CancellationToken ct)
    {
        try
        {
            return await factory.OpenAsync(region, ct);
        }
        catch
        {
            _regions.TryRemove(region, out _);
            throw;
        }
    }
}

public sealed class HotStandby(IWireSessionFactory factory, ILogger<HotStandby> log)
{
    private IWireSession? _active;
    private IWireSession? _standby;

    public async Task StartAsync(CancellationToken ct)
    {
        _active = await OpenAsync("a", ct);
        _standby = await OpenAsync("b", ct);
    }

    private async Task<IWireSession> OpenAsync(string authority, CancellationToken ct)
    {
        var session = await factory.OpenAsync(authority, ct);
        session.Closed += OnClosed;
        return session;
    }

    private void OnClosed(object? sender, EventArgs e)
    {
        log.LogWarning("promoted");
        _active = _standby; //! LCA3006
        _standby = null;
    }
}

public sealed class AskingStandby(IWireSessionFactory factory)
{
    private IWireSession? _active;
    private IWireSession? _standby;

    public async Task StartAsync(CancellationToken ct)
    {
        _active = await OpenAsync("a", ct);
        _standby = await OpenAsync("b", ct);
    }

    private async Task<IWireSession> OpenAsync(string authority, CancellationToken ct)
    {
        var session = await factory.OpenAsync(authority, ct);
        session.Closed += OnClosed;
        return session;
    }

    // ok LCA3006: only the active one's end promotes
    private void OnClosed(object? sender, EventArgs e)
    {
        if (!ReferenceEquals(sender, _active)) return;
        (_active, _standby) = (_standby, null);
    }
}

public sealed class ScoreLink(Func<WireConnection> dial)
{
    private WireConnection? _connection;
    private readonly ConcurrentQueue<WireConnection> _spares = new();

    public void Reset()
    {
        _connection = dial(); //! LCA3006
        _connection.Closed += HandleClosed;
    }

    private void HandleClosed(object? sender, EventArgs e)
    {
        _connection?.Dispose();
        Reset();
    }

    // A spare is taken and used; its owner wrote to it yesterday.
    public async Task SendScoreAsync(byte[] score, CancellationToken ct)
    {
        if (_spares.TryDequeue(out var spare)) //! LCA3004
        {
            await spare.SendAsync(score, ct);
            _spares.Enqueue(spare);
        }
    }

    // ok LCA3004: pinged first
    public async Task SendScorePingedAsync(byte[] score, CancellationToken ct)
    {
        while (_spares.TryDequeue(out var spare))
        {
            if (!await spare.PingAsync(ct))
            {
                spare.Dispose();
                continue;
            }

            await spare.SendAsync(score, ct);
            _spares.Enqueue(spare);
            return;
        }
    }
}
