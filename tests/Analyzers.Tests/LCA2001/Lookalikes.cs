namespace LifecycleAnalyzers.Tests.LCA2001;

/// <summary>Types and members that merely share a name with a connection and its sends.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("class ShopSession { public bool IsOpen => true; public void Sell(string t) { } public void Close() { } }", "Sell")]
    [InlineData("class ShopSession { public void Send(string t) { } public void Close() { } }", "Send")]
    [InlineData("class ShopSession { public bool IsOpen => true; public void Send(string t) { } }", "Send")]
    [InlineData("class ShopUplink { public bool IsOpen => true; public void Send(string t) { } public void Close() { } }", "Send", "ShopUplink")]
    [InlineData("class ShopSession { public bool IsOpen => true; public void Sender(string t) { } public void Close() { } }", "Sender")]
    [InlineData("class ShopSession { public bool IsOpen => true; public static void Send(string t) { } public void Sold(string t) { } public void Close() { } }", "Sold")]
    [InlineData("class ShopSession { public bool IsOpen => true; private void Send(string t) { } public void Sold(string t) => Send(t); public void Close() { } }", "Sold")]
    [InlineData("enum Phase { One, Two } class ShopSession { public Phase State => Phase.One; public void Send(string t) { } public void Close() { } }", "Send")]
    public Task An_own_type(string type, string member, string name = "ShopSession") => Case.SilentAsync(type + $$"""

        class Shop
        {
            private readonly {{name}} _session = new();
            private Timer? _timer;
            public void Start() => _timer = new Timer(_ => _session.{{member}}(""));
        }
        """);

    [Theory]
    [InlineData("new MemoryStream()", "Write([1], 0, 1)")]
    [InlineData("File.Create(\"x\")", "Write([1], 0, 1)")]
    [InlineData("new StringWriter()", "Write('x')")]
    [InlineData("new List<string>()", "Add(\"x\")")]
    [InlineData("Console.Out", "WriteLine(\"x\")")]
    [InlineData("new StreamWriter(new MemoryStream())", "Write('x')")]
    [InlineData("System.Diagnostics.Process.GetCurrentProcess()", "Close()")]
    public Task What_is_written_to_no_peer(string creation, string call) => Case.SilentAsync($$"""
        class Shop
        {
            private Timer? _timer;
            public void Start() { var target = {{creation}}; _timer = new Timer(_ => target.{{call}}); }
        }
        """);

    [Fact]
    public Task A_namesake_of_a_framework_type() => Case.SilentAsync("""
        namespace Mine
        {
            class Socket { public void Send(byte[] b) { } }
            class WebSocket { public Task SendAsync(string t) => Task.CompletedTask; }
            class Timer(Action<object?> tick) { public void Go() => tick(null); }

            class Shop
            {
                public object Start(Socket socket, WebSocket web) => new Timer(_ => { socket.Send([]); web.SendAsync(""); });
            }
        }
        """);

    [Fact]
    public Task The_users_word_that_it_is_none() => Case.SilentAsync("""
        [LifecycleAnalyzers.Runtime.NotAConnection]
        class ShopLink { public bool IsOpen => true; public void Send() { } public void Close() { } }

        class Shop { private readonly ShopLink _link = new(); public object Start() => new Timer(_ => _link.Send()); }
        """);

    [Fact]
    public Task The_users_word_that_it_is_one() => Case.HoldsAsync("""
        using LifecycleAnalyzers.Runtime;

        [Connection]
        class Shop { [Sends] public void Sell() => Console.WriteLine(Lit); [ConnectionState(true)] public bool Lit => true; [Closes] public void Lock() { } }

        class Street
        {
            private readonly Shop _shop = new();
            public object Start() => new Timer(_ => {|LCA2001:_shop.Sell()|});
            public object StartAsking() => new Timer(_ => { if (_shop.Lit) _shop.Sell(); });
        }
        """);
}
