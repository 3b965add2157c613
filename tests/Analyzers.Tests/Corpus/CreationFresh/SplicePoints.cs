// Splicing two lines together: the second one is opened by somebody else, in a callback, or in a loop over candidates.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fresh.Creation.SplicePoints;

public interface ILineFactory
{
    ValueTask<Stream> OpenAsync(string name, CancellationToken ct);
}

public sealed class StreamFactory(string host) : ILineFactory
{
    public async ValueTask<Stream> OpenAsync(string name, CancellationToken ct)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host, 9000, ct);
            return client.GetStream();
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

public sealed class Splicer(TcpListener listener, StreamFactory factory, IReadOnlyList<IPEndPoint> candidates, ILogger<Splicer> log)
{
    public async Task AcceptAndSpliceAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            try
            {
                await SpliceAsync(client, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogWarning(e, "splice");
            }
        }
    }

    private async Task SpliceAsync(TcpClient client, CancellationToken ct)
    {
        var far = await factory.OpenAsync("far", ct); //! LCA1006
        await using (far)
        using (client)
        {
            await client.GetStream().CopyToAsync(far, ct);
        }
    }

    public async Task SpliceFirstAsync(Socket accepted, CancellationToken ct)
    {
        Socket? far = null;
        foreach (var candidate in candidates)
        {
            var attempt = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await attempt.ConnectAsync(candidate, ct);
                far = attempt;
                break;
            }
            catch (SocketException e)
            {
                attempt.Dispose();
                log.LogDebug(e, "{Candidate}", candidate);
            }
            catch
            {
                attempt.Dispose();
                throw;
            }
        }

        if (far is null)
        {
            log.LogWarning("no candidate for {Peer}", accepted.RemoteEndPoint); //? LCA1006
            return;
        }

        using (accepted)
        using (far)
            await new NetworkStream(accepted).CopyToAsync(new NetworkStream(far), ct);
    }

    // ok LCA1006: closed on the way out, wherever that is
    public async Task SpliceFirstAndCloseAsync(Socket accepted, CancellationToken ct)
    {
        using var near = new NetworkStream(accepted, ownsSocket: true);
        foreach (var candidate in candidates)
        {
            using var far = new Socket(candidate.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await far.ConnectAsync(candidate, ct);
            }
            catch (SocketException)
            {
                continue;
            }

            await near.CopyToAsync(new NetworkStream(far), ct);
            return;
        }
    }

    public void BeginSplice(Socket accepted)
    {
        var far = new Socket(SocketType.Stream, ProtocolType.Tcp);
        far.BeginConnect(candidates[0], ar => //? LCA1006
        {
            try
            {
                far.EndConnect(ar); //! LCA1006
                Splice(accepted, far);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                far.Close();
                log.LogWarning(e, "far end");
            }
        }, null);
    }

    private static void Splice(Socket left, Socket right)
    {
        using (left)
        using (right)
        {
            var buffer = new byte[1024];
            int n;
            while ((n = left.Receive(buffer)) > 0) right.Send(buffer, n, SocketFlags.None);
        }
    }
}

public static class SocketTunnels
{
    /// <summary>ASP.NET Core closes the web socket of the request when the request ends.</summary>
    public static async Task TunnelAsync(HttpContext http, string host)
    {
        using var near = await http.WebSockets.AcceptWebSocketAsync();
        using var far = new ClientWebSocket();
        await far.ConnectAsync(new Uri($"wss://{host}/"), http.RequestAborted);
        await Task.WhenAny(PumpAsync(near, far, http.RequestAborted), PumpAsync(far, near, http.RequestAborted));
    }

    private static async Task PumpAsync(WebSocket from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var got = await from.ReceiveAsync(buffer.AsMemory(), ct);
            if (got.MessageType == WebSocketMessageType.Close) return;
            await to.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, ct);
        }
    }
}

/// <summary>Takes a raw socket, and gives back an encrypted one that owns it.</summary>
public sealed class SecureWrap
{
    public static async Task<SslStream> WrapAsync(Socket accepted, SslServerAuthenticationOptions options, CancellationToken ct)
    {
        var inner = new NetworkStream(accepted, ownsSocket: true);
        var tls = new SslStream(inner); //? LCA1003
        await tls.AuthenticateAsServerAsync(options, ct);
        return tls;
    }

    public static async Task<SslStream> WrapSafelyAsync(Socket accepted, SslServerAuthenticationOptions options, CancellationToken ct)
    {
        var tls = new SslStream(new NetworkStream(accepted, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsServerAsync(options, ct);
            return tls;
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }
    }
}

public abstract class DialTemplate<TClient> where TClient : class, IDisposable
{
    protected abstract TClient Create();

    protected abstract Task OpenAsync(TClient client, CancellationToken ct);

    public async Task<TClient> DialAsync(CancellationToken ct)
    {
        var client = Create();
        try
        {
            await OpenAsync(client, ct);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}

public sealed class UdpDial(IPEndPoint remote) : DialTemplate<UdpClient>
{
    protected override UdpClient Create() => new();

    protected override Task OpenAsync(UdpClient client, CancellationToken ct)
    {
        client.Connect(remote);
        return Task.CompletedTask;
    }
}

public sealed class ExtensionDial
{
    public static Socket Dial(EndPoint remote) => new Socket(SocketType.Stream, ProtocolType.Tcp).Opened(remote);
}

internal static class SocketExtensions
{
    public static Socket Opened(this Socket socket, EndPoint remote)
    {
        try
        {
            socket.Connect(remote);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static T Tuned<T>(this T socket) where T : Socket
    {
        socket.NoDelay = true;
        return socket;
    }

    public static Socket DialTuned(EndPoint remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp).Tuned(); //! LCA1003
        socket.Connect(remote);
        return socket;
    }
}
