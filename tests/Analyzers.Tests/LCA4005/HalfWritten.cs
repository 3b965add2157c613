namespace LifecycleAnalyzers.Tests.LCA4005;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class M { Socket _s; void A(SocketAsyncEventArgs e) { if (!_s.SendAsync(e) e.Dispose(); } }")]
    [InlineData("class M { Socket _s; void A(SocketAsyncEventArgs e) { _s.SendAsync(e); e.UserToken = ; } }")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
