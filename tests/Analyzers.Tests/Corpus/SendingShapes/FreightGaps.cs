// Freight wagons report over whatever is there: gaps between check and send, flags that are proof of nothing.
using System.IO.Pipes;
using System.IO.Ports;
using System.Net.Sockets;
using System.Net.WebSockets;
using NATS.Client.Core;
using Npgsql;

namespace Shapes.Sending.FreightGaps;

public abstract record Report
{
    public sealed record Position(double Lat, double Lon) : Report;

    public sealed record Brake(bool On) : Report;
}

public interface IAxleCounter
{
    Task<int> CountAsync(CancellationToken stop);
}

public sealed class Wagon(NatsConnection bus, SerialPort port, NamedPipeServerStream cab, IAxleCounter axles)
{
    public event Action<Report>? Sending;

    // the answer of a switch, used after the wait
    public async Task TellAsync(Report report, CancellationToken stop)
    {
        var may = bus.ConnectionState switch
        {
            NatsConnectionState.Open => true,
            _ => false,
        };
        var count = await axles.CountAsync(stop);
        if (may) await bus.PublishAsync("axles", count, stop); //? LCA2002
    }

    public async Task PortAsync(byte[] frame, CancellationToken stop)
    {
        if (!port.IsOpen) return;
        await axles.CountAsync(stop);
        port.Write(frame, 0, frame.Length); //! LCA2002
    }

    // ok LCA2002: asked anew after the wait
    public async Task PortFairlyAsync(byte[] frame, CancellationToken stop)
    {
        while (!port.IsOpen) await Task.Delay(100, stop);
        port.Write(frame, 0, frame.Length);
    }

    // a call back into the user's code
    public void Raise(byte[] frame, Report report)
    {
        if (!port.IsOpen) return;
        Sending?.Invoke(report);
        port.Write(frame, 0, frame.Length); //! LCA2002
    }

    // ok LCA2002: raised after the send
    public void RaiseAfter(byte[] frame, Report report)
    {
        if (!port.IsOpen) return;
        port.Write(frame, 0, frame.Length);
        Sending?.Invoke(report);
    }

    public async Task CabAsync(byte[] frame, CancellationToken stop)
    {
        if (cab.IsConnected)
        {
            await Task.Yield();
            await cab.WriteAsync(frame, stop); //! LCA2002
        }
    }

    // ok LCA2002: the wait for the peer on that very pipe
    public async Task CabFairlyAsync(byte[] frame, CancellationToken stop)
    {
        if (!cab.IsConnected) await cab.WaitForConnectionAsync(stop);
        await cab.WriteAsync(frame, stop);
    }

    // ok LCA2002: caught where it is sent
    public async Task CabCaughtAsync(byte[] frame, CancellationToken stop)
    {
        if (!cab.IsConnected) return;
        var n = await axles.CountAsync(stop);
        frame[0] = (byte)n;
        try
        {
            await cab.WriteAsync(frame, stop);
        }
        catch (IOException)
        {
            cab.Disconnect();
        }
        catch (Exception e) when (e is ObjectDisposedException or InvalidOperationException)
        {
        }
    }
}

public sealed class Yard(WebSocket socket)
{
    private readonly SemaphoreSlim _turn = new(1);

    // asked before the turn is taken
    public async Task TellAsync(byte[] frame, CancellationToken stop)
    {
        if (socket.State != WebSocketState.Open) return;
        await _turn.WaitAsync(stop);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
        finally
        {
            _turn.Release();
        }
    }

    // ok LCA2002: asked when the turn is one's own
    public async Task TellFairlyAsync(byte[] frame, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            if (socket.State == WebSocketState.Open)
                await socket.SendAsync(frame, WebSocketMessageType.Binary, true, stop);
        }
        finally
        {
            _turn.Release();
        }
    }

    // ok LCA2002: the echo
    public async Task EchoAsync(CancellationToken stop)
    {
        var buffer = new byte[1024];
        while (socket.State is WebSocketState.Open)
        {
            var got = await socket.ReceiveAsync(buffer, stop);
            if (got.MessageType is WebSocketMessageType.Close) break;
            await socket.SendAsync(new ArraySegment<byte>(buffer, 0, got.Count), got.MessageType, got.EndOfMessage, stop);
        }
    }

    public async Task WorkAsync(Func<byte[], Task<byte[]>> work, CancellationToken stop)
    {
        var buffer = new byte[1024];
        while (socket.State is WebSocketState.Open)
        {
            await socket.ReceiveAsync(buffer, stop);
            var answer = await work(buffer);
            await socket.SendAsync(answer, WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
    }
}

public static class Couplings
{
    public static void Push(TcpClient wagon, byte[] frame)
    {
        if (wagon is not { Connected: true }) //! LCA2003
            throw new InvalidOperationException("uncoupled");
        wagon.GetStream().Write(frame);
    }

    // ok LCA2003: decides only what is said
    public static string Describe(TcpClient wagon) => wagon.Connected switch
    {
        true => "coupled",
        false => "uncoupled",
    };

    public static async Task<bool> PushAsync(Socket wagon, byte[] frame, CancellationToken stop)
    {
        switch (wagon.Connected) //! LCA2003
        {
            case true:
                await wagon.SendAsync(frame, stop);
                return true;
            default:
                return false;
        }
    }

    // ok LCA2003: after a connect of one's own it tells how that went
    public static Socket Dial(string host, int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            var pending = socket.BeginConnect(host, port, null, null);
            pending.AsyncWaitHandle.WaitOne(2000);
            if (!socket.Connected) throw new TimeoutException(); //? LCA2003
            socket.EndConnect(pending);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Socket? Reuse(Stack<Socket> idle)
    {
        lock (idle)
        {
            while (idle.TryPop(out var socket))
            {
                if (socket.Connected) return socket; //! LCA2003
                socket.Dispose();
            }
        }
        return null;
    }

    public static async Task NotifyAsync(NpgsqlConnection database, IAxleCounter axles, CancellationToken stop)
    {
        if (database.State != System.Data.ConnectionState.Open) return;
        var n = await axles.CountAsync(stop);
        await using var command = database.CreateCommand();
        command.CommandText = $"NOTIFY axles, '{n}'";
        await command.ExecuteNonQueryAsync(stop); //? LCA2002
    }
}
