// An RPC multiplexer over one transport: the part that dispatches. The part that connects is in the other file.
using System.Collections.Concurrent;

namespace Field.Creation.Multiplexing;

public interface ITransport : IAsyncDisposable
{
    event Action<Exception?>? Faulted;

    bool IsConnected { get; }

    Task ConnectAsync(CancellationToken stop);

    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken stop);

    Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken stop);
}

public sealed partial class Multiplexer<TTransport>(ILogSink log) : IAsyncDisposable
    where TTransport : class, ITransport, new()
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<ReadOnlyMemory<byte>>> _calls = new();
    private readonly TTransport _transport = new();
    private int _next;

    private void Attach() => _transport.Faulted += FailAll;

    private void FailAll(Exception? cause)
    {
        foreach (var call in _calls.Values) call.TrySetException(cause ?? new IOException("closed"));
        _calls.Clear();
        log.Write("multiplexer closed");
    }

    public async ValueTask DisposeAsync() => await _transport.DisposeAsync();
}

public interface ILogSink
{
    void Write(string text);
}

// The same without the part that attaches.
public sealed partial class BareMultiplexer<TTransport> : IAsyncDisposable
    where TTransport : class, ITransport, new()
{
    private readonly TTransport _transport = new();

    public bool IsUp => _transport.IsConnected;

    public ValueTask DisposeAsync() => _transport.DisposeAsync();
}

public sealed class StreamTable
{
    private readonly ConcurrentDictionary<int, ITransport> _open = new();

    public int Count => _open.Count;

    // Tracks what is open; a failing exchange leaves its entry behind.
    public async Task<int> ExchangeAsync(int id, ITransport transport, ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        _open.TryAdd(id, transport); //! LCA1007
        await transport.SendAsync(frame, stop);
        var answer = await transport.ReceiveAsync(stop);
        _open.TryRemove(id, out _);
        return answer.Length;
    }
}

public sealed class GuardedStreamTable
{
    private readonly ConcurrentDictionary<int, ITransport> _open = new();

    // ok LCA1007: taken out in finally
    public async Task<int> ExchangeAsync(int id, ITransport transport, ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        if (!_open.TryAdd(id, transport)) throw new InvalidOperationException($"stream {id} is open");
        try
        {
            await transport.SendAsync(frame, stop);
            return (await transport.ReceiveAsync(stop)).Length;
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }
}
