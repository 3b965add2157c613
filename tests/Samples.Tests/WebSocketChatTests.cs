using System.Net.WebSockets;
using System.Text;
using LifecycleAnalyzers.Samples.WebSocketChat;
using Microsoft.AspNetCore.Builder;

namespace LifecycleAnalyzers.Samples.Tests;

public sealed class WebSocketChatTests
{
    [Fact]
    public async Task All_hear_all_messages_whole_though_many_speak_at_once_and_some_just_vanish()
    {
        await using var app = Chat.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]);
        await app.StartAsync(Loopback.Stop);
        var members = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JoinAsync(app)));
        var vanishing = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => JoinAsync(app)));

        var listening = members.Select(static m => HearAsync(m, 4 * 25)).ToArray();
        await Task.WhenAll(members.Select(async (m, speaker) =>
        {
            for (var i = 0; i < 25; i++)
            {
                await SendAsync(m, $"{speaker}:{i}:{new string((char)('a' + speaker), 200 * i % 4000)}");
                if (speaker == 0 && i < vanishing.Length)
                {
                    vanishing[i].Abort();
                }
            }
        })).Soon();

        foreach (var heard in await Task.WhenAll(listening).Soon())
        {
            for (var speaker = 0; speaker < 4; speaker++)
            {
                // Of each speaker everything, in order, and no message in the middle of another one.
                var own = heard.Where(h => h.StartsWith($"{speaker}:", StringComparison.Ordinal)).ToList();
                Assert.Equal(Enumerable.Range(0, 25).Select(i => $"{speaker}:{i}:{new string((char)('a' + speaker), 200 * i % 4000)}"), own);
            }
        }

        // At shutdown each is told.
        var stopping = app.StopAsync(Loopback.Stop);
        foreach (var member in members)
        {
            var end = await member.ReceiveAsync(new ArraySegment<byte>(new byte[16]), Loopback.Stop).Soon();
            Assert.Equal((WebSocketMessageType.Close, WebSocketCloseStatus.EndpointUnavailable), (end.MessageType, end.CloseStatus));
            await member.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Loopback.Stop);
            member.Dispose();
        }

        await stopping.Soon();
        Array.ForEach(vanishing, static v => v.Dispose());
    }

    [Fact]
    public async Task A_message_that_is_too_long_ends_the_membership_and_nobody_elses()
    {
        await using var app = Chat.Build(["--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default=Warning"]);
        await app.StartAsync(Loopback.Stop);
        using var other = await JoinAsync(app);
        using var talker = await JoinAsync(app);
        await SendAsync(talker, new string('x', 5000));
        var end = await talker.ReceiveAsync(new ArraySegment<byte>(new byte[16]), Loopback.Stop).Soon();
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, end.CloseStatus);
        await SendAsync(other, "still here");
        Assert.Equal(["still here"], await HearAsync(other, 1).Soon());
        other.Abort();
        talker.Abort();
        await app.StopAsync(Loopback.Stop).Soon();
    }

    private static async Task<ClientWebSocket> JoinAsync(WebApplication app)
    {
        var client = new ClientWebSocket();
        await client.ConnectAsync(new Uri(app.Urls.Single().Replace("http:", "ws:", StringComparison.Ordinal) + "/chat"), Loopback.Stop);

        // It is a member when it hears itself; others may hear it, too.
        await SendAsync(client, "");
        Assert.Equal([""], await HearAsync(client, 1, greetings: true));
        return client;
    }

    private static Task SendAsync(ClientWebSocket client, string text) =>
        client.SendAsync(new ArraySegment<byte>(Encoding.UTF8.GetBytes(text)), WebSocketMessageType.Text, true, Loopback.Stop);

    private static async Task<List<string>> HearAsync(ClientWebSocket client, int count, bool greetings = false)
    {
        var heard = new List<string>();
        var buffer = new byte[8192];
        while (heard.Count < count)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                part = await client.ReceiveAsync(buffer.AsMemory(length), Loopback.Stop);
                Assert.Equal(WebSocketMessageType.Text, part.MessageType);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            if (length > 0 || greetings)
            {
                heard.Add(Encoding.UTF8.GetString(buffer, 0, length));
            }
        }

        return heard;
    }
}
