namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A list pattern takes a session out of a kept list as an index does.</summary>
public class ListPatterns
{
    private static string Listed(string body) => $$"""
        class Holder
        {
            private readonly List<IWireSession> _all = [];
            public void Add(IWireSession session) => _all.Add(session);
            public void Use(string m) { {{body}} }
        }
        """;

    [Theory]
    [InlineData("if (_all is [var s, ..]) {|LCA3001:s.Send(m)|};")]
    [InlineData("if (_all is not [.., var s]) return; {|LCA3001:s.Send(m)|};")]
    [InlineData("switch (_all) { case []: break; case [var s]: {|LCA3001:s.Send(m)|}; break; case [_, IWireSession s, ..]: {|LCA3001:s.Send(m)|}; break; }")]
    public Task Not_asked(string body) => Case.HoldsAsync(Listed(body));

    [Theory]
    [InlineData("if (_all is [{ IsOpen: true } s, ..]) s.Send(m);")]
    [InlineData("if (_all is [.., var s] && s.IsOpen) s.Send(m);")]
    [InlineData("if (_all.Where(x => x.IsOpen).ToList() is [var s, ..]) s.Send(m);")]
    [InlineData("_all.RemoveAll(x => !x.IsOpen); if (_all is [var s, ..]) s.Send(m);")]
    [InlineData("if (m.Split(' ') is [var first, ..]) Console.WriteLine(first);")]
    public Task Asked(string body) => Case.SilentAsync(Listed(body));

    /// <summary>The list itself is replaced by those that are left.</summary>
    [Theory]
    [InlineData("_all = [.. _all.Where(x => x.IsOpen)]; if (_all.Count == 0) return; _all[m.Length % _all.Count].Send(m);")]
    [InlineData("_all = _all.Where(x => x.IsOpen).ToList(); if (_all is [.., var s]) s.Send(m);")]
    public Task Replaced_by_the_living(string body) => Case.SilentAsync(Listed(body).Replace("readonly ", ""));

    [Theory]
    [InlineData("_all = [.. _all.Where(x => x.GetHashCode() > 9)]; if (_all.Count == 0) return; {|LCA3001:_all[m.Length % _all.Count].Send(m)|};")]
    public Task Replaced_by_others(string body) => Case.HoldsAsync(Listed(body).Replace("readonly ", ""));
}
