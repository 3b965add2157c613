// An SSH-like tunnel daemon: a local connection comes in, a second one goes out, and either may fail.
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.TunnelRelay;

public sealed record Forward(int LocalPort, string Host, int Port);

public interface IUpstreamDialer
{
    ValueTask<Stream> DialAsync(string host, int port, CancellationToken ct);
}

public sealed class TcpUpstreamDialer : IUpstreamDialer
{
    public async ValueTask<Stream> DialAsync(string host, int port, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

public sealed class TunnelListener(Forward forward, ILogger log)
{
    public async Task RunAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(IPAddress.Loopback, forward.LocalPort);
        listener.Start();
        while (!stop.IsCancellationRequested)
        {
            var local = await listener.AcceptTcpClientAsync(stop);
            using var remote = new TcpClient();
            await remote.ConnectAsync(forward.Host, forward.Port, stop); //! LCA1006
            using (local) await PumpAsync(local.GetStream(), remote.GetStream(), stop);
        }
    }

    // ok LCA1006: the accepted one is in a using before anything else can throw
    public async Task RunSafeAsync(CancellationToken stop)
    {
        using var listener = new TcpListener(IPAddress.Loopback, forward.LocalPort);
        listener.Start();
        while (!stop.IsCancellationRequested)
        {
            using var local = await listener.AcceptTcpClientAsync(stop);
            try
            {
                using var remote = new TcpClient();
                await remote.ConnectAsync(forward.Host, forward.Port, stop);
                await PumpAsync(local.GetStream(), remote.GetStream(), stop);
            }
            catch (Exception ex) when (ex is IOException or SocketException)
            {
                log.LogWarning(ex, "forward to {Host} failed", forward.Host);
            }
        }
    }

    private static async Task PumpAsync(Stream a, Stream b, CancellationToken ct)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(a.CopyToAsync(b, either.Token), b.CopyToAsync(a, either.Token));
        a.Close();
        b.Close();
    }
}

public sealed class DialingRelay(IUpstreamDialer dialer, ILogger log)
{
    public async Task HandleAsync(Socket accepted, Forward forward, CancellationToken ct)
    {
        await using var remote = await dialer.DialAsync(forward.Host, forward.Port, ct); //! LCA1006
        await using var local = new NetworkStream(accepted, ownsSocket: true);
        await Task.WhenAny(local.CopyToAsync(remote, ct), remote.CopyToAsync(local, ct));
    }

    // ok LCA1006: the stream that owns the accepted socket is there first
    public async Task HandleOwnedAsync(Socket accepted, Forward forward, CancellationToken ct)
    {
        await using var local = new NetworkStream(accepted, ownsSocket: true);
        await using var remote = await dialer.DialAsync(forward.Host, forward.Port, ct);
        await Task.WhenAny(local.CopyToAsync(remote, ct), remote.CopyToAsync(local, ct));
    }

    // ok LCA1006: the failure is told to the client, and the client is closed
    public async Task HandleReportedAsync(Socket accepted, Forward forward, CancellationToken ct)
    {
        Stream remote;
        try
        {
            remote = await dialer.DialAsync(forward.Host, forward.Port, ct);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "no way to {Host}", forward.Host);
            Refuse(accepted);
            throw;
        }

        await using (remote)
        await using (var local = new NetworkStream(accepted, ownsSocket: true))
        {
            await Task.WhenAny(local.CopyToAsync(remote, ct), remote.CopyToAsync(local, ct));
        }
    }

    private static void Refuse(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // it is gone already
        }
        finally
        {
            socket.Dispose();
        }
    }
}

public sealed class PipeToTcp(string pipeName, IPEndPoint target, ILogger log)
{
    public async Task ServeOneAsync(CancellationToken ct)
    {
        await using var pipe = new NamedPipeServerStream(pipeName, PipeDirection.InOut, 4, PipeTransmissionMode.Byte, PipeOptions.Asynchronous);
        await pipe.WaitForConnectionAsync(ct);
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(target, ct); // ok LCA1006: the pipe is in an await using
        var stream = tcp.GetStream();
        await Task.WhenAll(pipe.CopyToAsync(stream, ct), stream.CopyToAsync(pipe, ct)); //! LCA1006
    }

    // ok LCA1006: each direction closes what it wrote to
    public async Task ServeBothWaysAsync(NamedPipeServerStream pipe, CancellationToken ct)
    {
        await using var owned = pipe;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(target, ct);
        var stream = tcp.GetStream();
        await Task.WhenAll(OneWayAsync(owned, stream), OneWayAsync(stream, owned));

        async Task OneWayAsync(Stream from, Stream to)
        {
            try
            {
                await from.CopyToAsync(to, ct);
            }
            catch (IOException ex)
            {
                log.LogDebug(ex, "one way ended");
            }
            finally
            {
                to.Close();
                from.Close();
            }
        }
    }

    // ok LCA1006: two files are copied, no relay
    public static Task MirrorAsync(FileStream first, FileStream second, MemoryStream firstCopy, MemoryStream secondCopy) =>
        Task.WhenAll(first.CopyToAsync(firstCopy), second.CopyToAsync(secondCopy));
}

public sealed class ReverseTunnel
{
    private readonly Dictionary<int, (TcpClient Near, TcpClient Far)> _pairs = [];

    // The far end is dialled in a helper; what was accepted is forgotten with the exception.
    public async Task AcceptAsync(TcpListener listener, Forward forward, CancellationToken ct)
    {
        var near = await listener.AcceptTcpClientAsync(ct);
        var far = await DialAsync(forward, ct); //! LCA1006
        _pairs[forward.LocalPort] = (near, far);
    }

    public async Task AcceptOrCloseAsync(TcpListener listener, Forward forward, CancellationToken ct)
    {
        var near = await listener.AcceptTcpClientAsync(ct);
        try
        {
            _pairs[forward.LocalPort] = (near, await DialAsync(forward, ct));
        }
        catch
        {
            near.Close();
            throw;
        }
    }

    private static async Task<TcpClient> DialAsync(Forward forward, CancellationToken ct)
    {
        TcpClient? far = new();
        try
        {
            await far.ConnectAsync(forward.Host, forward.Port, ct);
            var connected = far;
            far = null;
            return connected;
        }
        finally
        {
            far?.Dispose();
        }
    }

    public void Close()
    {
        foreach (var (near, far) in _pairs.Values)
        {
            near.Dispose();
            far.Dispose();
        }

        _pairs.Clear();
    }
}
