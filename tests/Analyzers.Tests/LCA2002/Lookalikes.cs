namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>What merely looks like a question, a gap or a send.</summary>
public class Lookalikes
{
    [Theory]
    // No connection
    [InlineData("class Till { public bool IsOpen => true; public void Send(string t) { } }")]
    [InlineData("class ShopSession { public bool IsOpen => true; public void Sell(string t) { } public void Send(string t) { } }")]
    public Task An_own_type(string type)
    {
        var name = type.Split(' ')[1];
        return Case.SilentAsync(type + $$"""

            class Shop
            {
                private readonly {{name}} _till = new();
                public async Task SellAsync(string text) { if (!_till.IsOpen) return; await Task.Delay(1); _till.Send(text); }
            }
            """);
    }

    [Theory]
    // A namesake of await's gap: nothing else can run
    [InlineData("if (!_client.IsOpen) return; Waits.Sleep(); _client.Send(text);")]
    // Another thing's state
    [InlineData("if (!_door.IsOpen) return; await Task.Delay(1); _client.Send(text);")]
    public Task In_the_body(string body) => Case.SilentAsync($$"""
        class Door { public bool IsOpen => true; }
        static class Waits { public static void Sleep() { } }

        class Feed(WireClient client)
        {
            private readonly WireClient _client = client;
            private readonly Door _door = new();
            public async Task SayAsync(string text) { await Task.CompletedTask; {{body}} }
            public bool Ajar => _door.IsOpen;
        }
        """);
}
