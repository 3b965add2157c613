// The check stands, and then the sender waits for something else.
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.StaleChecks;

public interface ILiveSession : IAsyncDisposable
{
    bool IsOpen { get; }
    Task SendAsync(ReadOnlyMemory<byte> message, CancellationToken stop);
    Task<byte[]> RequestAsync(ReadOnlyMemory<byte> message, CancellationToken stop);
}

public interface ITemplates
{
    Task<byte[]> LoadAsync(string name, CancellationToken stop);
    byte[] Cached(string name);
}

public sealed class Mailshot(Func<CancellationToken, Task<ILiveSession>> open, ITemplates templates, ILogger log)
{
    private ILiveSession? _session;

    public async Task SendAsync(string template, CancellationToken stop)
    {
        if (_session is not { IsOpen: true }) _session = await open(stop);
        var body = await templates.LoadAsync(template, stop);
        await _session.SendAsync(body, stop); //! LCA3001
    }

    // ok LCA3001: loaded first, asked afterwards
    public async Task SendLoadedAsync(string template, CancellationToken stop)
    {
        var body = await templates.LoadAsync(template, stop);
        if (_session is not { IsOpen: true }) _session = await open(stop);
        await _session.SendAsync(body, stop);
    }

    /// <summary>The wait stands in the argument: it is over before the send begins, and after the check.</summary>
    public async Task SendInlineAsync(string template, CancellationToken stop)
    {
        if (_session is not { IsOpen: true }) _session = await open(stop);
        await _session.SendAsync(await templates.LoadAsync(template, stop), stop); //! LCA3001
    }

    // ok LCA3001: the argument is at hand
    public async Task SendCachedAsync(string template, CancellationToken stop)
    {
        if (_session is not { IsOpen: true }) _session = await open(stop);
        await _session.SendAsync(templates.Cached(template), stop);
    }

    public async Task SendLaterAsync(string template, TimeSpan delay, CancellationToken stop)
    {
        if (_session is null || !_session.IsOpen) return;
        log.LogInformation("sending {Template} in {Delay}", template, delay);
        await Task.Delay(delay, stop);
        await _session.SendAsync(templates.Cached(template), stop); //! LCA3001
    }

    // ok LCA3001: asked again after the delay
    public async Task SendLaterIfOpenAsync(string template, TimeSpan delay, CancellationToken stop)
    {
        if (_session is null || !_session.IsOpen) return;
        await Task.Delay(delay, stop);
        if (!_session.IsOpen)
        {
            log.LogWarning("session closed meanwhile, {Template} not sent", template);
            return;
        }

        await _session.SendAsync(templates.Cached(template), stop);
    }

    // ok LCA3001: a request that was answered on this very session proved it open
    public async Task SendAfterRequestAsync(string template, CancellationToken stop)
    {
        if (_session is not { IsOpen: true }) _session = await open(stop);
        var header = await _session.RequestAsync(templates.Cached("header"), stop);
        log.LogTrace("header of {Length}", header.Length);
        await _session.SendAsync(templates.Cached(template), stop);
    }

    // ok LCA3001: the gap is there, and the catch replaces the session that fell into it
    public async Task SendOrReplaceAsync(string template, CancellationToken stop)
    {
        if (_session is not { IsOpen: true }) _session = await open(stop);
        var body = await templates.LoadAsync(template, stop);
        try
        {
            await _session.SendAsync(body, stop);
        }
        catch (IOException)
        {
            await _session.DisposeAsync();
            _session = null;
            throw;
        }
    }
}

public sealed class Streams(ITemplates templates)
{
    private readonly ConcurrentDictionary<string, ILiveSession> _sessions = new();

    /// <summary>One check before the loop, one foreign wait in each round.</summary>
    public async Task SendAllAsync(string room, IEnumerable<string> names, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(room, out var session) || !session.IsOpen) return;
        foreach (var name in names)
        {
            var body = await templates.LoadAsync(name, stop);
            await session.SendAsync(body, stop); //! LCA3001
        }
    }

    // ok LCA3001: asked in each round, after the wait
    public async Task SendAllOpenAsync(string room, IEnumerable<string> names, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(room, out var session)) return;
        foreach (var name in names)
        {
            var body = await templates.LoadAsync(name, stop);
            if (!session.IsOpen) break;
            await session.SendAsync(body, stop);
        }
    }

    /// <summary>Read into a local, and the local is old when it decides.</summary>
    public async Task SendByFlagAsync(string room, string name, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(room, out var session)) return;
        var open = session.IsOpen;
        var body = await templates.LoadAsync(name, stop);
        if (open) await session.SendAsync(body, stop); //! LCA3001
    }

    // ok LCA3001: the local is fresh
    public async Task SendByFreshFlagAsync(string room, string name, CancellationToken stop)
    {
        if (!_sessions.TryGetValue(room, out var session)) return;
        var body = await templates.LoadAsync(name, stop);
        var open = session.IsOpen;
        if (open) await session.SendAsync(body, stop);
    }
}

public sealed class Captions(Uri server) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private ClientWebSocket? _socket;

    /// <summary>Asked outside the gate; the wait for the gate can be long.</summary>
    public async Task ShowAsync(ReadOnlyMemory<byte> text, CancellationToken stop)
    {
        if (_socket is not { State: WebSocketState.Open }) _socket = await DialAsync(stop);
        await _gate.WaitAsync(stop);
        try
        {
            await _socket.SendAsync(text, WebSocketMessageType.Text, true, stop); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: asked inside
    public async Task ShowGatedAsync(ReadOnlyMemory<byte> text, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (_socket is not { State: WebSocketState.Open }) _socket = await DialAsync(stop);
            await _socket.SendAsync(text, WebSocketMessageType.Text, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<ClientWebSocket> DialAsync(CancellationToken stop)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(server, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _gate.Dispose();
    }
}
