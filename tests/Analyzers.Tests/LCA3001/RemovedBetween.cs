namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>What was found and is of no use is taken out again, and its variable emptied; what was not found has left it empty before.</summary>
public class RemovedBetween
{
    private static string Desk(string use) => $$"""
        class Desk(Func<string, IWireSession> open)
        {
            private readonly Dictionary<string, IWireSession> _kept = [];
            private static bool IsOld(IWireSession session) => Environment.TickCount > session.GetHashCode();
            public void Use(string key) { {{use}} }
        }
        """;

    [Theory]
    [InlineData("if (_kept.TryGetValue(key, out var s) && !s.IsOpen) { _kept.Remove(key); s = null; } if (s is null) _kept[key] = s = open(key); s.Send(key);")]
    [InlineData("if (_kept.TryGetValue(key, out var s) && !s.IsOpen) { _kept.Remove(key); s = null; } s ??= _kept[key] = open(key); s.Send(key);")]
    [InlineData("IWireSession? s; if (_kept.TryGetValue(key, out s) && !s.IsOpen) { if (_kept.Remove(key)) s.Close(); s = null; } if (s == null) { s = open(key); _kept[key] = s; } s.Send(key);")]
    public Task It_was_asked(string use) => Case.SilentAsync(Desk(use));

    [Theory]
    [InlineData("if (_kept.TryGetValue(key, out var s) && IsOld(s)) { _kept.Remove(key); s = null; } if (s is null) _kept[key] = s = open(key); {|LCA3001:s.Send(key)|};")]
    [InlineData("if (_kept.TryGetValue(key, out var s) && !s.IsOpen) Console.WriteLine(s); if (s is null) _kept[key] = s = open(key); {|LCA3001:s.Send(key)|};")]
    [InlineData("_kept.TryGetValue(key, out var s); if (s is null) _kept[key] = s = open(key); {|LCA3001:s.Send(key)|};")]
    public Task Nobody_asked(string use) => Case.HoldsAsync(Desk(use));
}
