namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>Types that merely share a name with a connection, and namespaces that merely look like the framework's.</summary>
public class Lookalikes
{
    [Theory]
    // A shop's session sends nothing.
    [InlineData("class ShopSession { public event Action? Error; public bool IsOpen => true; public void Open() => Error?.Invoke(); public void Close() { } }")]
    // Nobody can ask how it is.
    [InlineData("class ShopSession { public event Action? Error; public void Open() => Error?.Invoke(); public void Send() { } public void Close() { } }")]
    // It never ends.
    [InlineData("class ShopSession { public event Action? Error; public bool IsOpen => true; public void Open() => Error?.Invoke(); public void Send() { } }")]
    // Its last word is another.
    [InlineData("class ShopSession : Uplink { } class Uplink { public event Action? Error; public bool IsOpen => true; public void Open() => Error?.Invoke(); public void SendNothing() { } public void Close() { } }", true)]
    // Its event tells of no failure.
    [InlineData("class ShopSession { public event Action? Sold; public bool IsOpen => true; public void Open() => Sold?.Invoke(); public void Send() { } public void Close() { } }")]
    // A struct and a record of data.
    [InlineData("struct ShopSession { public ShopSession() { Error = null; } public event Action? Error; public bool IsOpen => true; public void Open() => Error?.Invoke(); public void Send() { } public void Close() { } }")]
    public Task An_own_type(string type, bool inherits = false) => Case.SilentAsync((inherits ? type.Replace("ShopSession", "ShopWindow") : type) + $$"""

        class Shop
        {
            private readonly {{(inherits ? "ShopWindow" : "ShopSession")}} _session = new();
            public void Start() => _session.Open();
        }
        """);

    [Fact]
    public Task A_namesake_of_a_framework_type() => Case.SilentAsync("""
        namespace Mine
        {
            class FileSystemWatcher { public event Action? Error; public bool EnableRaisingEvents { get; set; } public void Raise() => Error?.Invoke(); }
            class HubConnection { public event Action? Closed; public void StartAsync() => Closed?.Invoke(); }

            class Shop
            {
                private readonly FileSystemWatcher _watcher = new();
                private readonly HubConnection _hub = new();
                public void Start() { _watcher.EnableRaisingEvents = true; _hub.StartAsync(); }
            }
        }
        """);

    [Fact]
    public Task An_open_that_opens_something_else() => Case.SilentAsync("""
        class Shop
        {
            private readonly List<string> _doors = [];
            public void Start() { Open(); File.OpenRead("x").Dispose(); _doors.Add("x"); }
            public void Open() => _doors.Clear();
        }
        """);

    [Fact]
    public Task The_users_word_that_it_is_none() => Case.SilentAsync("""
        [LifecycleAnalyzers.Runtime.NotAConnection]
        class ShopLink { public event Action? Error; public bool IsOpen => true; public void Open() => Error?.Invoke(); public void Send() { } public void Close() { } }

        class Shop { private readonly ShopLink _link = new(); public void Start() => _link.Open(); }
        """);

    [Fact]
    public Task The_users_word_that_it_is_one() => Case.HoldsAsync("""
        using LifecycleAnalyzers.Runtime;

        [Connection]
        class Shop { [ErrorEvent] public event Action? Burnt; [Opens] public void Unlock() => Burnt?.Invoke(); [Sends] public void Sell() { } [ConnectionState(true)] public bool Lit => true; [Closes] public void Lock() { } }

        class Street { private readonly Shop _shop = new(); public void Start() => {|LCA1001:_shop.Unlock()|}; }
        """);
}
