namespace LifecycleAnalyzers.Tests.LCA1006;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("async Task M(TcpClient client) { using var up = new TcpClient(); await up.ConnectAsync(")]
    [InlineData("async Task M(TcpClient client) { using var up = ; await up.ConnectAsync(\"peer\", 80); client.Close(); } }")]
    [InlineData("async Task M(Missing client) { using var up = new Missing(); await up.ConnectAsync(\"peer\", 80); client.Close(); } }")]
    [InlineData("async Task M(TcpClient client) { await Task.WhenAll(client.GetStream().CopyToAsync(")]
    [InlineData("async Task M(TcpListener l) { var client = await l.AcceptTcpClientAsync(); using var up = new")]
    [InlineData("async Task M(TcpClient client) { using (client")]
    public Task It_is_left_alone(string member) => Case.Broken("class Proxy { " + member).RunAsync();
}
