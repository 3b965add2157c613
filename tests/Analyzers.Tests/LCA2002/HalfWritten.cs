namespace LifecycleAnalyzers.Tests.LCA2002;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class F { WireClient _c = new(); async Task A() { if (!_c.IsOpen) return; await Task.Delay(1); _c.Send( } }")]
    [InlineData("class F { WireClient _c = new(); async Task A() { if (!_c. await Task.Delay(1); _c.Send(\"\"); } }")]
    [InlineData("class F { Missing _c; async Task A() { if (!_c.IsOpen) return; await Task.Delay(1); _c.Send(\"\"); } }")]
    [InlineData("class F { async Task A() { if (")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
