namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>Two have found the same connection dead, and the second one finds what the first has put in its place.</summary>
public class ReplacedMeanwhile
{
    private static string Holder(string use, string renew) => $$"""
        class Holder(Func<IWireSession> open)
        {
            private readonly object _sync = new();
            private IWireSession? _kept;
            private int _generation;
            public void Use(string m) { {{use}} }
            private IWireSession Renew(IWireSession? seen, int generation) { lock (_sync) { {{renew}} } }
        }
        """;

    private const string Asking = "var s = _kept; if (s is not { IsOpen: true }) s = Renew(s, _generation); s.Send(m);";

    [Theory]
    [InlineData("if (!ReferenceEquals(seen, _kept)) return _kept!; return _kept = open();")]
    [InlineData("if (_kept == seen) _kept = open(); return _kept!;")]
    [InlineData("var now = _kept; if (now is not null && now != seen) return now; _kept?.Close(); _kept = open(); return _kept;")]
    [InlineData("if (_generation != generation) return _kept!; _generation++; return _kept = open();")]
    [InlineData("if (!ReferenceEquals(seen, _kept)) return _kept!; Fill(); return _kept!; void Fill() => _kept = open();")]
    public Task What_is_not_what_was_seen_has_been_put_there_since(string renew) => Case.SilentAsync(Holder(Asking, renew));

    [Fact]
    public Task So_is_what_an_exchange_found() => Case.SilentAsync(Holder("""
        var seen = _kept;
        if (seen is { IsOpen: true }) { seen.Send(m); return; }
        var fresh = open();
        var found = Interlocked.CompareExchange(ref _kept, fresh, seen);
        (found == seen ? fresh : found!).Send(m);
        """, "return _kept ??= open();"));

    [Theory]
    [InlineData("return _kept ??= open();")]
    [InlineData("if (seen == _kept && seen is not null) return seen; return _kept = open();")]
    [InlineData("if (_generation == generation && _kept is not null) return _kept; _generation++; return _kept = open();")]
    [InlineData("if (_generation != generation && _kept is not null) return _kept; return _kept = open();")]
    public Task What_was_seen_is_no_better_for_being_seen_again(string renew) =>
        Case.HoldsAsync(Holder("var s = _kept; if (s is not { IsOpen: true }) s = Renew(s, _generation); {|LCA3001:s.Send(m)|};", renew));
}
