// A gateway that keeps a session for each backend, asks it before each request, and lets go of what failed. Nothing to report.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.GoodGateway;

public interface IBackendSession : IAsyncDisposable
{
    event EventHandler? Closed;
    bool IsOpen { get; }
    Task<byte[]> RequestAsync(ReadOnlyMemory<byte> request, CancellationToken stop);
}

public interface IBackendConnector
{
    Task<IBackendSession> ConnectAsync(string backend, CancellationToken stop);
}

public sealed class Gateway(IBackendConnector connector, ILogger<Gateway> log) : IAsyncDisposable
{
    private sealed class Slot
    {
        public readonly SemaphoreSlim Gate = new(1, 1);
        public IBackendSession? Session;
    }

    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.OrdinalIgnoreCase);

    public async Task<byte[]> RequestAsync(string backend, ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        var slot = _slots.GetOrAdd(backend, static _ => new Slot());
        await slot.Gate.WaitAsync(stop);
        try
        {
            if (slot.Session is not { IsOpen: true })
            {
                if (slot.Session is not null) await slot.Session.DisposeAsync();
                slot.Session = null;
                slot.Session = await connector.ConnectAsync(backend, stop);
                slot.Session.Closed += (_, _) => log.LogInformation("{Backend} closed its session", backend);
            }

            return await slot.Session.RequestAsync(request, stop);
        }
        catch (Exception ex) when (ex is not OperationCanceledException || slot.Session is not null)
        {
            log.LogWarning(ex, "{Backend} failed", backend);
            if (slot.Session is not null) await slot.Session.DisposeAsync();
            slot.Session = null;
            throw;
        }
        finally
        {
            slot.Gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots.Values)
        {
            if (slot.Session is not null) await slot.Session.DisposeAsync();
            slot.Gate.Dispose();
        }

        _slots.Clear();
    }
}

/// <summary>Borrows a validated session for one piece of work.</summary>
public sealed class Borrowing(IBackendConnector connector)
{
    private readonly Dictionary<string, IBackendSession> _sessions = [];
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<T> WithAsync<T>(string backend, Func<IBackendSession, Task<T>> work, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (!_sessions.TryGetValue(backend, out var session) || !session.IsOpen)
            {
                if (session is not null) await session.DisposeAsync();
                _sessions.Remove(backend);
                session = await connector.ConnectAsync(backend, stop);
                _sessions.Add(backend, session);
            }

            try
            {
                return await work(session);
            }
            catch
            {
                _sessions.Remove(backend);
                await session.DisposeAsync();
                throw;
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public Task<byte[]> EchoAsync(string backend, ReadOnlyMemory<byte> message, CancellationToken stop) =>
        WithAsync(backend, session => session.RequestAsync(message, stop), stop);
}
