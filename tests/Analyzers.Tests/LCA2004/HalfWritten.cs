namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class F { WebSocket _w; async Task A(byte[] b) { _ = _w.SendAsync(b; await _w.SendAsync( } }")]
    [InlineData("class F { Missing _w; async Task A(byte[] b) { _ = _w.SendAsync(b); await _w.SendAsync(b); } }")]
    [InlineData("class F { WebSocket _w; void A(byte[] b) { new Timer(async _ => await _w.")]
    [InlineData("class F { WebSocket _w; Task A(byte[] b) => Task.WhenAll(new[] { b }.Select(x => _w.SendAsync(x")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
