// A TCP proxy with two doors: one passes bytes through, the other ends TLS and forwards what was in it. Both open a connection to the
// target for each client. When that fails, the first door's process dies of it, and the second one forgets the client: it stays
// open, and counted.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using LifecycleAnalyzers.Runtime;

namespace Incidents.ProxyAtFullSize;

/// <summary>How long things may take.</summary>
public sealed record ProxyLimits(TimeSpan Connect, TimeSpan Handshake, TimeSpan Idle);

public sealed class TcpProxy(Func<IPEndPoint> target, ProxyLimits limits)
{
    private int _active;

    /// <summary>How many clients are being served.</summary>
    public int Active => Volatile.Read(ref _active);

    public async Task PassThroughAsync(TcpListener listener, CancellationToken stop)
    {
        try
        {
            while (true) Serve(await listener.AcceptSocketAsync(stop), stop);
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Log.Trace("the door is closed");
        }
    }

    public async Task TerminateTlsAsync(TcpListener listener, X509Certificate2 certificate, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptSocketAsync(stop);
                ForwardAsync(client, certificate, stop).Observe(failure => Log.Trace($"a client is served no longer: {failure.Message}"));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            Log.Trace("the TLS door is closed");
        }
    }

    private async void Serve(Socket client, CancellationToken stop)
    {
        Interlocked.Increment(ref _active); //! LCA1007
        await PassAsync(client, stop); //! LCA1005
        Interlocked.Decrement(ref _active);
    }

    private async Task PassAsync(Socket client, CancellationToken stop)
    {
        var upstream = await DialAsync(stop); //! LCA1006
        using var near = new NetworkStream(client, ownsSocket: true);
        using var far = new NetworkStream(upstream, ownsSocket: true);
        await Relay.RunAsync(new RelaySide(near, () => EndAsync(client)), new RelaySide(far, () => EndAsync(upstream)), limits.Idle, stop);
    }

    private async Task ForwardAsync(Socket client, X509Certificate2 certificate, CancellationToken stop)
    {
        Interlocked.Increment(ref _active); //! LCA1007
        await ForwardPlainAsync(client, certificate, stop);
        Interlocked.Decrement(ref _active);
    }

    private async Task ForwardPlainAsync(Socket client, X509Certificate2 certificate, CancellationToken stop)
    {
        var near = new SslStream(new NetworkStream(client, ownsSocket: true)); //! LCA1003
        await HandshakeAsync(near, certificate, stop);

        var upstream = await DialAsync(stop); //! LCA1006
        using (near)
        using (var far = new NetworkStream(upstream, ownsSocket: true))
        {
            await Relay.RunAsync(new RelaySide(near, near.ShutdownAsync), new RelaySide(far, () => EndAsync(upstream)), limits.Idle, stop);
        }
    }

    private async Task HandshakeAsync(SslStream client, X509Certificate2 certificate, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(limits.Handshake);
        await client.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, limit.Token);
    }

    private async Task<Socket> DialAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(limits.Connect);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(target(), limit.Token);
        return socket;
    }

    private static Task EndAsync(Socket socket)
    {
        socket.Shutdown(SocketShutdown.Send);
        return Task.CompletedTask;
    }
}

public static class Log
{
    private static int _lines;

    /// <summary>The first lines tell enough of many clients.</summary>
    public static void Trace(string message)
    {
        if (Interlocked.Increment(ref _lines) <= 20) Console.Error.WriteLine($"trace: {message}");
    }
}
