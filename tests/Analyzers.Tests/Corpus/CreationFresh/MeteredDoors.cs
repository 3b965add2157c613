// Doors of an edge node: who counts the open ones, and what a failing dial leaves behind.
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Fresh.Creation.MeteredDoors;

public interface IDoorGauge
{
    void Opened();
    void Closed();
}

public sealed class DoorGauge : IDoorGauge
{
    private int _open;

    public int Open => _open;

    public void Opened() => Interlocked.Increment(ref _open); //! LCA1007

    public void Closed() => Interlocked.Decrement(ref _open);
}

public sealed class SteadyGauge
{
    private int _open;

    public int Open => _open;

    public void Opened() => Interlocked.Increment(ref _open);

    public void Closed() => Interlocked.Decrement(ref _open);
}

/// <summary>The gauge is another object; the way up and the way down are the caller's.</summary>
public sealed class MeteredHandler(DoorGauge gauge, ILogger<MeteredHandler> log) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        gauge.Opened();
        var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
        log.LogDebug("{Bytes}", read.Buffer.Length);
        connection.Transport.Input.AdvanceTo(read.Buffer.End);
        gauge.Closed();
    }
}

public sealed class SteadyHandler(SteadyGauge gauge) : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        gauge.Opened();
        try
        {
            var read = await connection.Transport.Input.ReadAsync(connection.ConnectionClosed);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
        }
        finally
        {
            gauge.Closed();
        }
    }
}

public sealed class DoorList(TcpListener listener, ILogger log)
{
    private readonly List<TcpClient> _doors = [];
    private readonly List<TcpClient> _goodDoors = [];
    private readonly Dictionary<EndPoint, int> _perPeer = [];

    public async Task RunAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(ct);
            new Thread(() => Serve(client)).Start(); //! LCA1005
            ThreadPool.QueueUserWorkItem(ServeAndTell, client);
        }
    }

    private void Serve(TcpClient client)
    {
        lock (_doors) _doors.Add(client); //! LCA1007
        var buffer = new byte[256];
        int n;
        while ((n = client.GetStream().Read(buffer, 0, buffer.Length)) > 0)
            log.LogTrace("{Bytes}", n);
        client.Close();
        lock (_doors) _doors.Remove(client);
    }

    private void ServeAndTell(object? state)
    {
        var client = (TcpClient)state!;
        lock (_goodDoors) _goodDoors.Add(client);
        try
        {
            var buffer = new byte[256];
            int n;
            while ((n = client.GetStream().Read(buffer, 0, buffer.Length)) > 0)
                log.LogTrace("{Bytes}", n);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogDebug(e, "door");
        }
        finally
        {
            client.Close();
            lock (_goodDoors) _goodDoors.Remove(client);
        }
    }

    /// <summary>Refused peers are counted, and never taken off again.</summary>
    public bool Admit(TcpClient client, Func<TcpClient, bool> allowed)
    {
        var peer = client.Client.RemoteEndPoint!;
        lock (_perPeer)
        {
            _perPeer.TryGetValue(peer, out var n);
            _perPeer[peer] = n + 1;
        }

        if (!allowed(client)) return false;
        lock (_perPeer) _perPeer[peer]--;
        return true;
    }
}

public sealed class MeterDoors : IDisposable
{
    private readonly Meter _meter = new("doors");
    private readonly UpDownCounter<int> _open;

    public MeterDoors() => _open = _meter.CreateUpDownCounter<int>("open");

    public async Task HandleAsync(Socket accepted, CancellationToken ct)
    {
        _open.Add(1); //? LCA1007
        using (accepted)
        {
            var buffer = new byte[16];
            await accepted.ReceiveAsync(buffer, ct);
        }

        _open.Add(-1);
    }

    public void Dispose() => _meter.Dispose();
}
