using LifecycleAnalyzers.CodeFixes.Reuse;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3001ValidateCachedSessionFix>;

namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>The state goes into the question that is asked already.</summary>
public class Fixes
{
    private static string Desk(string body) => $$"""
        using System.Collections.Generic;
        using Wires;

        class Desk
        {
            private readonly ConcurrentDictionary<string, WireClient> _all = new();
            private readonly Dictionary<string, WireClient> _map = new();
            private readonly WireClient?[] _slots = new WireClient?[2];
            private WireClient? _one;

            private static class Health { public static bool IsAlive() => true; }

            private static WireClient Dial(string host) { var c = new WireClient(host); c.Open(); return c; }

            public bool Use(string k)
            {
                {{body}}
            }
        }
        """;

    [Theory]
    // A field
    [InlineData("if (_one == null) _one = Dial(k);\n        {|LCA3001:_one.Send(k)|};\n        return true;", "if (_one is null || !_one.IsOpen) _one = Dial(k);\n        _one.Send(k);\n        return true;")]
    [InlineData("{|LCA3001:(_one ??= Dial(k)).Send(k)|};\n        return true;", "(_one is { IsOpen: true } ? _one : _one = Dial(k)).Send(k);\n        return true;")]
    // A method of the author's that is called as the runtime package's probe
    [InlineData("if (_one == null) { while (!Health.IsAlive()) { } _one = Dial(k); }\n        {|LCA3001:_one.Send(k)|};\n        return true;", "if (_one is null || !_one.IsOpen) { while (!Health.IsAlive()) { } _one = Dial(k); }\n        _one.Send(k);\n        return true;")]
    // Comments within
    [InlineData("(_one ??=\n            // why\n            Dial(k)).ToString();\n        {|LCA3001:_one.Send(k)|};\n        return true;", "// why\n        (_one is { IsOpen: true } ? _one : _one = Dial(k)).ToString();\n        _one.Send(k);\n        return true;")]
    [InlineData("if (!_map.TryGetValue(k, out var c)) { c = Dial(k); _map.Add(k, /* new */ c); }\n        {|LCA3001:c.Send(k)|};\n        return true;", "/* new */\n        if (!_map.TryGetValue(k, out var c) || !c.IsOpen) { c = Dial(k); _map[k] = c; }\n        c.Send(k);\n        return true;")]
    // A look-up
    [InlineData("if (!_map.TryGetValue(k, out var c)) _map[k] = c = Dial(k);\n        {|LCA3001:c.Send(k)|};\n        return true;", "if (!_map.TryGetValue(k, out var c) || !c.IsOpen) _map[k] = c = Dial(k);\n        c.Send(k);\n        return true;")]
    [InlineData("if (!_map.TryGetValue(k, out var c)) { c = Dial(k); _map.Add(k, c); }\n        {|LCA3001:c.Send(k)|};\n        return true;", "if (!_map.TryGetValue(k, out var c) || !c.IsOpen) { c = Dial(k); _map[k] = c; }\n        c.Send(k);\n        return true;")]
    [InlineData("if (!_all.TryGetValue(k, out var c)) return false;\n        {|LCA3001:c.Send(k)|};\n        return true;", "if (!_all.TryGetValue(k, out var c) || !c.IsOpen) return false;\n        c.Send(k);\n        return true;")]
    [InlineData("if (_all.TryGetValue(k, out var c)) { {|LCA3001:c.Send(k)|}; return true; }\n        return false;", "if (_all.TryGetValue(k, out var c) && c.IsOpen) { c.Send(k); return true; }\n        return false;")]
    [InlineData("if (k.Length > 0 && _all.TryGetValue(k, out var c)) { {|LCA3001:c.Send(k)|}; return true; }\n        return false;", "if (k.Length > 0 && _all.TryGetValue(k, out var c) && c.IsOpen) { c.Send(k); return true; }\n        return false;")]
    // An element that is filled where it is missing
    [InlineData("_slots[0] ??= Dial(k);\n        {|LCA3001:_slots[0]!.Send(k)|};\n        return true;", "if (_slots[0] is not { IsOpen: true })\n            _slots[0] = Dial(k);\n        _slots[0]!.Send(k);\n        return true;")]
    [InlineData("if (_slots[1] == null) _slots[1] = Dial(k);\n        {|LCA3001:_slots[1]!.Send(k)|};\n        return true;", "if (_slots[1] is not { IsOpen: true }) _slots[1] = Dial(k);\n        _slots[1]!.Send(k);\n        return true;")]
    [InlineData("if (!_map.ContainsKey(k)) _map[k] = Dial(k);\n        {|LCA3001:_map[k].Send(k)|};\n        return true;", "if (!_map.ContainsKey(k) || !_map[k].IsOpen) _map[k] = Dial(k);\n        _map[k].Send(k);\n        return true;")]
    // What is there or made
    [InlineData("var c = _all.GetOrAdd(k, Dial);\n        {|LCA3001:c.Send(k)|};\n        return true;", "if (_all.TryGetValue(k, out var known) && !known.IsOpen && _all.TryRemove(System.Collections.Generic.KeyValuePair.Create(k, known)))\n        {\n            known.Dispose();\n        }\n\n        var c = _all.GetOrAdd(k, Dial);\n        c.Send(k);\n        return true;")]
    [InlineData("var c = _all.GetOrAdd(k, host => Dial(host));\n        {|LCA3001:c.Send(k)|};\n        return true;", "if (_all.TryGetValue(k, out var known) && !known.IsOpen && _all.TryRemove(System.Collections.Generic.KeyValuePair.Create(k, known)))\n        {\n            known.Dispose();\n        }\n\n        var c = _all.GetOrAdd(k, host => Dial(host));\n        c.Send(k);\n        return true;")]
    [InlineData("var c = _all.GetOrAdd(k, host => { var made = Dial(host); made.Closed += (_, _) => _all.TryRemove(host, out _); return made; });\n        {|LCA3001:c.Send(k)|};\n        return true;", "if (_all.TryGetValue(k, out var known) && !known.IsOpen && _all.TryRemove(System.Collections.Generic.KeyValuePair.Create(k, known)))\n        {\n            known.Dispose();\n        }\n\n        var c = _all.GetOrAdd(k, host => { var made = Dial(host); made.Closed += (_, _) => _all.TryRemove(host, out _); return made; });\n        c.Send(k);\n        return true;")]
    [InlineData("{|LCA3001:_all.GetOrAdd(k, host => { Console.WriteLine(host); return Dial(host); }).Send(k)|};\n        return true;", "if (_all.TryGetValue(k, out var known) && !known.IsOpen && _all.TryRemove(System.Collections.Generic.KeyValuePair.Create(k, known)))\n        {\n            known.Dispose();\n        }\n\n        _all.GetOrAdd(k, host => { Console.WriteLine(host); return Dial(host); }).Send(k);\n        return true;")]
    public Task The_state_is_asked(string body, string becomes) => Fix.BecomesAsync(Desk(body), Desk(becomes));

    [Theory]
    [InlineData("if (!_all.TryGetValue(k, out var c)) _all[k] = c = Dial(k);\n        return c;", "if (!_all.TryGetValue(k, out var c) || !c.IsOpen) _all[k] = c = Dial(k);\n        return c;")]
    [InlineData("if (_all.TryGetValue(k, out var c)) return c;\n        return _all[k] = Dial(k);", "if (_all.TryGetValue(k, out var c) && c.IsOpen) return c;\n        return _all[k] = Dial(k);")]
    public Task A_method_that_looks_up_asks(string body, string becomes) => Fix.BecomesAsync(LookedUpBy(body, "{|LCA3001:Get(k).Send(k)|}"), LookedUpBy(becomes, "Get(k).Send(k)"));

    private static string LookedUpBy(string body, string use) => $$"""
        using Wires;

        class Desk
        {
            private readonly ConcurrentDictionary<string, WireClient> _all = new();

            private static WireClient Dial(string host) { var c = new WireClient(host); c.Open(); return c; }

            public void Use(string k) => {{use}};

            private WireClient Get(string k)
            {
                {{body}}
            }
        }
        """;

    private static string Getter(string getter, string use = "{|LCA3001:Session().Send(\"\")|}") => $$"""
        using Wires;

        class Desk
        {
            private readonly object _sync = new();
            private WireClient? _one;

            private static WireClient Dial() { var c = new WireClient(); c.Open(); return c; }

            public void Use() => {{use}};

            private WireClient Session()
            {
                {{getter}}
            }
        }
        """;

    /// <summary>What hands it out early, and each look that fills it.</summary>
    [Theory]
    [InlineData("if (_one is not null) return _one;\n        var c = Dial();\n        return _one = c;", "if (_one is { IsOpen: true }) return _one;\n        var c = Dial();\n        return _one = c;")]
    [InlineData("if (_one != null) { return _one; }\n        lock (_sync) return _one ??= Dial();", "if (_one is { IsOpen: true }) { return _one; }\n        lock (_sync) return _one is { IsOpen: true } ? _one : _one = Dial();")]
    [InlineData("if (_one == null)\n        {\n            lock (_sync)\n            {\n                _one ??= Dial();\n            }\n        }\n        return _one;", "if (_one is null || !_one.IsOpen)\n        {\n            lock (_sync)\n            {\n                if (_one is null || !_one.IsOpen)\n                    _one = Dial();\n            }\n        }\n        return _one;")]
    public Task The_state_is_asked_in_the_getter(string getter, string becomes) => Fix.BecomesAsync(Getter(getter), Getter(becomes, "Session().Send(\"\")"));

    /// <summary>A library's client that knows only what it has seen fail: better asked than not.</summary>
    [Fact]
    public Task A_weak_state_of_a_library_is_asked()
    {
        var test = FixCase<LCA3001ValidateCachedSessionFix>.Of(Weak("_link == null", "{|LCA3001:_link.Whisper(\"\")|}"), Weak("_link is null || !_link.Fine", "_link.Whisper(\"\")"), runtime: false);
        test.TestState.AdditionalFiles.Add(("mine.lifecycle.txt", """
            T:Shop.Gizmo; connection
            M:Shop.Gizmo.Begin; open
            P:Shop.Gizmo.Fine; state, weak; usable=true
            M:Shop.Gizmo.Whisper; send
            M:Shop.Gizmo.Finish; close
            """));
        return test.RunAsync(TestContext.Current.CancellationToken);

        static string Weak(string condition, string use) => $$"""
            namespace Shop
            {
                class Gizmo
                {
                    public bool Fine { get; private set; }
                    public void Begin() => Fine = true;
                    public void Whisper(string text) => System.Console.WriteLine(text);
                    public void Finish() => Fine = false;
                }

                class Desk
                {
                    private Gizmo? _link;
                    public void Use() { if ({{condition}}) { _link = new Gizmo(); _link.Begin(); } {{use}}; }
                }
            }
            """;
    }

    private static string Line(string fill, bool isFixed = false) => $$"""
        using System.Net.Sockets;
        {{(isFixed ? "using LifecycleAnalyzers.Runtime;\n" : "")}}
        class Line
        {
            private Socket? _socket;

            public void Say(byte[] data)
            {
                {{fill}}
                {{(isFixed ? "_socket.Send(data)" : "{|LCA3001:_socket.Send(data)|}")}};
            }

            private static Socket Dial() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect("peer", 1); return s; } catch { s.Dispose(); throw; } }
        }
        """;

    /// <summary>A socket remembers only its last operation: it is the runtime package that can ask.</summary>
    [Fact]
    public Task A_socket_is_asked_by_the_runtime_package() => Fix.BecomesAsync(Line("if (_socket is null) _socket = Dial();"), Line("if (_socket is null || !_socket.IsAlive()) _socket = Dial();", isFixed: true));

    [Fact]
    public Task A_socket_is_not_asked_without_it()
    {
        var source = Line("if (_socket is null) _socket = Dial();");
        return FixCase<LCA3001ValidateCachedSessionFix>.Of(source, source, runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("{|LCA3001:_map[k].Send(k)|}; return true;")]
    public Task Nothing_is_offered(string body) => Fix.StaysAsync(Desk(body));
}
