// Counts and seats of a drive-through's kiosks: leases, events, metrics; web sockets from Kestrel and HttpListener.
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;

namespace Shapes.Creation.DriveThrough;

public sealed class KioskGate
{
    private readonly SemaphoreSlim _slots = new(8);
    private int _active;
    private ImmutableHashSet<Socket> _sockets = [];
    private int _dialling;

    // ok LCA1007: the lease gives it back
    public async Task<IDisposable> EnterAsync(CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        return new Slot(_slots);
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        private SemaphoreSlim? _slots = slots;

        public void Dispose() => Interlocked.Exchange(ref _slots, null)?.Release();
    }

    // ok LCA1007: the end of the kiosk takes it back
    public void Attach(Kiosk kiosk)
    {
        Interlocked.Increment(ref _active);
        kiosk.Ended += () => Interlocked.Decrement(ref _active);
        kiosk.Begin();
    }

    // the slot is lost when dialling fails
    public async Task<Kiosk?> DialAsync(EndPoint where, CancellationToken stop)
    {
        await _slots.WaitAsync(stop); //! LCA1007
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(where, stop);
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }
        catch
        {
            socket.Dispose();
            _slots.Release();
            throw;
        }
        var kiosk = new Kiosk(socket);
        kiosk.Ended += () => _slots.Release();
        return kiosk;
    }

    // ok LCA1007: each way down releases
    public async Task<Kiosk?> DialFairlyAsync(EndPoint where, CancellationToken stop)
    {
        await _slots.WaitAsync(stop);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(where, stop);
        }
        catch (Exception e)
        {
            socket.Dispose();
            _slots.Release();
            if (e is SocketException) return null;
            throw;
        }
        var kiosk = new Kiosk(socket);
        kiosk.Ended += () => _slots.Release();
        return kiosk;
    }

    public async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        ImmutableInterlocked.Update(ref _sockets, (set, s) => set.Add(s), socket); //? LCA1007
        var buffer = new byte[128];
        while (await socket.ReceiveAsync(buffer, stop) > 0) { }
        ImmutableInterlocked.Update(ref _sockets, (set, s) => set.Remove(s), socket);
    }

    public async Task<bool> ProbeAsync(EndPoint where, CancellationToken stop)
    {
        Interlocked.Add(ref _dialling, 1); //! LCA1007
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(where, stop);
        Interlocked.Add(ref _dialling, -1);
        return true;
    }

    // ok LCA1007
    public async Task<bool> ProbeFairlyAsync(EndPoint where, CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            Interlocked.Add(ref _dialling, 1);
            await socket.ConnectAsync(where, stop);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
        finally
        {
            Interlocked.Add(ref _dialling, -1);
        }
    }
}

public sealed class Kiosk(Socket socket)
{
    public event Action? Ended;

    public void Begin() => _ = RunAsync();

    private async Task RunAsync()
    {
        var buffer = new byte[128];
        try
        {
            while (await socket.ReceiveAsync(buffer) > 0) { }
        }
        catch (SocketException)
        {
        }
        finally
        {
            socket.Dispose();
            Ended?.Invoke();
        }
    }
}

/// <summary>Forwards a kiosk's web socket to the kitchen.</summary>
public sealed class KitchenForward(Uri kitchen)
{
    // ok LCA1006: the server ends a request's web socket when the request ends
    public async Task InvokeAsync(HttpContext context)
    {
        var guest = await context.WebSockets.AcceptWebSocketAsync();
        using var upstream = new ClientWebSocket();
        await upstream.ConnectAsync(kitchen, context.RequestAborted);
        await BothAsync(guest, upstream, context.RequestAborted);
    }

    private static async Task BothAsync(WebSocket a, WebSocket b, CancellationToken stop)
    {
        await Task.WhenAny(CopyAsync(a, b, stop), CopyAsync(b, a, stop));
        a.Abort();
        b.Abort();
    }

    private static async Task CopyAsync(WebSocket from, WebSocket to, CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var got = await from.ReceiveAsync(buffer.AsMemory(), stop);
            if (got.MessageType == WebSocketMessageType.Close) return;
            await to.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, got.EndOfMessage, stop);
        }
    }

    // one accepts and dials in a loop: a kitchen that is down leaves the kiosk hanging
    public async Task LoopAsync(Socket door, EndPoint till, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var kiosk = await door.AcceptAsync(stop);
            try
            {
                var upstream = await DialAsync(till, stop); //! LCA1006
                _ = PumpAsync(kiosk, upstream);
            }
            catch (SocketException e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }
    }

    // ok LCA1006
    public async Task LoopFairlyAsync(Socket door, EndPoint till, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var kiosk = await door.AcceptAsync(stop);
            var handed = false;
            try
            {
                var upstream = await DialAsync(till, stop);
                _ = PumpAsync(kiosk, upstream);
                handed = true;
            }
            catch (SocketException e)
            {
                Console.Error.WriteLine(e.Message);
            }
            finally
            {
                if (!handed) kiosk.Dispose();
            }
        }
    }

    private static async Task<Socket> DialAsync(EndPoint till, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(till, stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task PumpAsync(Socket kiosk, Socket upstream)
    {
        try
        {
            using var a = new NetworkStream(kiosk, true);
            using var b = new NetworkStream(upstream, true);
            await Task.WhenAny(a.CopyToAsync(b), b.CopyToAsync(a));
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }
}

public sealed class TillHandler(EndPoint till) : ConnectionHandler
{
    // ok LCA1006: Kestrel ends the connection when this task does
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var upstream = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await upstream.ConnectAsync(till, connection.ConnectionClosed);
        await using var stream = new NetworkStream(upstream);
        await connection.Transport.Input.CopyToAsync(stream, connection.ConnectionClosed);
    }
}
