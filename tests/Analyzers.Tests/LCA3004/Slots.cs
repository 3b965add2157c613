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
    public Task A_slot_that_is_asked_or_only_replaced_is_fine(string body) => Case.SilentAsync(Slot(body));
}
