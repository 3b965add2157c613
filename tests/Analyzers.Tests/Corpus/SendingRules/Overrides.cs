// Overrides and implementations that a connection framework calls.
using DotNetty.Transport.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using System.Net.Sockets;
using System.Net.WebSockets;
using NetCoreServer;
using WebSocketSharp.Server;

namespace Corpus.Sending.Overrides;

public sealed class GateSession(WebSocket monitor) : TcpSession
{
    // ok LCA2001: this send answers with a bool
    protected override void OnReceived(byte[] buffer, long offset, long size) => SendAsync(buffer);

    protected override void OnDisconnected()
    {
        monitor.SendAsync("gone"u8.ToArray(), WebSocketMessageType.Text, true, default).GetAwaiter().GetResult(); //! LCA2001
    }
}

public sealed class EchoHandler(Socket mirror) : ChannelHandlerAdapter
{
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        if (context.Channel.IsWritable) mirror.Send([1]); //! LCA2001
    }

    public override void ChannelInactive(IChannelHandlerContext context)
    {
        mirror.Send([0]); //! LCA2001
    }

    // ok LCA2001: caught
    public override void ExceptionCaught(IChannelHandlerContext context, Exception exception)
    {
        try
        {
            mirror.Send([2]);
        }
        catch (SocketException) { }
        catch (ObjectDisposedException) { }
        context.CloseAsync();
    }
}

public sealed class DeviceHandler(IChannel control) : ChannelHandlerAdapter
{
    public override void ChannelRead(IChannelHandlerContext context, object message)
    {
        control.WriteAndFlushAsync(message).Wait(); //! LCA2001
    }

    // ok LCA2001: asks the channel it writes to
    public override void ChannelActive(IChannelHandlerContext context)
    {
        if (control.Active) control.WriteAndFlushAsync("up").Wait();
    }
}

public sealed class ChatHub(TcpClient archive) : Hub
{
    // ok LCA2001: the hub's own clients are the framework's
    public Task Say(string text) => Clients.All.SendAsync("said", text);

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        archive.GetStream().Write("left\n"u8); //! LCA2001
        return base.OnDisconnectedAsync(exception);
    }
}

public sealed class EchoConnectionHandler : ConnectionHandler
{
    // ok LCA2001: the connection being handled
    public override async Task OnConnectedAsync(ConnectionContext connection)
    {
        while (true)
        {
            var read = await connection.Transport.Input.ReadAsync();
            foreach (var part in read.Buffer) await connection.Transport.Output.WriteAsync(part);
            connection.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return;
        }
    }
}

// ok LCA2001: an answer to the request being handled
public sealed class StatusMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path == "/status")
        {
            await context.Response.WriteAsync("fine");
            return;
        }
        await next(context);
    }
}

public sealed class ScoreBehavior : WebSocketBehavior
{
    protected override void OnMessage(WebSocketSharp.MessageEventArgs e)
    {
        Publish(e.Data); //! LCA2001
    }

    private void Publish(string text)
    {
        var line = text.Trim();
        Send(line);
    }

    // ok LCA2001: opened just now
    protected override void OnOpen() => Send("welcome");
}

// Own framework-like observer.
public interface ILinkListener
{
    void OnData(byte[] data);
    void OnClosed();
}

public sealed class Link(Socket socket)
{
    private readonly List<ILinkListener> _listeners = new();
    public bool IsOpen { get; private set; } = true;
    public void Add(ILinkListener listener) => _listeners.Add(listener);

    public void Send(byte[] data)
    {
        if (!IsOpen) throw new InvalidOperationException("closed");
        socket.Send(data);
    }

    public void Close()
    {
        IsOpen = false;
        socket.Close();
    }
}

public sealed class LinkUser
{
    private readonly Link _link;
    private readonly Timer _timer;

    public LinkUser(Link link)
    {
        _link = link;
        _timer = new Timer(_ => Tick(), null, 0, 100); //! LCA2001
    }

    private void Tick() => _link.Send([1]);
}

public sealed class LinkUserChecked
{
    private readonly Link _link;
    private readonly Timer _timer;

    public LinkUserChecked(Link link)
    {
        _link = link;
        _timer = new Timer(_ => Tick(), null, 0, 100);
    }

    // ok LCA2001
    private void Tick()
    {
        if (!CanTalk()) return;
        _link.Send([1]);
    }

    private bool CanTalk() => _link.IsOpen;
}
