namespace LifecycleAnalyzers.Tests.LCA4006;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class M { WireClient _wire; public async Task A() { await _wire.SendAsync(; return await _wire.ReceiveAsync(); } }")]
    [InlineData("class M { WireClient _wire; public async A(string q) { await _wire.SendAsync(q); await _wire.Rec } }")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
