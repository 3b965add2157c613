namespace LifecycleAnalyzers.Tests.LCA3004;

/// <summary>A field that is emptied and filled by exchange is a pool of one.</summary>
public class Slots
{
    private static string Slot(string body, string members = "") => $$"""
        class Holder
        {
            private IWireSession? _idle;
            public async Task Use(string text) { await Task.CompletedTask; {{body}} }
            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("var s = {|LCA3004:Interlocked.Exchange(ref _idle, null)|} ?? Connect(); s.Send(text); Interlocked.Exchange(ref _idle, s)?.Dispose();")]
    [InlineData("var s = {|LCA3004:Interlocked.Exchange(ref _idle, null)|}; if (s == null) s = Connect(); s.Send(text); if (Interlocked.CompareExchange(ref _idle, s, null) != null) s.Dispose();")]
    [InlineData("var s = Rent(); s.Send(text); Return(s);", "public IWireSession Rent() => {|LCA3004:Interlocked.Exchange(ref _idle, null)|} ?? Connect(); public void Return(IWireSession s) => Interlocked.Exchange(ref _idle, s)?.Dispose();")]
    [InlineData("if ({|LCA3004:Interlocked.Exchange(ref _idle, null)|} is { } s) { s.Send(text); Interlocked.Exchange(ref _idle, s); }")]
    [InlineData("var s = {|LCA3004:Interlocked.Exchange(ref _idle, null)|}; Tell(s, text); Interlocked.Exchange(ref _idle, s);", "private void Tell(IWireSession? s, string text) { var to = s; to?.Send(text); }")]
    [InlineData("var s = {|LCA3004:Interlocked.Exchange(ref _idle, null)|}; Part(s, text); Interlocked.Exchange(ref _idle, s);", "private void Part(IWireSession? s, string text) { if (s == null) return; s.Send(text); s.Close(); }")]
    public Task What_is_taken_out_of_a_slot_has_to_be_asked(string body, string members = "") => Case.HoldsAsync(Slot(body, members));

    [Theory]
    // Asked before it is used
    [InlineData("var s = Interlocked.Exchange(ref _idle, null); if (s is not { IsOpen: true }) s = Connect(); s.Send(text); Interlocked.Exchange(ref _idle, s)?.Dispose();")]
    [InlineData("var s = Interlocked.Exchange(ref _idle, null); if (s == null || s.State != WireState.Open) s = Connect(); s.Send(text); Interlocked.CompareExchange(ref _idle, s, null);")]
    [InlineData("if (Interlocked.Exchange(ref _idle, null) is { IsOpen: true } s) { s.Send(text); Interlocked.Exchange(ref _idle, s); }")]
    // Taken out to be closed, or replaced by a fresh one: nobody lends it
    [InlineData("Interlocked.Exchange(ref _idle, null)?.Dispose(); Interlocked.Exchange(ref _idle, Connect());")]
    [InlineData("var old = Interlocked.Exchange(ref _idle, null); if (old != null) old.Send(text); Interlocked.Exchange(ref _idle, Connect());")]
    [InlineData("var fresh = Connect(); var old = Interlocked.Exchange(ref _idle, fresh); old?.Close();")]
    [InlineData("Tidy(Interlocked.Exchange(ref _idle, null)); Interlocked.Exchange(ref _idle, Connect()); var mine = Interlocked.Exchange(ref _idle, null); Tidy(mine);", "private void Tidy(IWireSession? s) { if (s != null) { try { s.Close(); } catch (IOException) { } } }")]
    [InlineData("var mine = Interlocked.Exchange(ref _idle, null); Vet(mine); mine?.Send(text); Interlocked.Exchange(ref _idle, mine);", "private static void Vet(IWireSession? s) { if (s is { IsOpen: false }) throw new IOException(); }")]
    public Task A_slot_that_is_asked_or_only_replaced_is_fine(string body, string members = "") => Case.SilentAsync(Slot(body, members));

    private static string Row(string take, string put = "if (Interlocked.CompareExchange(ref _row[i], s, null) is null) return;") => $$"""
        class Farm
        {
            private readonly IWireSession?[] _row = new IWireSession?[4];
            public void Use(string text) { var s = Take(); s.Send(text); Put(s); }
            private static IWireSession Connect() { var s = Wire.Create(); s.Error += (_, _) => { }; s.Open(); return s; }
            private IWireSession Take() { for (var i = 0; i < _row.Length; i++) { {{take}} } return Connect(); }
            private void Put(IWireSession s) { for (var i = 0; i < _row.Length; i++) { {{put}} } s.Dispose(); }
        }
        """;

    /// <summary>An array of slots is a pool of several.</summary>
    [Theory]
    [InlineData("var one = {|LCA3004:Interlocked.Exchange(ref _row[i], null)|}; if (one is not null) return one;")]
    [InlineData("if ({|LCA3004:Interlocked.Exchange(ref _row[i], null)|} is { } one) return one;")]
    public Task What_is_taken_out_of_a_row_of_slots_has_to_be_asked(string take) => Case.HoldsAsync(Row(take));

    [Theory]
    [InlineData("var one = Interlocked.Exchange(ref _row[i], null); if (one is { IsOpen: true }) return one; one?.Dispose();")]
    [InlineData("Interlocked.Exchange(ref _row[i], null)?.Dispose();")]
    public Task A_row_of_slots_that_is_asked_or_only_emptied_is_fine(string take) => Case.SilentAsync(Row(take));

    /// <summary>A connection that tells its end by a token is asked by that token; a registration is no question.</summary>
    [Theory]
    [InlineData("if (s == null || s.Ended.IsCancellationRequested) return; s.Send(text);")]
    [InlineData("if (s == null) return; s.Ended.Register(s.Close); s.Send(text);", "{|LCA3004:Interlocked.Exchange(ref _idle, null)|}")]
    public Task Asked_by_its_token(string use, string taking = "Interlocked.Exchange(ref _idle, null)") => Case.HoldsAsync($$"""
        class WireLink(IWireSession inner) : IDisposable
        {
            private readonly CancellationTokenSource _ended = new();
            public CancellationToken Ended => _ended.Token;
            public bool IsOpen => inner.IsOpen;
            public void Send(string text) => inner.Send(text);
            public void Close() { _ended.Cancel(); inner.Close(); }
            public void Dispose() => Close();
        }

        class Holder
        {
            private WireLink? _idle;
            public void Use(string text) { var s = {{taking}}; {{use}} Interlocked.Exchange(ref _idle, s); }
        }
        """);
}
