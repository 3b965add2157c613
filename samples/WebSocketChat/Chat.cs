using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using LifecycleAnalyzers.Runtime;

namespace LifecycleAnalyzers.Samples.WebSocketChat;

/// <summary>The server: one room, in which many send to each member at the same time.</summary>
public static class Chat
{
    private const int LongestMessage = 4096;

    // A member that does not keep up loses the oldest messages, and holds nobody up.
    private static readonly SendGateOptions s_slow = new() { Name = "chat", MaxWaiters = 256, WhenFull = SendGateFullMode.RefuseOldest };

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var app = builder.Build();
        var members = new ConcurrentDictionary<WebSocketSender, bool>();
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = TimeSpan.FromSeconds(15), KeepAliveTimeout = TimeSpan.FromSeconds(15) });
        app.Map("/chat", context => ServeAsync(context, members));

        // Members are told before the server stops, and their loops then see them leave.
        app.Lifetime.ApplicationStopping.Register(() =>
        {
            foreach (var member in members.Keys)
            {
                member.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server stops").Observe(app.Logger);
            }
        });
        return app;
    }

    private static async Task ServeAsync(HttpContext context, ConcurrentDictionary<WebSocketSender, bool> members)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var webSocket = await context.WebSockets.AcceptWebSocketAsync();
        await using var sender = new WebSocketSender(webSocket, s_slow);
        members[sender] = true;
        try
        {
            while (await ReceiveAsync(sender, context.RequestAborted) is { } text)
            {
                // Not awaited: each member has a queue of its own, and the answer tells nothing that its own loop does not see.
                foreach (var member in members.Keys)
                {
                    member.TrySendAsync(text, CancellationToken.None).Observe(context.RequestServices.GetRequiredService<ILogger<WebSocketSender>>());
                }
            }
        }
        catch (WebSocketException)
        {
            // Gone without a word: its sends say NotOpen or Unknown from now on.
        }
        catch (OperationCanceledException)
        {
            // The request was aborted.
        }
        finally
        {
            members.TryRemove(sender, out _);
        }
    }

    /// <summary>One whole message, or null at the end.</summary>
    private static async Task<string?> ReceiveAsync(WebSocketSender sender, CancellationToken ct)
    {
        var buffer = new byte[LongestMessage];
        var length = 0;
        while (true)
        {
            var part = await sender.WebSocket.ReceiveAsync(buffer.AsMemory(length), ct);
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (part.EndOfMessage)
            {
                return Encoding.UTF8.GetString(buffer, 0, length);
            }

            if (length == LongestMessage)
            {
                await sender.CloseAsync(WebSocketCloseStatus.MessageTooBig, null, ct);
                return null;
            }
        }
    }
}
