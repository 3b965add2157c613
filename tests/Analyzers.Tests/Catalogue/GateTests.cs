namespace LifecycleAnalyzers.Tests.Catalogue;

/// <summary>A program that speaks of no connection must cost nothing.</summary>
public class GateTests
{
    private static Given Plain(string source) => Given.SourceAsIs(source);

    [Theory]
    [InlineData("")]
    [InlineData("class Shop { public string Name => \"x\"; System.Threading.Tasks.Task Wait() => System.Threading.Tasks.Task.Delay(1); }")]
    [InlineData("class Uplink { void Send() { } } class Websocket { } class Downstream { }")]
    [InlineData("class Timer2 { System.Threading.Timer t = new(_ => { }); }")]
    public void Nothing_mentioned_is_empty(string source) => Assert.True(Plain(source).Catalogue.IsEmpty);

    [Theory]
    [InlineData("class A { System.Net.Sockets.Socket s; }")]
    [InlineData("using System.Net.Sockets; class A { void M(UdpClient c) { } }")]
    [InlineData("class PlcLink { }")]
    [InlineData("class A { object o = new WireSession(); }")]
    [InlineData("class A { System.IO.FileSystemWatcher w; }")]
    [InlineData("class A { void M(HttpContext c) { } }")]
    [InlineData("// Tunnel")]
    public void A_name_is_enough_to_look(string source) => Assert.False(Plain(source).Catalogue.IsEmpty);

    [Fact]
    public void Without_conventions_only_known_names_count()
    {
        Assert.True(Plain("class PlcLink { }").WithOption("lifecycle_analyzers.conventions", "false").Catalogue.IsEmpty);
        Assert.False(Plain("class A { System.Net.Sockets.Socket s; }").WithOption("lifecycle_analyzers.conventions", "false").Catalogue.IsEmpty);
    }

    [Fact]
    public void The_user_s_names_count()
    {
        Assert.True(Plain("class A { Mine.Pipe p; }").Catalogue.IsEmpty);
        Assert.False(Plain("class A { Mine.Pipe p; }").WithFile("T:Mine.Pipe; connection").Catalogue.IsEmpty);
    }

    [Theory]
    [InlineData(8190)]
    [InlineData(8192)]
    [InlineData(8185)]
    [InlineData(16383)]
    public void A_name_across_chunks_of_the_text_is_seen(int before)
    {
        Assert.False(Plain(new string(' ', before) + "class PlcTunnel { }").Catalogue.IsEmpty);
        Assert.False(Plain(new string(' ', before) + "class A : FileSystemWatcher { }").Catalogue.IsEmpty);
        Assert.True(Plain(new string(' ', before) + "class Funnel { }").Catalogue.IsEmpty);
    }
}
