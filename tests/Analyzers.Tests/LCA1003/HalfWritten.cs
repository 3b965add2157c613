namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>Code on its way to being written: no crash, and no word about the part that does not hold together.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("public Socket M() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect(")]
    [InlineData("public Socket M() { var s = new Socket(")]
    [InlineData("public Missing M() { var s = new Missing(); s.Connect(\"peer\", 80); return s; } }")]
    [InlineData("public Socket M() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect(\"peer\", 80); } catch")]
    [InlineData("public Socket M() { Socket s = ; s.Connect(\"peer\", 80); return s; } }")]
    [InlineData("public Socket M() => new Socket(SocketType.Stream, ProtocolType.Tcp).")]
    [InlineData("var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.Connect")]
    public Task It_is_left_alone(string member) => Case.Broken("class Dialer { " + member).RunAsync();
}
