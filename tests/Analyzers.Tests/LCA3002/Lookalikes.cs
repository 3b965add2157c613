namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>Tasks and lazies of other things may fail as they like; and lazies of the user's own may know better.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("byte[]", "File.ReadAllBytesAsync(k)")]
    [InlineData("string", "File.ReadAllTextAsync(k)")]
    [InlineData("System.Net.Http.HttpResponseMessage", "new System.Net.Http.HttpClient().GetAsync(k)")]
    [InlineData("System.Net.Http.HttpClient", "Task.Run(() => new System.Net.Http.HttpClient())")]
    [InlineData("Stream", "Task.Run(() => (Stream)File.OpenRead(k))")]
    public Task A_task_of_something_else(string type, string call) => Case.SilentAsync($$"""
        class Shop
        {
            private readonly ConcurrentDictionary<string, Task<{{type}}>> _all = new();
            private Task<{{type}}>? _one;
            public Task<{{type}}> Get(string k) => _all.GetOrAdd(k, k => {{call}});
            public Task<{{type}}> One(string k) => _one ??= {{call}};
        }
        """);

    [Theory]
    [InlineData("System.Net.Http.HttpClient", "new System.Net.Http.HttpClient()")]
    [InlineData("string", "File.ReadAllText(\"\")")]
    [InlineData("TcpClient", "new TcpClient()")]
    [InlineData("ClientWebSocket", "new ClientWebSocket()")]
    public Task A_lazy_that_opens_nothing(string type, string make) => Case.SilentAsync($$"""
        class Shop { private readonly Lazy<{{type}}> _one = new(() => {{make}}); public {{type}} Get() => _one.Value; }
        """);

    [Fact]
    public Task An_own_session_that_is_no_connection() => Case.SilentAsync("""
        class ShopSession { public static Task<ShopSession> OpenAsync(string k) => throw new IOException(k); public void Close() { } }

        class Shop
        {
            private readonly ConcurrentDictionary<string, Task<ShopSession>> _all = new();
            public Task<ShopSession> Get(string k) => _all.GetOrAdd(k, ShopSession.OpenAsync);
        }
        """);

    [Theory]
    [InlineData("class RetryLazy<T>(Func<Task<T>> make) { private Task<T>? _t; public Task<T> Value { get { if (_t is null || _t.IsFaulted) _t = make(); return _t; } } }")]
    [InlineData("class RetryLazy<T>(Func<Task<T>> make) { private Task<T>? _t; public Task<T> Value => _t ??= Run(); private async Task<T> Run() { try { return await make(); } catch { _t = null; throw; } } }")]
    public Task A_lazy_of_ones_own_that_tries_again(string type) => Case.SilentAsync(type + """

        class Feed
        {
            private readonly RetryLazy<WireClient> _lazy = new(async () => { var c = new WireClient(); await c.OpenAsync(); return c; });
            public Task<WireClient> Get() => _lazy.Value;
        }
        """);

    [Fact]
    public Task A_GetOrAdd_of_ones_own() => Case.SilentAsync("""
        class SafeCache { public Task<WireClient> GetOrAdd(string k, Func<string, Task<WireClient>> make) => make(k); }

        class Feed
        {
            private readonly SafeCache _cache = new();
            public Task<WireClient> Get(string k) => _cache.GetOrAdd(k, async x => { var c = new WireClient(x); await c.OpenAsync(); return c; });
        }
        """);
}
