namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A cache that is given the question whether what it keeps can still be used.</summary>
public class GivenQuestions
{
    private static string Kept(string get) => $$"""
        class Keeper<T>(Func<T> open, Func<T, bool> isUsable, Func<T, bool> matches) where T : class
        {
            private T? _kept;
            public T Get() { {{get}} }
        }

        class Desk(Func<IWireSession> open)
        {
            private readonly Keeper<IWireSession> _keeper = new(open, s => s.IsOpen, s => s.State == WireState.Open);
            public void Say(string text) => MARK;
        }
        """;

    [Theory]
    [InlineData("return _kept != null && isUsable(_kept) ? _kept : _kept = open();")]
    [InlineData("lock (this) { if (_kept is { } kept && isUsable(kept)) return kept; return _kept = open(); }")]
    [InlineData("if (_kept is null || !isUsable(_kept)) _kept = open(); return _kept;")]
    public Task It_decides(string get) => Case.SilentAsync(Kept(get).Replace("MARK", "_keeper.Get().Send(text)"));

    [Theory]
    [InlineData("return _kept ??= open();")]
    [InlineData("if (_kept is null || isUsable(_kept)) _kept = open(); return _kept;")]
    [InlineData("if (_kept is null || !matches(_kept)) _kept = open(); return _kept;")]
    public Task It_does_not_or_is_another(string get) => Case.HoldsAsync(Kept(get).Replace("MARK", "{|LCA3001:_keeper.Get().Send(text)|}"));
}
