namespace LifecycleAnalyzers.Tests.LCA4005;

/// <summary>Types that merely share a name.</summary>
public class Lookalikes
{
    [Fact]
    public Task Of_ones_own() => Case.SilentAsync("namespace Own;\nclass SocketAsyncEventArgs : IDisposable { public object? UserToken { get; set; } public void Dispose() { } } class Socket { public bool SendAsync(SocketAsyncEventArgs e) => true; } class M { void A(Socket s, SocketAsyncEventArgs e) { s.SendAsync(e); e.Dispose(); } }");
}
