using LifecycleAnalyzers.CodeFixes.Reuse;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3002EvictFailedConnectionFix>;

namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>How the failure leaves the cache, and where no fix is offered.</summary>
public class Fixes
{
    private static string Feed(string member) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using Wires;

        class Feed
        {
            private readonly ConcurrentDictionary<string, Task<WireClient>> _tasks = new();
            private readonly Dictionary<string, Task<WireClient>> _map = new();
            private readonly ConcurrentDictionary<string, Lazy<WireClient>> _lazies = new();
            private readonly ConcurrentDictionary<string, WireClient> _clients = new();
            private Task<WireClient>? _task;
            private WireClient? _client;

            private static async Task<WireClient> DialAsync(string host) { var c = new WireClient(host); await c.OpenAsync(); return c; }
            private static WireClient Dial(string host) { var c = new WireClient(host); c.Open(); return c; }

            {{member}}
        }
        """;

    [Theory]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"))|};", "private readonly Lazy<WireClient> _lazy = new(() => Dial(\"\"), LazyThreadSafetyMode.PublicationOnly);")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new Lazy<WireClient>(() => Dial(\"\"), true)|};", "private readonly Lazy<WireClient> _lazy = new Lazy<WireClient>(() => Dial(\"\"), LazyThreadSafetyMode.PublicationOnly);")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"), isThreadSafe: false)|};", "private readonly Lazy<WireClient> _lazy = new(() => Dial(\"\"), LazyThreadSafetyMode.PublicationOnly);")]
    [InlineData("private readonly Lazy<WireClient> _lazy = {|LCA3002:new(() => Dial(\"\"), LazyThreadSafetyMode.ExecutionAndPublication)|};", "private readonly Lazy<WireClient> _lazy = new(() => Dial(\"\"), LazyThreadSafetyMode.PublicationOnly);")]
    [InlineData("private readonly Lazy<WireClient> _lazy; public Feed() { {|LCA3002:_lazy = new(() => Dial(\"\"))|}; }", "private readonly Lazy<WireClient> _lazy; public Feed() { _lazy = new(() => Dial(\"\"), LazyThreadSafetyMode.PublicationOnly); }")]
    [InlineData("public WireClient Get(string k) => {|LCA3002:_lazies.GetOrAdd(k, x => new Lazy<WireClient>(() => Dial(x)))|}.Value;", "public WireClient Get(string k) => _lazies.GetOrAdd(k, x => new Lazy<WireClient>(() => Dial(x), LazyThreadSafetyMode.PublicationOnly)).Value;")]
    public Task The_lazy_forgets(string member, string becomes) => Fix.BecomesAsync(Feed(member), Feed(becomes));

    [Theory]
    [InlineData("public Task<WireClient> Get() => {|LCA3002:_task ??= DialAsync(\"\")|};", "public Task<WireClient> Get() => _task is null || _task.IsFaulted || _task.IsCanceled ? _task = DialAsync(\"\") : _task;")]
    [InlineData("public async Task Get() => await ({|LCA3002:_task ??= DialAsync(\"\")|});", "public async Task Get() => await (_task is null || _task.IsFaulted || _task.IsCanceled ? _task = DialAsync(\"\") : _task);")]
    [InlineData("public Task<WireClient> Get()\n    {\n        // once\n        {|LCA3002:_task ??= DialAsync(\"\")|};\n        return _task;\n    }",
        "public Task<WireClient> Get()\n    {\n        // once\n        if (_task is null || _task.IsFaulted || _task.IsCanceled)\n        {\n            _task = DialAsync(\"\");\n        }\n        return _task;\n    }")]
    [InlineData("public Task<WireClient> Get() { if (_task == null) {|LCA3002:_task = DialAsync(\"\")|}; return _task; }", "public Task<WireClient> Get() { if (_task == null || _task.IsFaulted || _task.IsCanceled) _task = DialAsync(\"\"); return _task; }")]
    [InlineData("public Task<WireClient> Get() { if (_task is null) lock (_map) { if (_task is null) {|LCA3002:_task = DialAsync(\"\")|}; } return _task; }", "public Task<WireClient> Get() { if (_task is null || _task.IsFaulted || _task.IsCanceled) lock (_map) { if (_task is null || _task.IsFaulted || _task.IsCanceled) _task = DialAsync(\"\"); } return _task; }")]
    [InlineData("public Task<WireClient> Get() { if (_task != null) return _task; {|LCA3002:_task = DialAsync(\"\")|}; return _task; }", "public Task<WireClient> Get() { if (_task != null && !_task.IsFaulted && !_task.IsCanceled) return _task; _task = DialAsync(\"\"); return _task; }")]
    [InlineData("public Task<WireClient> Get() => _task == null ? {|LCA3002:_task = DialAsync(\"\")|} : _task;", "public Task<WireClient> Get() => _task == null || _task.IsFaulted || _task.IsCanceled ? _task = DialAsync(\"\") : _task;")]
    [InlineData("public Task<WireClient> Get(string k) { if (!_map.TryGetValue(k, out var t)) {|LCA3002:_map[k] = t = DialAsync(k)|}; return t; }", "public Task<WireClient> Get(string k) { if (!_map.TryGetValue(k, out var t) || t.IsFaulted || t.IsCanceled) _map[k] = t = DialAsync(k); return t; }")]
    [InlineData("public Task<WireClient> Get(string k) { if (_map.TryGetValue(k, out var t)) return t; t = DialAsync(k); {|LCA3002:_map.Add(k, t)|}; return t; }", "public Task<WireClient> Get(string k) { if (_map.TryGetValue(k, out var t) && !t.IsFaulted && !t.IsCanceled) return t; t = DialAsync(k); _map[k] = t; return t; }")]
    public Task The_task_is_asked_how_it_ended(string member, string becomes) => Fix.BecomesAsync(Feed(member), Feed(becomes));

    [Theory]
    [InlineData("/// <summary>One for each.</summary>\n    public Task<WireClient> Get(string k) => {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|};", "/// <summary>One for each.</summary>\n    public async Task<WireClient> Get(string k)", "connecting")]
    [InlineData("public async Task<WireClient> Get(string k)\n    {\n        return await {|LCA3002:_tasks.GetOrAdd(k, x => DialAsync(x))|};\n    }", "public async Task<WireClient> Get(string k)", "connecting", "x => DialAsync(x)")]
    [InlineData("public async Task<WireClient> Get(string k)\n    {\n        var task = {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|};\n        return await task;\n    }", "public async Task<WireClient> Get(string k)", "connecting")]
    public Task Who_sees_it_fail_takes_it_out(string member, string head, string name, string factory = "DialAsync") => Fix.BecomesAsync(Feed(member), Feed($$"""
        {{head}}
            {
                var {{name}} = _tasks.GetOrAdd(k, {{factory}});
                try
                {
                    return await {{name}};
                }
                catch
                {
                    _tasks.TryRemove(KeyValuePair.Create(k, {{name}}));
                    throw;
                }
            }
        """));

    [Fact]
    public Task The_way_of_awaiting_stays() => Fix.BecomesAsync(Feed("""
        public async Task<WireClient> Get(string k)
            {
                Console.WriteLine(k);
                return await {|LCA3002:_tasks.GetOrAdd(k, DialAsync)|}.ConfigureAwait(false);
            }
        """), Feed("""
        public async Task<WireClient> Get(string k)
            {
                Console.WriteLine(k);
                var connecting = _tasks.GetOrAdd(k, DialAsync);
                try
                {
                    return await connecting.ConfigureAwait(false);
                }
                catch
                {
                    _tasks.TryRemove(KeyValuePair.Create(k, connecting));
                    throw;
                }
            }
        """));

    [Theory]
    [InlineData("{|LCA3002:_client ??= Dial(\"\")|};", "_client ??= Dial(\"\");", "_client.Send(\"\");", "_client?.Dispose();\n            _client = null;")]
    [InlineData("var c = {|LCA3002:_clients.GetOrAdd(k, Dial)|};", "var c = _clients.GetOrAdd(k, Dial);", "c.Send(\"\");", "if (_clients.TryRemove(k, out var failed))\n            {\n                failed.Dispose();\n            }\n")]
    public Task The_catch_takes_it_out(string fill, string filled, string use, string eviction)
    {
        return Fix.BecomesAsync(Feed(Use(fill, "")), Feed(Use(filled, eviction + "\n            ")));

        string Use(string first, string added) => $$"""
            public void Use(string k)
                {
                    {{first}}
                    try
                    {
                        {{use}}
                    }
                    catch (IOException e)
                    {
                        {{added}}Console.WriteLine(e);
                        throw;
                    }
                }
            """;
    }

    [Theory]
    // Of the task of a lazy no mode makes another; no place is known where the failure is seen.
    [InlineData("private readonly Lazy<Task<WireClient>> _lazy = {|LCA3002:new(() => DialAsync(\"\"))|};")]
    [InlineData("public void Warm(string k) => {|LCA3002:_tasks.TryAdd(k, DialAsync(k))|};")]
    [InlineData("private int _n; public Task<WireClient> Get() => {|LCA3002:_tasks.GetOrAdd(\"\" + _n++, DialAsync)|};")]
    [InlineData("public Task<WireClient> Get() => {|LCA3002:LazyInitializer.EnsureInitialized(ref _task, () => DialAsync(\"\"))|};")]
    [InlineData("private static readonly Task<WireClient> Shared = {|LCA3002:DialAsync(\"\")|};")]
    public Task Nothing_is_offered(string member) => Fix.StaysAsync(Feed(member));
}
