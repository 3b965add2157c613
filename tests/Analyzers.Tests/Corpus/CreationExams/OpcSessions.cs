// OPC UA style sessions: handshakes, hand-overs and two sockets for one session.
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Creation.OpcSessions;

public sealed class Duplex : IDisposable
{
    public required Socket Events { get; init; }

    public required Socket Requests { get; init; }

    public void Dispose()
    {
        Events.Dispose();
        Requests.Dispose();
    }
}

public static class Dial
{
    private static async Task<Socket> OneAsync(EndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var closing = new Closer(socket);
        await socket.ConnectAsync(endpoint, ct).ConfigureAwait(false);
        closing.Keep();
        return socket; // ok LCA1003: the guard object closes what was not kept
    }

    private sealed class Closer(IDisposable target) : IDisposable
    {
        private IDisposable? _target = target;

        public void Keep() => _target = null;

        public void Dispose() => _target?.Dispose();
    }

    // ok LCA1003: neither is lost: the first is closed when the second fails
    public static async Task<Duplex> BothAsync(EndPoint events, EndPoint requests, CancellationToken ct)
    {
        var first = await OneAsync(events, ct);
        try
        {
            return new Duplex { Events = first, Requests = await OneAsync(requests, ct) };
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    public static async Task<(Socket Control, IPEndPoint Local)> ControlAsync(EndPoint endpoint, CancellationToken ct)
    {
        var control = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
        control.Bind(new IPEndPoint(IPAddress.Any, 0));
        await control.ConnectAsync(endpoint, ct);
        return (control, (IPEndPoint)control.LocalEndPoint!);
    }

    public static Func<CancellationToken, Task<Socket>> Factory(EndPoint endpoint) => async ct =>
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(endpoint, ct);
        return socket;
    };

    // ok LCA1003: a filter that closes and lets the exception pass
    public static async Task<Socket> FilteredAsync(EndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, ct);
            return socket;
        }
        catch (Exception) when (CloseAndPass(socket))
        {
            throw;
        }
    }

    private static bool CloseAndPass(Socket socket)
    {
        socket.Dispose();
        return false;
    }

    // The rethrown exception passes the Dispose by.
    public static async Task<Socket> RethrownAsync(EndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(endpoint, ct);
            return socket;
        }
        catch (SocketException ex) when (ex.SocketErrorCode == SocketError.TimedOut)
        {
            socket.Dispose();
            throw new TimeoutException("no answer", ex);
        }
    }

    // ok LCA1003: the continuation disposes what failed
    public static Task<Socket> ContinuedAsync(EndPoint endpoint, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        return socket.ConnectAsync(endpoint, ct).AsTask().ContinueWith(t =>
        {
            if (t.IsCompletedSuccessfully) return socket;
            socket.Dispose();
            t.GetAwaiter().GetResult();
            throw new InvalidOperationException();
        }, CancellationToken.None);
    }

    public static bool TryTls(TcpClient client, string host, [NotNullWhen(true)] out SslStream? tls)
    {
        tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: true); //? LCA1003
        tls.AuthenticateAsClient(host);
        return tls.IsAuthenticated;
    }

    public static async Task<WebSocket> FeedAsync(Uri uri, CancellationToken ct)
    {
        ClientWebSocket ws;
        ws = new ClientWebSocket(); // ok LCA1003: it disposes of itself when its connect fails
        ws.Options.KeepAliveInterval = TimeSpan.FromSeconds(10);
        await ws.ConnectAsync(uri, ct);
        return ws;
    }

    // ok LCA1003: disposed in the outer finally while it is not handed over
    public static async Task<WebSocket> FeedOwnedAsync(Uri uri, ILogger log, CancellationToken ct)
    {
        ClientWebSocket? ws = null;
        try
        {
            ws = new ClientWebSocket();
            await ws.ConnectAsync(uri, ct);
            return Interlocked.Exchange(ref ws, null);
        }
        finally
        {
            if (ws is { State: var state })
            {
                log.LogDebug("feed not taken: {State}", state);
                ws.Dispose();
            }
        }
    }
}

public sealed class OpcProxy(IPEndPoint target, ILogger<OpcProxy> log)
{
    public async Task AcceptWebAsync(HttpListenerContext http, Uri upstream, CancellationToken ct)
    {
        var accepted = await http.AcceptWebSocketAsync(subProtocol: null);
        var near = accepted.WebSocket;
        using var far = new ClientWebSocket();
        await far.ConnectAsync(upstream, ct); //! LCA1006
        await PipeAsync(near, far, ct);
        near.Dispose();
    }

    // ok LCA1006: a using declared before the second opens
    public async Task AcceptWebSafelyAsync(HttpListenerContext http, Uri upstream, CancellationToken ct)
    {
        var accepted = await http.AcceptWebSocketAsync(subProtocol: null);
        using var near = accepted.WebSocket;
        using var far = new ClientWebSocket();
        await far.ConnectAsync(upstream, ct);
        await PipeAsync(near, far, ct);
    }

    private static async Task PipeAsync(WebSocket from, WebSocket to, CancellationToken ct)
    {
        var buffer = new byte[8192];
        while (await from.ReceiveAsync(buffer, ct) is { MessageType: not WebSocketMessageType.Close } part)
            await to.SendAsync(buffer.AsMemory(0, part.Count), part.MessageType, part.EndOfMessage, ct);
    }

    // Old-fashioned: accepted by Begin/End, the second dialled in the callback.
    public void OnAccept(IAsyncResult ar)
    {
        var listener = (Socket)ar.AsyncState!;
        Socket? near = null;
        try
        {
            near = listener.EndAccept(ar);
            var far = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            far.Connect(target); //! LCA1006
            _ = Task.Run(() => Exchange(near, far)); //? LCA1004
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "accept");
        }
    }

    // ok LCA1003 LCA1006: the catch looks after both
    public void OnAcceptSafely(IAsyncResult ar)
    {
        var listener = (Socket)ar.AsyncState!;
        Socket? near = null, far = null;
        try
        {
            near = listener.EndAccept(ar);
            far = new Socket(SocketType.Stream, ProtocolType.Tcp);
            far.Connect(target);
            var (a, b) = (near, far);
            ThreadPool.QueueUserWorkItem(_ => Exchange(a, b));
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "accept");
            near?.Dispose();
            far?.Dispose();
        }
    }

    private void Exchange(Socket near, Socket far)
    {
        try
        {
            var buffer = new byte[4096];
            for (int n; (n = near.Receive(buffer)) > 0;) far.Send(buffer, n, SocketFlags.None);
        }
        catch (Exception ex)
        {
            log.LogDebug(ex, "exchange ended");
        }
        finally
        {
            near.Dispose();
            far.Dispose();
        }
    }
}

public sealed class SessionQuota(int most)
{
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Lock _sync = new();
    private int _total;

    // The address is counted, and the handshake that fails forgets it.
    public async Task ServeAsync(TcpClient client, Func<TcpClient, Task> handshake, Func<TcpClient, Task> serve)
    {
        var address = ((IPEndPoint)client.Client.RemoteEndPoint!).Address;
        lock (_sync) _total += 1; //! LCA1007
        await handshake(client);
        try
        {
            await serve(client);
        }
        finally
        {
            lock (_sync) _total -= 1;
            client.Dispose();
        }
    }

    // ok LCA1007: a scope object gives it back
    public async Task ServeScopedAsync(TcpClient client, Func<TcpClient, Task> handshake, Func<TcpClient, Task> serve)
    {
        using var slot = Enter();
        using (client)
        {
            await handshake(client);
            await serve(client);
        }
    }

    private Slot Enter()
    {
        Interlocked.Increment(ref _total);
        return new Slot(this);
    }

    private readonly struct Slot(SessionQuota owner) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref owner._total);
    }

    public bool Full => Volatile.Read(ref _total) >= most;

    // ok LCA1007: how often somebody knocked
    public void Knock(IPAddress address)
    {
        lock (_sync) _perAddress[address] = _perAddress.GetValueOrDefault(address) + 1;
    }
}
