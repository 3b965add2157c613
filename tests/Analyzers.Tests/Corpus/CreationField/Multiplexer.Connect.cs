// The multiplexers' connecting parts.
namespace Field.Creation.Multiplexing;

public sealed partial class Multiplexer<TTransport>
{
    // ok LCA1001: another part's method, called here first, attaches
    public async Task StartAsync(CancellationToken stop)
    {
        Attach();
        await _transport.ConnectAsync(stop);
    }

    public async Task<ReadOnlyMemory<byte>> CallAsync(ReadOnlyMemory<byte> request, CancellationToken stop)
    {
        var call = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[Interlocked.Increment(ref _next)] = call;
        await _transport.SendAsync(request, stop);
        return await call.Task.WaitAsync(stop);
    }
}

public sealed partial class BareMultiplexer<TTransport>
{
    public async Task StartAsync(CancellationToken stop)
    {
        await _transport.ConnectAsync(stop); //! LCA1001
    }
}

public static class Dialer
{
    public static async Task<T> DialAsync<T>(CancellationToken stop) where T : class, ITransport, new()
    {
        var transport = new T(); //! LCA1003
        transport.Faulted += _ => { };
        await transport.ConnectAsync(stop);
        return transport;
    }

    // ok LCA1003: closed by the catch, in an async iterator's helper
    public static async Task<T> DialSafeAsync<T>(Action<Exception?> faulted, CancellationToken stop) where T : class, ITransport, new()
    {
        var transport = new T();
        transport.Faulted += faulted;
        try
        {
            await transport.ConnectAsync(stop).ConfigureAwait(false);
            return transport;
        }
        catch
        {
            await transport.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
