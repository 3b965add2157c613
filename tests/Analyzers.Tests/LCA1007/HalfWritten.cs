namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("async Task M(Socket s) { _active++; await s.ReceiveAsync(")]
    [InlineData("async Task M(Socket s) { Interlocked.Increment(ref ); await s.ReceiveAsync(new byte[1], default); Interlocked.Decrement(ref _active); } }")]
    [InlineData("async Task M(Socket s) { _missing++; await s.ReceiveAsync(new byte[1], default); _missing--; } }")]
    [InlineData("async Task M(Missing s) { _active++; await s.Whatever(); _active--; ")]
    [InlineData("void M(Socket s) { _active++; try { s.Receive(new byte[1]); } finally")]
    [InlineData("_active++; s.Send(")]
    public Task It_is_left_alone(string member) => Case.Broken("class Server { private int _active; " + member).RunAsync();
}
