// One failing connect with several victims, and the whole of it mended.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.Gateways;

public sealed class ModbusGateway(EndPoint device, ILogger<ModbusGateway> log) : BackgroundService
{
    private int _sessions;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listener = new TcpListener(IPAddress.Any, 502); //! LCA1003
        listener.Start();
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                var master = await listener.AcceptSocketAsync(stoppingToken);
                _ = ServeAsync(master, stoppingToken); //! LCA1004
            }
        }
        finally
        {
            listener.Stop();
        }
    }

    private async Task ServeAsync(Socket master, CancellationToken stop)
    {
        Interlocked.Increment(ref _sessions); //! LCA1007
        var slave = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await slave.ConnectAsync(device, stop); //! LCA1006
        log.LogInformation("{Sessions} sessions", _sessions);
        var buffer = new byte[260];
        int n;
        while ((n = await master.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop)) > 0)
        {
            await slave.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
            n = await slave.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop);
            await master.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
        }
        master.Dispose();
        slave.Dispose();
        Interlocked.Decrement(ref _sessions);
    }
}

public sealed class ModbusGatewayMended(EndPoint device, ILogger<ModbusGatewayMended> log) : BackgroundService
{
    private int _sessions;

    // ok LCA1003 LCA1004 LCA1006 LCA1007: everything has one owner
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var listener = new TcpListener(IPAddress.Any, 502);
        listener.Start();
        var serving = new List<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            serving.RemoveAll(t => t.IsCompleted);
            serving.Add(ServeAsync(await listener.AcceptSocketAsync(stoppingToken), stoppingToken));
        }
        await Task.WhenAll(serving);
    }

    private async Task ServeAsync(Socket master, CancellationToken stop)
    {
        Interlocked.Increment(ref _sessions);
        try
        {
            using (master)
            {
                using var slave = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await slave.ConnectAsync(device, stop);
                var buffer = new byte[260];
                int n;
                while ((n = await master.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop)) > 0)
                    await slave.SendAsync(buffer.AsMemory(0, n), SocketFlags.None, stop);
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            log.LogInformation(ex, "session ended");
        }
        finally
        {
            Interlocked.Decrement(ref _sessions);
        }
    }
}

public sealed class ApmGateway(IPEndPoint target)
{
    private int _open;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 8080);

    public void Start()
    {
        _listener.Start();
        _listener.BeginAcceptSocket(OnAccepted, null);
    }

    private void OnAccepted(IAsyncResult ar)
    {
        Socket client;
        try
        {
            client = _listener.EndAcceptSocket(ar);
            _listener.BeginAcceptSocket(OnAccepted, null);
        }
        catch (ObjectDisposedException)
        {
            return;
        }
        catch (SocketException)
        {
            return;
        }
        Interlocked.Increment(ref _open); //! LCA1007
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        server.Connect(target); //! LCA1006 LCA1005
        Copy(client, server);
        client.Close();
        server.Close();
        Interlocked.Decrement(ref _open);
    }

    private static void Copy(Socket from, Socket to)
    {
        try
        {
            var buffer = new byte[1024];
            int n;
            while ((n = from.Receive(buffer)) > 0) to.Send(buffer, n, SocketFlags.None);
        }
        catch (SocketException)
        {
        }
    }

    public void Stop() => _listener.Stop();
}

public sealed class BeginConnectPair(IPEndPoint target)
{
    private sealed record Pair(Socket Client, Socket Server);

    public void Attach(Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp); //? LCA1003
        server.BeginConnect(target, OnConnected, new Pair(client, server)); //? LCA1008 LCA1006
    }

    private static void OnConnected(IAsyncResult ar)
    {
        var pair = (Pair)ar.AsyncState!;
        pair.Server.EndConnect(ar); //! LCA1005
        //? LCA1006
        pair.Client.Send("ready"u8.ToArray()); //! LCA2001
    }
}
