using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Clauses.Upstreams;

public sealed class PortForwarder(string host, int port)
{
    public async Task ServeAsync(TcpListener listener, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var client = await listener.AcceptTcpClientAsync(stop);
            Forward(client, stop);
        }
    }

    private async void Forward(TcpClient client, CancellationToken stop)
    {
        try
        {
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(host, port, stop); //! LCA1006
            await Task.WhenAny(
                client.GetStream().CopyToAsync(upstream.GetStream(), stop),
                upstream.GetStream().CopyToAsync(client.GetStream(), stop));
            client.Close();
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}

public sealed class ClosingForwarder(string host, int port)
{
    public async Task ForwardAsync(TcpClient client, CancellationToken stop)
    {
        using (client)
        using (var upstream = new TcpClient())
        {
            await upstream.ConnectAsync(host, port, stop);
            await Task.WhenAny(
                client.GetStream().CopyToAsync(upstream.GetStream(), stop),
                upstream.GetStream().CopyToAsync(client.GetStream(), stop));
        }
    }

    public async Task ForwardOldAsync(TcpClient client, CancellationToken stop)
    {
        TcpClient upstream = new TcpClient();
        try
        {
            await upstream.ConnectAsync(host, port, stop);
        }
        catch (Exception)
        {
            upstream.Close();
            client.Close();
            throw;
        }

        try
        {
            await Task.WhenAny(
                client.GetStream().CopyToAsync(upstream.GetStream(), stop),
                upstream.GetStream().CopyToAsync(client.GetStream(), stop));
        }
        finally
        {
            upstream.Close();
            client.Close();
        }
    }
}

public sealed class WaitingRelay
{
    public async Task RelayAsync(TcpClient left, TcpClient right)
    {
        using (left)
        using (right)
        {
            await Task.WhenAll( //! LCA1006
                left.GetStream().CopyToAsync(right.GetStream()),
                right.GetStream().CopyToAsync(left.GetStream()));
        }
    }

    public async Task RelayHalvesAsync(TcpClient left, TcpClient right)
    {
        using (left)
        using (right)
        {
            await Task.WhenAll(CopyAsync(left, right), CopyAsync(right, left));
        }
    }

    private static async Task CopyAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        finally
        {
            to.Close();
            from.Close();
        }
    }
}

public sealed class WebToTcp(string host, int port)
{
    public async Task BridgeAsync(WebSocket web, CancellationToken stop)
    {
        using var tcp = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await tcp.ConnectAsync(host, port, stop); //! LCA1006
        }
        catch (SocketException)
        {
            await web.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "upstream", stop);
            return;
        }

        await PumpAsync(web, tcp, stop);
    }

    private static async Task PumpAsync(WebSocket web, Socket tcp, CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (true)
        {
            var got = await web.ReceiveAsync(buffer.AsMemory(), stop);
            if (got.MessageType == WebSocketMessageType.Close) return;
            await tcp.SendAsync(buffer.AsMemory(0, got.Count), stop);
        }
    }
}

public sealed class SocksHandler : ConnectionHandler
{
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        using var upstream = new TcpClient();
        await upstream.ConnectAsync("backend", 9000, connection.ConnectionClosed);
        await connection.Transport.Input.CopyToAsync(upstream.GetStream(), connection.ConnectionClosed);
    }
}

public sealed class OldProxy
{
    private readonly Socket _listener;

    public OldProxy(Socket listener)
    {
        _listener = listener;
    }

    public void AcceptOne(string host, int port)
    {
        Socket accepted = _listener.Accept();
        Socket upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        upstream.Connect(host, port); //! LCA1006
        new ProxyPair(accepted, upstream).Start();
    }

    public void AcceptOneSafely(string host, int port)
    {
        Socket accepted = _listener.Accept();
        Socket upstream = null;
        try
        {
            upstream = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            upstream.Connect(host, port);
        }
        catch
        {
            accepted.Close();
            if (upstream != null) upstream.Close();
            throw;
        }
        new ProxyPair(accepted, upstream).Start();
    }
}

public sealed class ProxyPair
{
    private readonly Socket _left;
    private readonly Socket _right;

    public ProxyPair(Socket left, Socket right)
    {
        _left = left;
        _right = right;
    }

    public void Start()
    {
        Console.WriteLine(_left.RemoteEndPoint + " to " + _right.RemoteEndPoint);
    }

    public void Stop()
    {
        _left.Close();
        _right.Close();
    }
}
