// A small SOCKS proxy: the accepted side and the upstream, with and without care for one another.
using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Shapes.Creation.SocksProxy;

public readonly record struct Target(string Host, int Port);

public sealed class Proxy(ILogger<Proxy> log, TimeSpan patience)
{
    private int _open;

    public int Open => Volatile.Read(ref _open);

    public async Task ServeAsync(TcpListener door, CancellationToken stop)
    {
        door.Start();
        try
        {
            while (!stop.IsCancellationRequested)
            {
                var guest = await door.AcceptTcpClientAsync(stop);
                _ = TunnelSafelyAsync(guest, stop); // ok LCA1004: its whole body is in a try
            }
        }
        finally
        {
            door.Stop();
        }
    }

    private async Task TunnelSafelyAsync(TcpClient guest, CancellationToken stop)
    {
        try
        {
            await TunnelAsync(guest, stop);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "tunnel");
        }
        finally
        {
            guest.Dispose();
        }
    }

    private async Task TunnelAsync(TcpClient guest, CancellationToken stop)
    {
        Interlocked.Increment(ref _open);
        try
        {
            var target = await GreetAsync(guest.GetStream(), stop);
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
            bound.CancelAfter(patience);
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(target.Host, target.Port, bound.Token); // ok LCA1006: the caller closes the guest
            await Task.WhenAny(
                guest.GetStream().CopyToAsync(upstream.GetStream(), stop),
                upstream.GetStream().CopyToAsync(guest.GetStream(), stop)); // ok LCA1006: using closes one, the caller the other
        }
        finally
        {
            Interlocked.Decrement(ref _open); // ok LCA1007
        }
    }

    private static async Task<Target> GreetAsync(NetworkStream guest, CancellationToken stop)
    {
        var head = new byte[4];
        await guest.ReadExactlyAsync(head, stop);
        return new Target(new IPAddress(head).ToString(), 80);
    }
}

public sealed class HastyProxy(Target target, TimeSpan patience)
{
    private int _tunnels;

    public int Tunnels => _tunnels;

    public async Task AcceptOneAsync(Socket door, CancellationToken stop)
    {
        var guest = await door.AcceptAsync(stop);
        using var bound = new CancellationTokenSource(patience);
        var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await upstream.ConnectAsync(target.Host, target.Port, bound.Token); //! LCA1006
        }
        catch
        {
            upstream.Dispose();
            throw;
        }
        _ = RelayAsync(guest, upstream); // ok LCA1004
    }

    private async Task RelayAsync(Socket guest, Socket upstream)
    {
        Interlocked.Increment(ref _tunnels); //! LCA1007
        try
        {
            using var left = new NetworkStream(guest, ownsSocket: true);
            using var right = new NetworkStream(upstream, ownsSocket: true);
            await Task.WhenAll(left.CopyToAsync(right), right.CopyToAsync(left)); //! LCA1006
            Interlocked.Decrement(ref _tunnels);
        }
        catch (IOException)
        {
        }
    }

    // ok LCA1006: every failure of the second closes the first, by a flag
    public async Task AcceptWithFlagAsync(Socket door, CancellationToken stop)
    {
        var guest = await door.AcceptAsync(stop);
        Socket? upstream = null;
        var joined = false;
        try
        {
            upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await upstream.ConnectAsync(target.Host, target.Port, stop);
            _ = RelayAsync(guest, upstream);
            joined = true;
        }
        finally
        {
            if (!joined)
            {
                upstream?.Dispose();
                guest.Dispose();
            }
        }
    }

    // the sync server of old: the upstream's connect may throw out of the method
    public void AcceptOnce(TcpListener door, Action<TcpClient, TcpClient> join)
    {
        var guest = door.AcceptTcpClient();
        var upstream = new TcpClient();
        try
        {
            upstream.Connect(target.Host, target.Port); //! LCA1006
        }
        catch (SocketException)
        {
            upstream.Close();
            return;
        }
        join(guest, upstream);
    }

    // ok LCA1006: a local function closes both
    public void AcceptTidily(TcpListener door, Action<TcpClient, TcpClient> join)
    {
        var guest = door.AcceptTcpClient();
        var upstream = new TcpClient();
        try
        {
            upstream.Connect(target.Host, target.Port);
        }
        catch
        {
            Both();
            throw;
        }
        join(guest, upstream);

        void Both()
        {
            upstream.Dispose();
            guest.Dispose();
        }
    }
}

/// <summary>Relays by hand with a rented buffer, either way.</summary>
public static class Pumps
{
    // ok LCA1006: either direction's end cancels the other
    public static async Task JoinAsync(NetworkStream left, NetworkStream right, CancellationToken stop)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        await Task.WhenAll(PumpAsync(left, right, ended), PumpAsync(right, left, ended));
    }

    private static async Task PumpAsync(Stream from, Stream to, CancellationTokenSource ended)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            int n;
            while ((n = await from.ReadAsync(buffer, ended.Token)) > 0)
                await to.WriteAsync(buffer.AsMemory(0, n), ended.Token);
        }
        finally
        {
            ended.Cancel();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    // a tuple of two tasks, both waited for, neither tells the other
    public static async Task JoinSlowlyAsync(TcpClient left, TcpClient right, CancellationToken stop)
    {
        using (left)
        using (right)
        {
            var (a, b) = (left.GetStream(), right.GetStream());
            Task there = a.CopyToAsync(b, stop), back = b.CopyToAsync(a, stop);
            await Task.WhenAll(there, back); //! LCA1006
        }
    }

    // ok LCA1006: half-close tells the other side
    public static async Task JoinHalfCloseAsync(Socket left, Socket right, CancellationToken stop)
    {
        using var a = new NetworkStream(left, true);
        using var b = new NetworkStream(right, true);
        await Task.WhenAll(HalfAsync(a, b, right), HalfAsync(b, a, left));

        async Task HalfAsync(NetworkStream from, NetworkStream to, Socket end)
        {
            await from.CopyToAsync(to, stop);
            end.Shutdown(SocketShutdown.Send);
        }
    }
}
