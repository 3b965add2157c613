namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>The dead ones are thrown out before one is looked up.</summary>
public class SweptContainers
{
    private static string Listed(string body, string more = "") => $$"""
        class Holder(Func<IWireSession> open)
        {
            private readonly List<IWireSession> _all = [];
            {{more}}
            public async Task Use(string m) { await Task.CompletedTask; {{body}} }
        }
        """;

    private static string Keyed(string body, string more = "") => $$"""
        class Holder(Func<string, IWireSession> open)
        {
            private readonly Dictionary<string, IWireSession> _all = [];
            {{more}}
            public async Task Use(string key) { await Task.CompletedTask; {{body}} }
        }
        """;

    private const string First = "if (_all.Count == 0) _all.Add(open()); _all[0].Send(m);";
    private const string Found = "if (!_all.TryGetValue(key, out var s)) _all[key] = s = open(key); s.Send(key);";

    /// <summary>A table that keeps no owner alive keeps what it is asked for, like any other.</summary>
    [Theory]
    [InlineData("{|LCA3001:_of.GetValue(owner, _ => open()).Send(\"\")|};")]
    [InlineData("var s = _of.GetValue(owner, _ => open()); if (s.IsOpen) s.Send(\"\");")]
    [InlineData("if (_of.TryGetValue(owner, out var kept) && !kept.IsOpen) { kept.Close(); _of.Remove(owner); } _of.GetValue(owner, _ => open()).Send(\"\");")]
    public Task Weakly_kept(string body) => Case.HoldsAsync($$"""
        class Holder(Func<IWireSession> open)
        {
            private readonly System.Runtime.CompilerServices.ConditionalWeakTable<object, IWireSession> _of = new();
            public void Use(object owner) { {{body}} }
        }
        """);

    [Theory]
    [InlineData("_all.RemoveAll(s => !s.IsOpen); " + First)]
    [InlineData("_all.RemoveAll(static s => s is not { IsOpen: true }); " + First)]
    [InlineData("_all.RemoveAll(s => !s.IsOpen || m.Length > 99); " + First)]
    [InlineData("lock (_all) { _all.RemoveAll(s => !s.IsOpen); if (_all.Count == 0) _all.Add(open()); _all[m.Length % _all.Count].Send(m); }")]
    [InlineData("Sweep(); " + First, "private void Sweep() => _all.RemoveAll(IsDead); private static bool IsDead(IWireSession s) => !s.IsOpen;")]
    [InlineData("for (var i = _all.Count - 1; i >= 0; i--) { if (!_all[i].IsOpen) _all.RemoveAt(i); } " + First)]
    [InlineData("foreach (var s in _all.Where(s => !s.IsOpen).ToList()) _all.Remove(s); " + First)]
    [InlineData("foreach (var s in _all.ToArray()) { if (s.IsOpen) continue; _all.Remove(s); s.Close(); } " + First)]
    public Task None_of_those_that_are_left_has_died(string body, string more = "") => Case.SilentAsync(Listed(body, more));

    [Theory]
    [InlineData("foreach (var pair in _all.Where(p => !p.Value.IsOpen).ToList()) _all.Remove(pair.Key); " + Found)]
    [InlineData("foreach (var (k, kept) in _all.ToArray()) { if (!kept.IsOpen) _all.Remove(k); } " + Found)]
    [InlineData("foreach (var k in _all.Where(p => !p.Value.IsOpen).Select(p => p.Key).ToList()) _all.Remove(k); " + Found)]
    [InlineData("foreach (var dead in _all.Where(p => !p.Value.IsOpen).ToList()) { Drop(dead.Key); await Task.Yield(); } " + Found, "private void Drop(string k) { if (_all.Remove(k, out var gone)) gone.Close(); }")]
    public Task Nor_of_those_under_a_key(string body, string more = "") => Case.SilentAsync(Keyed(body, more));

    [Theory]
    [InlineData("var i = _all.FindIndex(s => s.IsOpen); if (i < 0) return; _all[i].Send(m);")]
    [InlineData("int i; i = _all.FindLastIndex(static s => s is { IsOpen: true }); if (i >= 0) _all[i].Send(m);")]
    public Task Nor_has_the_one_that_was_found_by_its_state(string body) => Case.SilentAsync(Listed(body));

    [Theory]
    [InlineData("var i = _all.FindIndex(s => s.GetHashCode() == m.Length); if (i < 0) return; {|LCA3001:_all[i].Send(m)|};")]
    [InlineData("var i = _all.FindIndex(s => s.IsOpen); if (i < 0) return; await Task.Delay(9); {|LCA3001:_all[i].Send(m)|};")]
    public Task By_something_else_or_too_long_ago_it_may_have(string body) => Case.HoldsAsync(Listed(body));

    [Theory]
    [InlineData("_all.RemoveAll(s => s.IsOpen);")]
    [InlineData("_all.RemoveAll(s => s.GetHashCode() == 0);")]
    [InlineData("_all.RemoveAll(s => !s.IsOpen && m.Length > 99);")]
    [InlineData("if (m.Length > 9) _all.RemoveAll(s => !s.IsOpen);")]
    [InlineData("_all.RemoveAll(s => !s.IsOpen); await Task.Delay(9);")]
    [InlineData("foreach (var s in _all.Where(s => !s.IsOpen).ToList()) s.Close();")]
    [InlineData("foreach (var s in _all.ToArray()) { if (m.Length > 9) _all.Remove(s); }")]
    public Task They_were_not_asked_or_too_long_ago(string sweep) => Case.HoldsAsync(Listed(sweep + " if (_all.Count == 0) _all.Add(open()); {|LCA3001:_all[0].Send(m)|};"));
}
