using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3002EvictFailedConnectionFix>;

namespace LifecycleAnalyzers.Tests.LCA3002;

/// <summary>A task that failed is taken out by who awaits it: of lazies, of memory caches, and in the midst of a method.</summary>
public class FixesOfTasks
{
    private static string Holder(string member) => $$"""
        using System;
        using System.Collections.Generic;
        using System.Threading;
        using System.Threading.Tasks;
        using Microsoft.Extensions.Caching.Memory;
        using Wires;

        class Holder(IMemoryCache cache)
        {
            private readonly ConcurrentDictionary<string, Task<WireClient>> _tasks = new();
            private readonly ConcurrentDictionary<string, Lazy<Task<WireClient>>> _lazies = new();

            private static async Task<WireClient> ConnectAsync(string host) { var c = new WireClient(host); await c.OpenAsync(); return c; }

            {{member}}
        }
        """;

    private const string Midst = """
        public async Task UseAsync(string host, CancellationToken stop)
            {
                @
                if (link.IsOpen) await link.SendAsync("");
            }
        """;

    private static string Awaited(string kept, string filter = "") => $$"""
        var connecting = {{kept}};
                WireClient link;
                try
                {
                    link = await connecting@;
                }
                catch{{filter}}
                {
                    #.TryRemove(KeyValuePair.Create(host, connecting));
                    throw;
                }

        """;

    [Theory]
    [InlineData("_tasks.GetOrAdd(host, ConnectAsync)", "_tasks", "", "")]
    [InlineData("_tasks.GetOrAdd(host, ConnectAsync)", "_tasks", ".WaitAsync(stop)", " when (connecting.IsCompleted)")]
    [InlineData("_lazies.GetOrAdd(host, h => new Lazy<Task<WireClient>>(() => ConnectAsync(h)))", "_lazies", ".Value", "")]
    [InlineData("_lazies.GetOrAdd(host, h => new Lazy<Task<WireClient>>(() => ConnectAsync(h)))", "_lazies", ".Value.ConfigureAwait(false)", "")]
    public Task In_the_midst_of_a_method(string kept, string container, string suffix, string filter) => Fix.BecomesAsync(
        Holder(Midst.Replace("@", $"var link = await {{|LCA3002:{kept}|}}{suffix};")),
        Holder(Midst.Replace("@", Awaited(kept, filter).Replace("@", suffix).Replace("#", container).Replace("\r\n", "\n").TrimEnd('\n') + "\n")));

    /// <summary>Who answers with it.</summary>
    [Theory]
    [InlineData(
        "public Task<WireClient> GetAsync(string host) =>\n        {|LCA3002:_lazies.GetOrAdd(host, h => new Lazy<Task<WireClient>>(() => ConnectAsync(h)))|}.Value;",
        "public async Task<WireClient> GetAsync(string host)\n    {\n        var connecting = _lazies.GetOrAdd(host, h => new Lazy<Task<WireClient>>(() => ConnectAsync(h)));\n        try\n        {\n            return await connecting.Value;\n        }\n        catch\n        {\n            _lazies.TryRemove(KeyValuePair.Create(host, connecting));\n            throw;\n        }\n    }")]
    [InlineData(
        "public Task<WireClient> GetAsync(string host)\n    {\n        if (cache.TryGetValue(host, out Task<WireClient>? known)) return known!;\n        var opening = ConnectAsync(host);\n        {|LCA3002:cache.Set(host, opening, TimeSpan.FromHours(1))|}; // for an hour\n        return opening;\n    }",
        "public async Task<WireClient> GetAsync(string host)\n    {\n        if (cache.TryGetValue(host, out Task<WireClient>? known)) return await known!;\n        var opening = ConnectAsync(host);\n        _ = cache.Set(host, opening, TimeSpan.FromHours(1)); // for an hour\n        try\n        {\n            return await opening;\n        }\n        catch\n        {\n            cache.Remove(host);\n            throw;\n        }\n    }")]
    [InlineData(
        "public async Task<WireClient> GetAsync(string host)\n    {\n        var opening = {|LCA3002:cache.Set(host, ConnectAsync(host))|};\n        return await opening;\n    }",
        "public async Task<WireClient> GetAsync(string host)\n    {\n        var connecting = cache.Set(host, ConnectAsync(host));\n        try\n        {\n            return await connecting;\n        }\n        catch\n        {\n            cache.Remove(host);\n            throw;\n        }\n    }")]
    [InlineData(
        "public Task<WireClient> GetAsync(string host, CancellationToken stop) => {|LCA3002:_tasks.GetOrAdd(host, ConnectAsync)|}.WaitAsync(stop);",
        "public async Task<WireClient> GetAsync(string host, CancellationToken stop)\n    {\n        var connecting = _tasks.GetOrAdd(host, ConnectAsync);\n        try\n        {\n            return await connecting.WaitAsync(stop);\n        }\n        catch when (connecting.IsCompleted)\n        {\n            _tasks.TryRemove(KeyValuePair.Create(host, connecting));\n            throw;\n        }\n    }")]
    public Task In_the_answer(string member, string becomes) => Fix.BecomesAsync(Holder(member), Holder(becomes));

    /// <summary>Nobody here awaits it.</summary>
    [Theory]
    [InlineData("public void Begin(string host) => {|LCA3002:_tasks.GetOrAdd(host, ConnectAsync)|}.Wait();")]
    public Task Nothing_is_offered(string member) => Fix.StaysAsync(Holder(member));
}
