namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A helper of one's own that leaves what it has looked up in an <c>out</c> parameter.</summary>
public class OutParameters
{
    private static string Desk(string use) => $$"""
        class Desk(Func<string, IWireSession> open)
        {
            private readonly Dictionary<string, IWireSession> _kept = [];
            private bool TryFind(string name, out IWireSession session) => _kept.TryGetValue(name, out session!);
            private bool TryCopy(string name, out IWireSession? session) { var isThere = _kept.TryGetValue(name, out var found); session = found; return isThere; }
            private bool TryLive(string name, out IWireSession session) => _kept.TryGetValue(name, out session!) && session.IsOpen;
            private bool TryClean(string name, out IWireSession? session)
            {
                if (!_kept.TryGetValue(name, out session)) return false;
                if (session.IsOpen) return true;
                _kept.Remove(name);
                session = null;
                return false;
            }
            private void Open(string name, out IWireSession session) { if (!_kept.TryGetValue(name, out session!) || !session.IsOpen) _kept[name] = session = open(name); }
            private void OpenOnce(string name, out IWireSession session) { if (!_kept.TryGetValue(name, out session!)) _kept[name] = session = open(name); }
            public void Use(string key) { {{use}} }
        }
        """;

    [Theory]
    [InlineData("if (TryFind(key, out var s) && s.IsOpen) s.Send(key);")]
    [InlineData("if (TryLive(key, out var s)) s.Send(key);")]
    [InlineData("if (!TryLive(key, out var s)) _kept[key] = s = open(key); s.Send(key);")]
    [InlineData("if (!TryClean(key, out var s)) _kept[key] = s = open(key); s!.Send(key);")]
    [InlineData("Open(key, out var s); s.Send(key);")]
    public Task It_was_asked_there_or_here(string use) => Case.SilentAsync(Desk(use));

    [Theory]
    [InlineData("if (TryFind(key, out var s)) {|LCA3001:s.Send(key)|};")]
    [InlineData("if (!TryFind(key, out var s)) return; {|LCA3001:s.Send(key)|};")]
    [InlineData("IWireSession s; TryFind(key, out s); {|LCA3001:s.Send(key)|};")]
    [InlineData("TryCopy(key, out var s); {|LCA3001:s!.Send(key)|};")]
    [InlineData("if (!TryFind(key, out var s)) _kept[key] = s = open(key); {|LCA3001:s.Send(key)|};")]
    [InlineData("OpenOnce(key, out var s); {|LCA3001:s.Send(key)|};")]
    public Task Nobody_asked(string use) => Case.HoldsAsync(Desk(use));
}
