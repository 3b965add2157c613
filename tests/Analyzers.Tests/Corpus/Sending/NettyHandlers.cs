// Channel handlers of a DotNetty server: writability, inactivity, idle timers; and NetCoreServer sessions.
using System.Text;
using DotNetty.Transport.Channels;
using Microsoft.Extensions.Logging;
using NetCoreServer;

namespace Corpus.Sending.NettyHandlers;

public sealed class BacklogHandler : ChannelHandlerAdapter
{
    private readonly Queue<object> _backlog = new();

    // ok LCA2001: the channel has just become active
    public override void ChannelActive(IChannelHandlerContext context) => context.WriteAndFlushAsync("HELLO");

    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (_backlog.TryDequeue(out var message))
            context.WriteAndFlushAsync(message); //! LCA2001
    }

    public override void ChannelInactive(IChannelHandlerContext context)
    {
        Drain(context.Channel); //! LCA2001
        base.ChannelInactive(context);
    }

    private void Drain(IChannel channel)
    {
        foreach (var message in _backlog) channel.WriteAndFlushAsync(message);
        _backlog.Clear();
    }
}

public sealed class GuardedBacklogHandler(ILogger log) : ChannelHandlerAdapter
{
    private readonly Queue<object> _backlog = new();

    // ok LCA2001: writes only while the channel is active and writable
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        while (context.Channel is { Active: true, IsWritable: true } channel && _backlog.TryDequeue(out var message))
            channel.WriteAndFlushAsync(message);
    }

    // ok LCA2001: Active decides
    public override void ExceptionCaught(IChannelHandlerContext context, Exception exception)
    {
        log.LogError(exception, "handler failed");
        if (context.Channel.Active) context.WriteAndFlushAsync("ERROR " + exception.Message);
        context.CloseAsync();
    }

    public override void ChannelRead(IChannelHandlerContext context, object message) => _backlog.Enqueue(message);
}

public sealed class PeerWatch : IDisposable
{
    private readonly IChannel _peer;
    private readonly System.Timers.Timer _timer = new(1000);

    public PeerWatch(IChannel peer)
    {
        _peer = peer;
        _timer.Elapsed += async (_, _) =>
        {
            if (_peer.Active || DateTime.UtcNow.Second == 0)
                _timer.Interval = 1000;
            await _peer.WriteAndFlushAsync("WATCH"); //! LCA2001
        };
        _timer.Start();
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>NetCoreServer answers with a bool or a count; nothing throws on a closed session.</summary>
public sealed class EchoSession(ILogger log) : TcpSession
{
    // ok LCA2001: SendAsync says false when the session is closed
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        if (!SendAsync(buffer)) log.LogDebug("{Id} is closed", Id);
    }

    // ok LCA2001: Send answers with a count
    protected override void OnEmpty()
    {
        var sent = Send(Encoding.ASCII.GetBytes("."));
        if (sent == 0) Disconnect();
    }
}

public sealed class BridgeSession(IChannel upstream) : TcpSession
{
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        upstream.WriteAndFlushAsync(buffer); //! LCA2001
    }

    // ok LCA2001: the upstream channel is asked
    protected override void OnDisconnected()
    {
        if (!upstream.Active) return;
        upstream.WriteAndFlushAsync("BYE");
    }
}
