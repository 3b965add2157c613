using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3001ValidateCachedSessionFix>;

namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Look-ups of more shapes: in conditional expressions, of elements that a variable holds, of records with a session in them.</summary>
public class FixesOfLookups
{
    private static string Desk(string body) => $$"""
        using System.Collections.Generic;
        using System.Threading.Tasks;
        using Wires;

        class Desk(System.Func<string, WireClient> open)
        {
            private sealed record Entry(WireClient Client, int Uses);

            private readonly ConcurrentDictionary<string, WireClient> _all = new();
            private readonly Dictionary<string, Entry> _entries = new();
            private readonly WireClient?[] _slots = new WireClient?[2];
            private WireClient? _one;

            private static WireClient Dial(string host) { var c = new WireClient(host); c.Open(); return c; }

            private Task Log() => Task.CompletedTask;

            {{body}}
        }
        """;

    [Theory]
    [InlineData("public Task Use(string k) => _all.TryGetValue(k, out var c) ? {|LCA3001:c.SendAsync(k)|} : Log();", "public Task Use(string k) => _all.TryGetValue(k, out var c) && c.IsOpen ? c.SendAsync(k) : Log();")]
    [InlineData("public void Use(string k)\n    {\n        var c = _slots[0];\n        if (c is null) _slots[0] = c = Dial(k);\n        {|LCA3001:c.Send(k)|};\n    }", "public void Use(string k)\n    {\n        var c = _slots[0];\n        if (c is null || !c.IsOpen) _slots[0] = c = Dial(k);\n        c.Send(k);\n    }")]
    [InlineData("public void Use(string k)\n    {\n        var c = _slots[0] ?? (_slots[0] = Dial(k));\n        {|LCA3001:c.Send(k)|};\n    }", "public void Use(string k)\n    {\n        var c = _slots[0] is { IsOpen: true } kept ? kept : _slots[0] = Dial(k);\n        c.Send(k);\n    }")]
    [InlineData("public void Use(string k)\n    {\n        if (!_entries.TryGetValue(k, out var e)) _entries[k] = e = new Entry(open(k), 0);\n        {|LCA3001:e.Client.Send(k)|};\n    }", "public void Use(string k)\n    {\n        if (!_entries.TryGetValue(k, out var e) || !e.Client.IsOpen) _entries[k] = e = new Entry(open(k), 0);\n        e.Client.Send(k);\n    }")]
    [InlineData("public void Use(string k)\n    {\n        if (!_entries.TryGetValue(k, out var e) || e.Uses > 9) _entries[k] = e = new Entry(open(k), 0);\n        {|LCA3001:e.Client.Send(k)|};\n    }", "public void Use(string k)\n    {\n        if (!_entries.TryGetValue(k, out var e) || !e.Client.IsOpen || e.Uses > 9) _entries[k] = e = new Entry(open(k), 0);\n        e.Client.Send(k);\n    }")]
    [InlineData("public void Use(string k)\n    {\n        if (_one == null || k.Length == 0) return;\n        {|LCA3001:_one.Send(k)|};\n    }\n\n    public void Begin(string k) => _one ??= Dial(k);", "public void Use(string k)\n    {\n        if (_one is null || !_one.IsOpen || k.Length == 0) return;\n        _one.Send(k);\n    }\n\n    public void Begin(string k) => _one ??= Dial(k);")]
    public Task The_state_is_asked(string body, string becomes) => Fix.BecomesAsync(Desk(body), Desk(becomes));

    private const string TakenOut = """
        if (_all.TryGetValue(k, out var known) && !known.IsOpen && _all.TryRemove(System.Collections.Generic.KeyValuePair.Create(k, known)))
                {
                    known.Dispose();
                }


        """;

    /// <summary>What finds or makes, whatever it is given: the dead one goes before.</summary>
    [Theory]
    [InlineData("private WireClient Of(string k) => _all.GetOrAdd(k, Dial);\n\n    public void Use(string k) => {|LCA3001:Of(k).Send(k)|};", "private WireClient Of(string k)\n    {\n        @return _all.GetOrAdd(k, Dial);\n    }\n\n    public void Use(string k) => Of(k).Send(k);")]
    [InlineData("public void Use(string k)\n    {\n        var c = _all.GetOrAdd(k, static (host, port) => Dial(host + port), 80);\n        {|LCA3001:c.Send(k)|};\n    }", "public void Use(string k)\n    {\n        @var c = _all.GetOrAdd(k, static (host, port) => Dial(host + port), 80);\n        c.Send(k);\n    }")]
    public Task A_dead_one_is_taken_out_before(string body, string becomes) => Fix.BecomesAsync(Desk(body), Desk(becomes.Replace("@", TakenOut.Replace("\r\n", "\n").TrimEnd() + "\n\n        ")));
}
