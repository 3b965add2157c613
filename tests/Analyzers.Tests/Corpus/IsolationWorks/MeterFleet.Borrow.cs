using System;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Works.Isolation.MeterFleet;

public sealed partial class MeterFleet : IDisposable
{
    private readonly ConcurrentQueue<TcpClient> _idle = new();

    private async Task<T> WithClientAsync<T>(Func<TcpClient, Task<T>> work, CancellationToken ct)
    {
        var client = await BorrowAsync(ct);
        try
        {
            return await work(client);
        }
        finally
        {
            GiveBack(client); //! LCA4001
        }
    }

    // ok LCA4001: the work's failure closes the client
    private async Task<T> WithClientOrCloseAsync<T>(Func<TcpClient, Task<T>> work, CancellationToken ct)
    {
        var client = await BorrowAsync(ct);
        T result;
        try
        {
            result = await work(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }

        GiveBack(client);
        return result;
    }

    private async Task<TcpClient> BorrowAsync(CancellationToken ct)
    {
        while (_idle.TryDequeue(out var idle))
        {
            if (IsQuiet(idle.Client)) return idle;
            idle.Dispose();
        }

        return await DialAsync(ct);
    }

    private void GiveBack(TcpClient client) => _idle.Enqueue(client);

    private async Task<TcpClient> DialAsync(CancellationToken ct)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(_concentrator, 2404, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static bool IsQuiet(Socket socket)
    {
        try
        {
            return !socket.Poll(0, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        while (_idle.TryDequeue(out var client)) client.Dispose();
    }
}
