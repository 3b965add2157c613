namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A session that is kept within a tuple, a struct or an entry of one's own.</summary>
public class HeldInStructs
{
    private static string Kept(string field, string body, string members = "") => $$"""
        interface IOpener { IWireSession Open(); }
        readonly record struct Slot(IWireSession? Session, DateTime Since) { public bool IsUsable => Session is { IsOpen: true }; }
        class Entry(IWireSession session) { public IWireSession Session { get; } = session; public DateTime Since { get; } = DateTime.UtcNow; }
        class Holder(IOpener opener)
        {
            private {{field}}
            public void Use(string m) { {{body}} }
            {{members}}
        }
        """;

    private const string Tuple = "(IWireSession? Session, DateTime Since) _kept;";
    private const string Struct = "Slot _kept;";
    private const string Tuples = "readonly List<(IWireSession Session, DateTime Since)> _kept = [];";
    private const string Entries = "readonly Dictionary<string, Entry> _kept = [];";

    [Theory]
    [InlineData(Tuple, "if (_kept.Session is null) _kept = (opener.Open(), default); {|LCA3001:_kept.Session!.Send(m)|};")]
    [InlineData(Struct, "if (_kept.Session is null) _kept = new(opener.Open(), default); {|LCA3001:_kept.Session!.Send(m)|};")]
    [InlineData(Tuples, "if (_kept.Count == 0) _kept.Add((opener.Open(), default)); {|LCA3001:_kept[0].Session.Send(m)|};")]
    [InlineData(Tuples, "_kept.RemoveAll(k => k.Since < DateTime.UtcNow); if (_kept.Count == 0) _kept.Add((opener.Open(), default)); {|LCA3001:_kept[0].Session.Send(m)|};")]
    [InlineData(Entries, "if (!_kept.TryGetValue(m, out var entry)) _kept[m] = entry = new(opener.Open()); {|LCA3001:entry.Session.Send(m)|};")]
    public Task It_was_not_asked(string field, string body) => Case.HoldsAsync(Kept(field, body));

    [Theory]
    [InlineData(Tuple, "if (_kept.Session is not { IsOpen: true }) _kept = (opener.Open(), default); _kept.Session!.Send(m);")]
    [InlineData(Struct, "if (!_kept.IsUsable) _kept = new(opener.Open(), default); _kept.Session!.Send(m);")]
    [InlineData(Tuples, "_kept.RemoveAll(k => !k.Session.IsOpen); if (_kept.Count == 0) _kept.Add((opener.Open(), default)); _kept[0].Session.Send(m);")]
    [InlineData(Entries, "if (!_kept.TryGetValue(m, out var entry) || !entry.Session.IsOpen) _kept[m] = entry = new(opener.Open()); entry.Session.Send(m);")]
    public Task It_was_asked(string field, string body) => Case.SilentAsync(Kept(field, body));

    private const string Ensure = "private (IWireSession Session, DateTime Since) Ensure() { if (_kept.Session is not { IsOpen: true }) _kept = (opener.Open(), default); return _kept!; }";

    [Theory]
    [InlineData("Ensure().Session.Send(m);")]
    [InlineData("var (session, _) = Ensure(); session.Send(m);")]
    public Task A_helper_asked_it(string body) => Case.SilentAsync(Kept(Tuple, body, Ensure));
}
