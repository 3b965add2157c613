using LifecycleAnalyzers.Catalogue;

namespace LifecycleAnalyzers.Tests.Catalogue;

public class StateValueTests
{
    private static readonly Given Wide = Given.Source("""
        public enum S : byte { None, Connecting, Opening, Idle, Open, Connected, Writable, Established, Ready, Active, Running, Closing, Closed, Disconnected, Faulted, Aborted, Disposed, Ended, Stopped, CloseSent, CloseReceived, Same = Open }
        public enum Big : ulong { Open = ulong.MaxValue, Closed = 1 }
        class WireLink
        {
            public void Send() { } public void Close() { }
            public S State => 0; public Big Status => 0;
            public bool IsOpen => true; public bool IsConnected() => true; public bool IsClosed => true; public bool IsClosing => true; public bool IsDisposed => true; public bool CanWrite => true;
            public string Name => "";
        }
        """);

    [Theory]
    [InlineData("Open", true)]
    [InlineData("Connected", true)]
    [InlineData("Writable", true)]
    [InlineData("Established", true)]
    [InlineData("Ready", true)]
    [InlineData("Active", true)]
    [InlineData("Running", true)]
    [InlineData("Connecting", null)]
    [InlineData("Opening", null)]
    [InlineData("Idle", null)]
    [InlineData("None", false)]
    [InlineData("Closing", false)]
    [InlineData("Closed", false)]
    [InlineData("Disconnected", false)]
    [InlineData("Faulted", false)]
    [InlineData("Aborted", false)]
    [InlineData("Disposed", false)]
    [InlineData("Ended", false)]
    [InlineData("Stopped", false)]
    [InlineData("CloseSent", false)]
    [InlineData("CloseReceived", false)]
    public void An_enum_s_values_are_known_by_name(string name, bool? usable)
    {
        var value = ((Microsoft.CodeAnalysis.IFieldSymbol)Wide.Member("S", name)).ConstantValue!;
        Assert.Equal(usable, Wide.IsUsable("WireLink", "State", value));
        Assert.Equal(usable, Wide.IsUsable("WireLink", "State", Convert.ToInt64(value)));
        Assert.Equal(usable, Wide.IsUsable("WireLink", "State", Convert.ToInt32(value)));
        Assert.Equal(usable, Wide.IsUsable("WireLink", "State", Wide.Member("S", name)));
    }

    [Fact]
    public void Large_values_are_no_trouble()
    {
        Assert.True(Wide.IsUsable("WireLink", "Status", ulong.MaxValue));
        Assert.False(Wide.IsUsable("WireLink", "Status", 1));
        Assert.Null(Wide.IsUsable("WireLink", "Status", 77));
    }

    [Theory]
    [InlineData("IsOpen", true)]
    [InlineData("IsConnected", true)]
    [InlineData("CanWrite", true)]
    [InlineData("IsClosed", false)]
    [InlineData("IsClosing", false)]
    [InlineData("IsDisposed", false)]
    public void A_bool_means_usable_one_way_round(string member, bool usable)
    {
        Assert.Equal(usable, Wide.IsUsable("WireLink", member, true));
        Assert.Equal(!usable, Wide.IsUsable("WireLink", member, false));
        Assert.Null(Wide.IsUsable("WireLink", member, null));
        Assert.Null(Wide.IsUsable("WireLink", member, 1));
    }

    [Fact]
    public void What_is_no_state_says_nothing()
    {
        Assert.Null(Wide.IsUsable("WireLink", "Name", "Open"));
        Assert.Null(Wide.IsUsable("WireLink", "Send", true));
    }

    [Fact]
    public void The_catalogue_s_values_count()
    {
        const string webSocket = "System.Net.WebSockets.ClientWebSocket";
        var given = Given.Source("");
        Assert.Equal([false, null, true, false, false, false, false], Enumerable.Range(0, 7).Select(v => given.IsUsable(webSocket, "State", v)));
        Assert.True(given.IsUsable("System.Net.Sockets.SocketAsyncEventArgs", "SocketError", 0));
        Assert.True(given.IsUsable("System.Net.Sockets.Socket", "Connected", true));
        Assert.False(given.IsUsable("System.Net.Sockets.Socket", "Connected", false));
        Assert.True(given.Catalogue.Of(given.Member("System.Net.Sockets.Socket", "Connected")).Weak);
        Assert.False(given.Catalogue.Of(given.Member(webSocket, "State")).Weak);
        Assert.True(given.IsUsable("System.Data.Common.DbConnection", "State", 1));
        Assert.False(given.IsUsable("System.Data.Common.DbConnection", "State", 0));
        Assert.Null(given.IsUsable("System.Data.Common.DbConnection", "State", 2));
    }

    [Fact]
    public void The_user_s_values_count()
    {
        var given = Given.Source("namespace Mine { enum S { Cold, Warm, Closed } class Pipe { public S State => 0; public bool Gone => true; public int Code => 0; public S? Maybe => null; } }")
            .WithFile("P:Mine.Pipe.State; state; usable=Warm\nP:Mine.Pipe.Gone; state; usable=false\nP:Mine.Pipe.Code; state; usable=0,1\nP:Mine.Pipe.Maybe; state; usable=Warm");
        Assert.Equal([null, true, false], Enumerable.Range(0, 3).Select(v => given.IsUsable("Mine.Pipe", "State", v)));
        Assert.Equal([null, true, false], Enumerable.Range(0, 3).Select(v => given.IsUsable("Mine.Pipe", "Maybe", v)));
        Assert.True(given.IsUsable("Mine.Pipe", "Gone", false));
        Assert.False(given.IsUsable("Mine.Pipe", "Gone", true));
        Assert.True(given.IsUsable("Mine.Pipe", "Code", 1));
        Assert.False(given.IsUsable("Mine.Pipe", "Code", 2));
    }
}
