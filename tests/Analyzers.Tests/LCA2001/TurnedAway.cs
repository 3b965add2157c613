namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>The way leads to the send, but not with what is given, or not for the object that is there.</summary>
public class TurnedAway
{
    private static string Ping(string call, string head) => $$"""
        class Link
        {
            private readonly WireClient _client = new();
            public Link(Timer timer) => timer.Elapsed += (_, _) => Ping();
            private void Ping() { {{call}} }
            private int Frame(string? text, int length, bool ping)
            {
                {{head}}
                _client.Send("ping" + text);
                return length;
            }
        }

        class Timer { public event EventHandler? Elapsed { add { } remove { } } }
        """;

    [Theory]
    [InlineData("Frame(null, 0, true);", "if (text == null || length == 0) return 0;")]
    [InlineData("Frame(null, 4, true);", "if (text is null) return 0;")]
    [InlineData("Frame(\"\", 0, true);", "if (length == 0) return 0; text = text + length;")]
    [InlineData("Frame(\"p\", 0, true);", "if (!ping) { length = 7; Console.WriteLine(length); return 0; } if (length == 0) return 0;")]
    [InlineData("Frame(\"p\", 1, ping: true);", "if (ping) { return 0; }")]
    [InlineData("Frame(\"p\", 1, ping: false);", "if (!ping) return 0;")]
    public Task By_what_is_given(string call, string head) => Case.SilentAsync(Ping(call, head));

    [Theory]
    [InlineData("Frame(\"p\", 1, true);", "if (text == null || length == 0) return 0;")]
    [InlineData("Frame(null, 4, true);", "if (length == 0) return 0;")]
    [InlineData("Frame(null, 0, true);", "if (text == null) text = \"p\"; if (text == null) return 0;")]
    [InlineData("Frame(\"p\", 1, ping: false);", "if (ping) { return 0; }")]
    [InlineData("Frame(\"p\", length: Environment.TickCount, false);", "if (length == 0) return 0;")]
    public Task What_is_given_passes(string call, string head) => Case.HoldsAsync(Ping(call, head).Replace("=> Ping();", "=> {|LCA2001:Ping()|};", StringComparison.Ordinal));

    private static string Kinds(string server, string client) => $$"""
        abstract class Node
        {
            protected void OnMessage(string text) { if (text.Length > 0) Pong(text); }
            protected abstract void Pong(string text);
        }

        class Server : Node
        {
            private readonly WireClient _peer = new();
            public Server() => _peer.Received += (_, text) => {{server}};
            protected override void Pong(string text) { try { _peer.Send(text); } catch { } }
        }

        class Client : Node
        {
            private readonly WireClient _up = new();
            public Client() => _up.Received += (_, text) => {{client}};
            protected override void Pong(string text) => _up.Send(text);
        }
        """;

    [Fact]
    public Task By_another_kind_of_the_object() => Case.HoldsAsync(Kinds("OnMessage(text)", "{|LCA2001:OnMessage(text)|}"));

    [Fact]
    public Task By_a_kind_that_derives_from_this_one() => Case.HoldsAsync(Kinds("OnMessage(text)", "{|LCA2001:OnMessage(text)|}")
        .Replace("class Client : Node", "class Base : Node { private readonly WireClient _own = new(); public Base() => _own.Received += (_, text) => {|LCA2001:OnMessage(text)|}; protected override void Pong(string text) { } }\nclass Client : Base", StringComparison.Ordinal));
}
