// Chat servers on frameworks whose overrides run when the framework likes.
using System.Text;
using DotNetty.Transport.Channels;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NetCoreServer;
using WebSocketSharp;
using WebSocketSharp.Server;

namespace Sites.Sending.ChatServers;

/// <summary>A NetCoreServer session that feeds an archive over a web socket of websocket-sharp.</summary>
public sealed class ChatSession(WebSocket archive) : TcpSession
{
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        var line = Encoding.UTF8.GetString(buffer, (int)offset, (int)size);
        if (line.Length == 0) return;
        archive.Send(line); //! LCA2001
    }

    protected override void OnDisconnected()
    {
        Note("left"); //! LCA2001
    }

    // ok LCA2001: NetCoreServer's own SendAsync answers with a bool
    protected override void OnEmpty() => SendAsync("ready\n"u8.ToArray());

    private void Note(string what) => archive.Send($"{Id} {what}");
}

public sealed class CheckedChatSession(WebSocket archive, ILogger log) : TcpSession
{
    // ok LCA2001: the archive's state is asked
    protected override void OnReceived(byte[] buffer, long offset, long size)
    {
        if (archive is { ReadyState: WebSocketState.Open })
            archive.Send(Encoding.UTF8.GetString(buffer, (int)offset, (int)size));
    }

    // ok LCA2001: what a closed socket throws is caught
    protected override void OnDisconnected()
    {
        try
        {
            archive.Send($"{Id} left");
        }
        catch (InvalidOperationException e)
        {
            log.LogDebug(e, "archive closed");
        }
    }

    // ok LCA2001: answers with the number of bytes
    protected override void OnConnected() => Send("welcome\n"u8.ToArray());
}

public interface IPresenceLink
{
    bool IsConnected { get; }
    void Post(string user, bool online);
    void Stop();
}

/// <summary>DotNetty: the handler's overrides tell the presence service.</summary>
public sealed class PresenceHandler(IPresenceLink presence) : ChannelHandlerAdapter
{
    public override void ChannelInactive(IChannelHandlerContext context)
    {
        presence.Post("someone", online: false); //! LCA2001
        base.ChannelInactive(context);
    }

    // ok LCA2001: asks the link
    public override void ChannelWritabilityChanged(IChannelHandlerContext context)
    {
        if (presence.IsConnected) presence.Post("someone", context.Channel.IsWritable);
    }
}

public sealed class QuizBehavior : WebSocketBehavior
{
    private int _score;

    // ok LCA2001: the opening proves the state
    protected override void OnOpen() => Send("first question");

    protected override void OnError(WebSocketSharp.ErrorEventArgs e)
    {
        Finish($"error: {e.Message}"); //! LCA2001
    }

    // ok LCA2001: asks before it answers
    protected override void OnMessage(MessageEventArgs e)
    {
        _score++;
        if (ConnectionState != WebSocketState.Open) return;
        Send($"score {_score}");
    }

    private void Finish(string why) => Send($"game over, {why}");
}

/// <summary>A turn timer with a local function and a stale answer to the question.</summary>
public sealed class TurnClock(WebSocket player, ILogger log) : IDisposable
{
    private Timer? _timer;

    public event Action<int>? Ticked;

    public void Start(int seconds)
    {
        var left = seconds;
        _timer = new Timer(Tick, null, 1000, 1000);

        void Tick(object? state)
        {
            left--;
            if (player.ReadyState != WebSocketState.Open) return;
            Ticked?.Invoke(left);
            player.Send($"{left} s"); //! LCA2002
        }
    }

    // ok LCA2001 LCA2002: observers first, then the question, then the send
    public void StartFair(int seconds)
    {
        var left = seconds;
        _timer = new Timer(Tick, null, 1000, 1000);

        void Tick(object? state)
        {
            left--;
            Ticked?.Invoke(left);
            if (player.ReadyState != WebSocketState.Open) return;
            player.Send($"{left} s");
        }
    }

    public void Dispose()
    {
        _timer?.Dispose();
        log.LogTrace("clock stopped");
    }
}

/// <summary>The response of the request at hand is the framework's own.</summary>
public sealed class AnswerEndpoint
{
    // ok LCA2001: OnStarting and the response belong to the request
    public async Task AnswerAsync(HttpContext context)
    {
        context.Response.OnStarting(() =>
        {
            context.Response.Headers["X-Answered"] = "yes";
            return Task.CompletedTask;
        });
        await context.Response.WriteAsync("42");
    }
}
