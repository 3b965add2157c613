namespace LifecycleAnalyzers.Tests.LCA4001;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class M { WirePool _p; async Task A() { var c = _p.Rent(); try { await c.SendAsync(; await c.ReceiveAsync(); } finally { _p.Return(c); } } }")]
    [InlineData("class M { WireClient _c; object _s; void A() { lock (_s) { _c.Send(1); _c.Rec } } }")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
