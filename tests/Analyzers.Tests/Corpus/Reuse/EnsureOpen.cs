// One choke point that makes sure: awaited or not, returning the session or leaving it in the field; and choke points that do not make sure.
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.EnsureOpen;

public interface IRailLink : IDisposable
{
    bool IsOpen { get; }
    Task OpenAsync(CancellationToken stop);
    void Send(string telegram);
    Task SendAsync(string telegram, CancellationToken stop);
    Task<string> RequestAsync(string telegram, CancellationToken stop);
}

public sealed class Signal(Func<IRailLink> create, ILogger log) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IRailLink? _link;

    private async Task EnsureOpenAsync(CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_link is { IsOpen: true }) return;
            _link?.Dispose();
            _link = create();
            await _link.OpenAsync(stop);
            log.LogInformation("link opened");
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: made sure of, then sent
    public async Task SetAsync(string aspect, CancellationToken stop)
    {
        await EnsureOpenAsync(stop);
        _link!.Send("SET " + aspect);
    }

    // ok LCA3001: the same with an awaited request
    public async Task<string> AspectAsync(CancellationToken stop)
    {
        await EnsureOpenAsync(stop).ConfigureAwait(false);
        return await _link!.RequestAsync("GET", stop).ConfigureAwait(false);
    }

    /// <summary>Made sure of, and then waited for something else.</summary>
    public async Task BlinkAsync(Func<Task<string>> aspect, CancellationToken stop)
    {
        await EnsureOpenAsync(stop);
        var next = await aspect();
        _link!.Send("SET " + next); //! LCA3001
    }

    // ok LCA3001: waited first
    public async Task BlinkSurelyAsync(Func<Task<string>> aspect, CancellationToken stop)
    {
        var next = await aspect();
        await EnsureOpenAsync(stop);
        _link!.Send("SET " + next);
    }

    public void Dispose()
    {
        _link?.Dispose();
        _gate.Dispose();
    }
}

/// <summary>Ensure by name: it makes one when there is none, and asks no more.</summary>
public sealed class Switch(Func<IRailLink> create) : IDisposable
{
    private IRailLink? _link;

    private async Task EnsureLinkAsync(CancellationToken stop)
    {
        if (_link != null) return;
        var link = create();
        await link.OpenAsync(stop);
        _link = link;
    }

    public async Task TurnAsync(string direction, CancellationToken stop)
    {
        await EnsureLinkAsync(stop);
        await _link!.SendAsync("TURN " + direction, stop); //! LCA3001
    }

    // ok LCA3001: the name is the same, but here the caller asks
    public async Task TurnIfOpenAsync(string direction, CancellationToken stop)
    {
        await EnsureLinkAsync(stop);
        if (_link!.IsOpen) await _link.SendAsync("TURN " + direction, stop);
    }

    public void Dispose() => _link?.Dispose();
}

public sealed class Crossing(Func<IRailLink> create) : IDisposable
{
    private readonly object _sync = new();
    private IRailLink? _link;

    private IRailLink OpenLink()
    {
        lock (_sync)
        {
            if (_link is null || !_link.IsOpen)
            {
                _link?.Dispose();
                _link = create();
                _link.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
            }

            return _link;
        }
    }

    // ok LCA3001: the getter validates under its lock and returns
    public void Close() => OpenLink().Send("CLOSE");

    // ok LCA3001: one send after the other, each over a link that was asked for
    public void Sequence(IEnumerable<string> telegrams)
    {
        foreach (var telegram in telegrams) OpenLink().Send(telegram);
    }

    /// <summary>Asked for early, used late.</summary>
    public async Task CloseLaterAsync(TimeSpan delay, CancellationToken stop)
    {
        var link = OpenLink();
        await Task.Delay(delay, stop);
        link.Send("CLOSE"); //! LCA3001
    }

    // ok LCA3001: asked for when the time has come
    public async Task CloseInTimeAsync(TimeSpan delay, CancellationToken stop)
    {
        await Task.Delay(delay, stop);
        OpenLink().Send("CLOSE");
    }

    public void Dispose() => _link?.Dispose();
}

/// <summary>All that is sent goes through one method, and that one asks.</summary>
public sealed class Interlocking(Func<IRailLink> create, ILogger log) : IDisposable
{
    private IRailLink? _link;

    private IRailLink Link => _link ??= create();

    // ok LCA3001: the choke point asks and reopens
    public Task LockAsync(string route, CancellationToken stop) => TransmitAsync("LOCK " + route, stop);

    // ok LCA3001: the same choke point
    public async Task ReleaseAsync(string route, CancellationToken stop)
    {
        log.LogDebug("releasing {Route}", route);
        await TransmitAsync("RELEASE " + route, stop);
    }

    private async Task TransmitAsync(string telegram, CancellationToken stop)
    {
        if (!Link.IsOpen) await Link.OpenAsync(stop);
        await Link.SendAsync(telegram, stop);
    }

    /// <summary>Goes past the choke point.</summary>
    public void Alarm() => Link.Send("ALARM"); //! LCA3001

    public void Dispose() => _link?.Dispose();
}
