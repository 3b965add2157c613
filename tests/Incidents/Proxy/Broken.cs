// A TCP proxy: every accepted client gets a connection of its own to the target. That connection tells by `Error`
// that it failed; an error nobody listens to is thrown where nobody can catch it. The proxy opens the connection
// first and attaches its handler when the client has sent its first bytes: a target that refuses is faster.
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;

namespace Incidents.Proxy;

public sealed class TcpProxy(IPEndPoint target, TcpListener listener)
{
    private int _active;

    /// <summary>How many clients are being served: up when one is accepted, down when both sides have closed.</summary>
    public int Active => Volatile.Read(ref _active);

    public async Task RunAsync(CancellationToken stop)
    {
        var clients = new List<Task>();
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop);
                clients.Add(ServeAsync(client, stop));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(clients);
        }
    }

    private async Task ServeAsync(Socket client, CancellationToken stop)
    {
        Interlocked.Increment(ref _active);
        try
        {
            using var upstream = new UpstreamConnection(target);
            upstream.Connect(); //! LCA1001

            // what the client says first goes into the log, before anything is forwarded
            var first = new byte[4096];
            var count = await client.ReceiveAsync(first, stop);
            Log.Trace($"the client begins with {count} bytes");

            // a target that fails ends the client too
            upstream.Error += (_, failure) => GiveUp(client, failure);

            if (count > 0 && await upstream.WaitUntilOpenAsync(stop))
            {
                await upstream.SendAsync(first.AsMemory(0, count), stop);
                await upstream.RelayAsync(client, stop);
            }
        }
        catch (Exception end) when (end is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            Log.Trace($"the client is served no longer: {end.Message}");
        }
        finally
        {
            client.Dispose();
            Interlocked.Decrement(ref _active);
        }
    }

    private static void GiveUp(Socket client, Exception failure)
    {
        Log.Trace($"the target failed: {failure.Message}");
        client.Dispose();
    }
}

/// <summary>The connection to the target. Whoever opens it must listen to <see cref="Error"/>: a failure that nobody handles ends the process.</summary>
public sealed class UpstreamConnection(IPEndPoint target) : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
    private Task<bool> _opening = Task.FromResult(false);

    public event EventHandler<Exception>? Error;

    public bool IsOpen { get; private set; }

    /// <summary>Begins to connect; a failure comes by <see cref="Error"/>.</summary>
    public void Connect() => _opening = OpenAsync();

    public Task<bool> WaitUntilOpenAsync(CancellationToken stop) => _opening.WaitAsync(stop);

    public async Task SendAsync(ReadOnlyMemory<byte> data, CancellationToken stop)
    {
        for (var rest = data; rest.Length > 0;) rest = rest[await _socket.SendAsync(rest, stop)..];
    }

    /// <summary>Copies both ways until both sides have closed; one side's end is passed on to the other.</summary>
    public async Task RelayAsync(Socket client, CancellationToken stop)
    {
        await Task.WhenAll(CopyAsync(client, _socket), CopyAsync(_socket, client));

        async Task CopyAsync(Socket from, Socket to)
        {
            var ended = false;
            try
            {
                using var source = new NetworkStream(from);
                using var sink = new NetworkStream(to);
                await source.CopyToAsync(sink, stop);
                to.Shutdown(SocketShutdown.Send);
                ended = true;
            }
            finally
            {
                if (!ended)
                {
                    client.Dispose();
                    Dispose();
                }
            }
        }
    }

    public void Dispose()
    {
        IsOpen = false;
        _socket.Dispose();
    }

    private async Task<bool> OpenAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await _socket.ConnectAsync(target, limit.Token);
            IsOpen = true;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Dispose();
            Fail(failure);
        }

        return IsOpen;
    }

    private void Fail(Exception failure)
    {
        if (Error is { } handlers) handlers(this, failure);
        else ThreadPool.UnsafeQueueUserWorkItem(static unhandled => ExceptionDispatchInfo.Throw(unhandled), failure, preferLocal: false);
    }
}

public static class Log
{
    public static void Trace(string message) => Console.Error.WriteLine($"trace: {message}");
}
