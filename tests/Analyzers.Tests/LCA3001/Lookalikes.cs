namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>What is kept, but is no connection; and what looks like a cache, but keeps nothing.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("class ShopSession { public void Send(string t) { } public void Close() { } }")]
    [InlineData("class ShopSession { public bool IsOpen => true; public void Send(string t) { } }")]
    [InlineData("class ShopBasket { public bool IsOpen => true; public void Send(string t) { } public void Close() { } }", "ShopBasket")]
    [InlineData("[LifecycleAnalyzers.Runtime.NotAConnection] class ShopLink { public bool IsOpen => true; public void Send(string t) { } public void Close() { } }", "ShopLink")]
    public Task An_own_type(string type, string name = "ShopSession") => Case.SilentAsync(type + $$"""

        class Shop
        {
            private readonly ConcurrentDictionary<string, {{name}}> _all = new();
            private {{name}}? _one;
            public void Use() { _one ??= new(); _one.Send(""); if (_all.TryGetValue("x", out var s)) s.Send(""); _all["y"].Send(""); }
        }
        """);

    [Theory]
    [InlineData("MemoryStream", "Write([1], 0, 1)")]
    [InlineData("StringWriter", "Write('x')")]
    [InlineData("List<int>", "Add(1)")]
    [InlineData("System.Text.StringBuilder", "Append('x')")]
    public Task What_is_no_connection(string type, string call) => Case.SilentAsync($$"""
        class Shop
        {
            private {{type}}? _one;
            public void Use() { _one ??= new(); _one.{{call}}; }
        }
        """);

    [Fact]
    public Task A_local_that_is_filled_when_needed_is_no_cache() => Case.SilentAsync("""
        class Shop
        {
            public void Use(bool twice) { IWireSession? s = null; s ??= Make(); s.Send(""); if (twice) { s ??= Make(); s.Send(""); } s.Close(); }
            private static IWireSession Make() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
        }
        """);

    [Fact]
    public Task A_namesake_of_the_dictionary_is_none() => Case.SilentAsync("""
        class Factory { public bool TryMake(string key, out IWireSession session) { session = Wire.Create(); return true; } }

        class Shop
        {
            private readonly Factory _factory = new();
            public void Use() { if (_factory.TryMake("x", out var session)) session.Send(""); }
        }
        """);

    [Fact]
    public Task The_users_word_that_it_is_one() => Case.HoldsAsync("""
        using LifecycleAnalyzers.Runtime;

        [Connection]
        class Desk { [Sends] public void Sell() => Console.WriteLine(Lit); [ConnectionState(true)] public bool Lit => true; [Closes] public void Lock() { } }

        class Street
        {
            private Desk? _desk;
            public void Use() { _desk ??= new Desk(); {|LCA3001:_desk.Sell()|}; }
            public void Asking() { if (_desk is not { Lit: true }) _desk = new Desk(); _desk.Sell(); }
        }
        """);
}
