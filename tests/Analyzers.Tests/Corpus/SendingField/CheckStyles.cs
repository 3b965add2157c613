// How people check, and where the check goes stale.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Field.Sending.CheckStyles;

public sealed class Shared(WebSocket ws, ILogger<Shared> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // The wait for the gate lies between check and send.
    public async Task SendChecked(byte[] data, CancellationToken stop)
    {
        if (ws.State != WebSocketState.Open) return;
        await _gate.WaitAsync(stop);
        try
        {
            await ws.SendAsync(data, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: asked under the gate
    public async Task SendGated(byte[] data, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            if (ws.State != WebSocketState.Open) return;
            await ws.SendAsync(data, WebSocketMessageType.Binary, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: caught
    public async Task SendCaught(byte[] data, CancellationToken stop)
    {
        if (ws.State != WebSocketState.Open) return;
        await _gate.WaitAsync(stop);
        try
        {
            await ws.SendAsync(data, WebSocketMessageType.Binary, true, stop);
        }
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogDebug(ex, "closed meanwhile");
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task SendInParts(IAsyncEnumerable<byte[]> parts, CancellationToken stop)
    {
        var open = ws.State == WebSocketState.Open;
        await foreach (var part in parts.WithCancellation(stop).ConfigureAwait(false))
        {
            if (!open) break;
            await ws.SendAsync(part, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
    }

    public async ValueTask SendEither(bool slow, byte[] data)
    {
        if (ws.State is not WebSocketState.Open) return;
        if (slow) await Task.Yield();
        await ws.SendAsync(data, WebSocketMessageType.Binary, true, default); //! LCA2002
    }

    // ok LCA2002: on the slow way it is asked again
    public async ValueTask SendEitherSafe(bool slow, byte[] data)
    {
        if (slow) await Task.Yield();
        if (ws.State is WebSocketState.Open) await ws.SendAsync(data, WebSocketMessageType.Binary, true, default);
    }

    // ok LCA2002: nothing awaited but the connection's own
    public async Task EchoAsync(CancellationToken stop)
    {
        var buffer = new byte[1024];
        do
        {
            var got = await ws.ReceiveAsync(buffer, stop);
            if (got.MessageType == WebSocketMessageType.Close) return;
            await ws.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, stop);
        } while (ws.State == WebSocketState.Open);
    }

    // The state is checked once; a pause in every turn.
    public async Task HeartbeatAsync(CancellationToken stop)
    {
        while (ws.State == WebSocketState.Open)
        {
            await Task.Delay(5000, stop);
            await ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop); //! LCA2002
        }
    }

    // ok LCA2002: the pause comes after
    public async Task HeartbeatSafeAsync(CancellationToken stop)
    {
        while (ws.State == WebSocketState.Open)
        {
            await ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop);
            await Task.Delay(5000, stop);
        }
    }

    public async Task SendVia(Func<WebSocket, Task> before, byte[] data)
    {
        if (ws is { State: WebSocketState.Open })
        {
            await before(ws);
            await ws.SendAsync(data, WebSocketMessageType.Binary, true, CancellationToken.None); //? LCA2002
        }
    }
}

public sealed class Reconnector : IDisposable
{
    private readonly IPEndPoint _remote;
    private Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public Reconnector(IPEndPoint remote) => _remote = remote;

    // Reused because Connected says so.
    public void Send(byte[] data)
    {
        EnsureConnected();
        _socket.Send(data);
    }

    private void EnsureConnected()
    {
        if (_socket.Connected) return; //! LCA2003
        _socket.Dispose();
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _socket.Connect(_remote);
    }

    // ok LCA2003: logged
    public override string ToString() => $"{_remote} connected={_socket.Connected}";

    public void Dispose()
    {
        // ok LCA2003: decides about closing
        if (_socket.Connected) _socket.Shutdown(SocketShutdown.Both);
        _socket.Dispose();
    }
}

public sealed class Sessions
{
    private readonly List<TcpClient> _clients = [];

    public void Broadcast(byte[] data)
    {
        foreach (var client in _clients.Where(c => c.Connected)) //! LCA2003
            client.GetStream().Write(data);
    }

    // ok LCA2003: clears away what has ended
    public int Sweep() => _clients.RemoveAll(client =>
    {
        if (client.Connected) return false;
        client.Dispose();
        return true;
    });

    // ok LCA2003: a count for the display
    public int Count => _clients.Count(c => c.Connected);

    public async Task ReadAsync(TcpClient client, CancellationToken stop)
    {
        var buffer = new byte[100];
        do
        {
            if (await client.GetStream().ReadAsync(buffer, stop) == 0) break;
        } while (client.Connected); //! LCA2003
    }

    public static bool IsAlive(TcpClient client) => client is { Connected: true, Client.Connected: true };

    public static int SendIfAlive(TcpClient client, byte[] data) =>
        client.Connected ? client.Client.Send(data) : 0; //! LCA2003
}

public sealed class Swallow(SslStream tls, HttpClient http, ILogger log)
{
    public async Task SendAll(IEnumerable<byte[]> items)
    {
        foreach (var item in items)
        {
            try
            {
                await tls.WriteAsync(item);
                await tls.FlushAsync();
            }
            catch (Exception) //! LCA2005
            {
                continue;
            }
        }
    }

    public void SendNested(byte[] item)
    {
        try
        {
            lock (tls) tls.Write(item);
        }
        catch (Exception e) //! LCA2005
        {
        }
        finally
        {
            log.LogTrace("done");
        }
    }

    // ok LCA2005: counts
    public void SendCounted(byte[] item)
    {
        try
        {
            tls.Write(item);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _failed);
        }
    }

    private int _failed;

    public int Failed => _failed;

    // ok LCA2005: rethrows as its own
    public void SendWrapped(byte[] item)
    {
        try
        {
            tls.Write(item);
        }
        catch (Exception ex)
        {
            throw new IOException("not sent", ex);
        }
    }

    // ok LCA2005: nothing is sent here
    public static void Quit(IDisposable tls)
    {
        try
        {
            tls.Dispose();
        }
        catch
        {
        }
    }

    public string? Version { get; private set; }

    // ok LCA2005: leaves the loop, which ends the connection
    public void SendUntil(IEnumerable<byte[]> items)
    {
        try
        {
            foreach (var item in items) tls.Write(item);
        }
        catch (IOException) when (items is List<byte[]>)
        {
        }
        finally
        {
            tls.Dispose();
        }
    }

    public async Task ReportAsync(string url)
    {
        try
        {
            using var content = new StringContent("up");
            using var answer = await http.PostAsync(url, content);
            Version = answer.Version.ToString();
        }
        catch (HttpRequestException ex)
        {
            log.LogDebug(ex, "no report");
        }
    }
}
