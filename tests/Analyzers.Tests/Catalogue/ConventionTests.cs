using LifecycleAnalyzers.Catalogue;

namespace LifecycleAnalyzers.Tests.Catalogue;

public class ConventionTests
{
    private static ConnectionType? Find(string declaration, string name) => Given.Source(declaration).Find(name);

    [Theory]
    [InlineData("Connection")]
    [InlineData("ChatSession")]
    [InlineData("TCPSocket")]
    [InlineData("DataChannel")]
    [InlineData("HttpV2Client")]
    [InlineData("WireStream")]
    [InlineData("Transport")]
    [InlineData("RemotePeer")]
    [InlineData("PlcLink")]
    [InlineData("SshTunnel")]
    public void A_class_of_that_shape_is_a_connection(string name)
    {
        var found = Find($"class {name} {{ public void Send() {{ }} public bool IsOpen => true; public void Close() {{ }} }}", name);
        Assert.Equal(Source.Convention, found?.Source);
        Assert.Equal(Traits.None, found?.Traits);
    }

    [Theory]
    [InlineData("Uplink")]
    [InlineData("Websocket")]
    [InlineData("ConnectionFactory")]
    [InlineData("Upstream")]
    [InlineData("SessionStore")]
    public void The_last_word_of_the_name_counts(string name) =>
        Assert.Null(Find($"class {name} {{ public void Send() {{ }} public bool IsOpen => true; public void Close() {{ }} }}", name));

    [Theory]
    [InlineData("public void SendAsync() { }")]
    [InlineData("public void Write(byte[] b) { }")]
    [InlineData("public void PublishAll() { }")]
    [InlineData("public object Request() => null;")]
    [InlineData("public int ExecuteAsync() => 0;")]
    [InlineData("public void Invoke() { }")]
    [InlineData("public void Emit2() { }")]
    [InlineData("internal void Transmit() { }")]
    [InlineData("protected void PostMessage() { }")]
    public void A_sending_member_is_known_by_its_first_word(string member) =>
        Assert.NotNull(Find($"class L_Link {{ {member} public bool IsOpen => true; public void Close() {{ }} }}", "L_Link"));

    [Theory]
    [InlineData("public void Sender() { }")]
    [InlineData("public void Resend() { }")]
    [InlineData("public int SendTimeout { get; set; }")]
    [InlineData("public event Action SendCompleted;")]
    [InlineData("public static void Send() { }")]
    [InlineData("private void Send() { }")]
    [InlineData("public void Receive() { }")]
    [InlineData("public bool TrySend() => true;")]
    [InlineData("")]
    public void Without_a_sending_member_it_is_none(string member) =>
        Assert.Null(Find($"class ShopSession {{ {member} public bool IsOpen => true; public void Close() {{ }} }}", "ShopSession"));

    [Theory]
    [InlineData("public bool IsConnected { get; }")]
    [InlineData("public bool Connected;")]
    [InlineData("public bool IsAlive() => true;")]
    [InlineData("protected bool CanSend => true;")]
    [InlineData("public S State { get; } public enum S { Idle, Open }")]
    [InlineData("public S ReadyState { get; } public enum S { Idle, Established }")]
    [InlineData("public S WriteStatus { get; } public enum S { Idle, Writable }")]
    public void A_state_member_is_known_by_name_and_type(string member) =>
        Assert.NotNull(Find($"class PlcLink {{ {member} public void Send() {{ }} public void Close() {{ }} }}", "PlcLink"));

    [Theory]
    [InlineData("public string State { get; }")]
    [InlineData("public bool State { get; }")]
    [InlineData("public int IsOpen { get; }")]
    [InlineData("private bool IsOpen { get; }")]
    [InlineData("public bool IsBusy { get; }")]
    [InlineData("public S State { get; } public enum S { Idle, Busy }")]
    [InlineData("public S Kind { get; } public enum S { Idle, Open }")]
    [InlineData("public bool IsOpen(int n) => true;")]
    [InlineData("")]
    public void Without_a_state_member_it_is_none(string member) =>
        Assert.Null(Find($"class PlcLink {{ {member} public void Send() {{ }} public void Close() {{ }} }}", "PlcLink"));

    [Theory]
    [InlineData("public void CloseAsync() { }", "bool IsOpen => true")]
    [InlineData("protected virtual void Dispose(bool disposing) { }", "bool IsOpen => true")]
    [InlineData("public void Disconnect() { }", "bool IsOpen => true")]
    [InlineData("public void StopNow() { }", "bool IsOpen => true")]
    [InlineData("public void Abort() { }", "bool IsOpen => true")]
    [InlineData("public void Shutdown() { }", "bool IsOpen => true")]
    [InlineData("public enum S { Open, Closing }", "S State => 0")]
    [InlineData("public enum S { Ready, Faulted }", "S Status => 0")]
    public void An_ending_is_a_member_or_a_value_of_the_state(string ending, string state) =>
        Assert.NotNull(Find($"class PlcLink {{ {ending} public {state}; public void Send() {{ }} }}", "PlcLink"));

    [Theory]
    [InlineData("", "bool IsOpen => true")]
    [InlineData("public void Closed() { }", "bool IsOpen => true")]
    [InlineData("private void Close() { }", "bool IsOpen => true")]
    [InlineData("public enum S { Ready, Idle }", "S Status => 0")]
    public void Without_an_ending_it_is_none(string ending, string state) =>
        Assert.Null(Find($"class PlcLink {{ {ending} public {state}; public void Send() {{ }} }}", "PlcLink"));

    [Fact]
    public void Inherited_members_count()
    {
        const string source = """
            class Base : IDisposable { protected void Send() { } public void Dispose() { } }
            class Wire : Base { public bool IsOpen => true; }
            class WireLink : Wire { }
            class Special : WireLink { }
            interface ISends { void Send(); bool IsOpen { get; } }
            interface IWireLink : ISends, IDisposable { }
            class Thing : IWireLink { public void Send() { } public bool IsOpen => true; void IDisposable.Dispose() { } void Put() { } }
            """;
        var given = Given.Source(source);

        Assert.Null(given.Find("Wire"));
        Assert.Equal("WireLink", given.Find("WireLink")?.Symbol.Name);
        Assert.Equal("WireLink", given.Find("Special")?.Symbol.Name);
        Assert.Equal("IWireLink", given.Find("Thing")?.Symbol.Name);
        Assert.Equal(Role.None, given.Roles("Base", "Send"));
        Assert.Equal(Role.Send, given.RolesOn("Special", "Base", "Send"));
        Assert.Equal(Role.State, given.RolesOn("WireLink", "Wire", "IsOpen"));
        Assert.Equal(Role.Close, given.RolesOn("IWireLink", "System.IDisposable", "Dispose"));
        Assert.Equal(Role.Send, given.RolesOn("IWireLink", "ISends", "Send"));
        Assert.Equal(Role.Send, given.Roles("Thing", "Send"));
        Assert.Equal(Role.None, given.Roles("Thing", "Put"));
    }

    [Fact]
    public void What_every_stream_has_makes_none_a_connection()
    {
        const string stream = """
            : Stream
            {
                public override bool CanRead => true; public override bool CanSeek => false; public override bool CanWrite => true; public override long Length => 0; public override long Position { get; set; }
                public override void Flush() { } public override int Read(byte[] b, int o, int c) => 0; public override long Seek(long o, SeekOrigin s) => 0; public override void SetLength(long v) { }
                public override void Write(byte[] b, int o, int c) { }
            """;
        var given = Given.Source($"class CountingStream {stream} }} class TlsStream {stream} public bool IsConnected => true; }} class LogStream : MemoryStream {{ public bool IsOpen => true; }}");

        Assert.Null(given.Find("CountingStream"));
        Assert.NotNull(given.Find("TlsStream"));
        Assert.Null(given.Find("LogStream"));
        Assert.Equal(Role.Send, given.Roles("TlsStream", "Write"));
        Assert.Equal(Role.Send, given.RolesOn("TlsStream", "System.IO.Stream", "WriteAsync"));
        Assert.Equal(Role.Receive, given.Roles("TlsStream", "Read"));
    }

    [Fact]
    public void Libraries_count_but_the_framework_does_not()
    {
        const string body = "{ public class WireLink { public void Send() { } public bool IsOpen => true; public void Close() { } } }";
        var given = Given.Source("").WithLibrary($"namespace Acme.Net {body} namespace System.Net.Fresh {body} namespace Microsoft.Acme {body} namespace SystemX {body}");

        Assert.NotNull(given.Find("Acme.Net.WireLink"));
        Assert.NotNull(given.Find("SystemX.WireLink"));
        Assert.Null(given.Find("System.Net.Fresh.WireLink"));
        Assert.Null(given.Find("Microsoft.Acme.WireLink"));
        Assert.Equal(Role.Send, given.Roles("Acme.Net.WireLink", "Send"));
        Assert.Equal(Role.None, given.Roles("Microsoft.Acme.WireLink", "Send"));
        Assert.NotNull(Given.Source($"namespace Microsoft.Acme {body}").Find("Microsoft.Acme.WireLink"));
    }

    [Theory]
    [InlineData("struct")]
    [InlineData("static class")]
    public void Only_classes_and_interfaces_are(string kind)
    {
        var modifier = kind == "struct" ? "" : "static";
        Assert.Null(Find($"{kind} PlcLink {{ public {modifier} void Send() {{ }} public {modifier} bool IsOpen => true; public {modifier} void Close() {{ }} }}", "PlcLink"));
    }

    [Theory]
    [InlineData("public void Send() { }", "Send", (int)Role.Send)]
    [InlineData("public Task RequestAsync(int n) => null;", "RequestAsync", (int)Role.Send)]
    [InlineData("public void BeginSend() { }", "BeginSend", (int)Role.Send)]
    [InlineData("public bool TrySend() => true;", "TrySend", (int)Role.Quiet)]
    [InlineData("public bool TryConnect() => true;", "TryConnect", (int)(Role.Quiet | Role.Open))]
    [InlineData("private void SendRaw() { }", "SendRaw", (int)Role.None)]
    [InlineData("public static void SendAll() { }", "SendAll", (int)Role.None)]
    [InlineData("public void RequestStop() { }", "RequestStop", (int)Role.Close)]
    [InlineData("public void Terminate() { }", "Terminate", (int)Role.None)]
    [InlineData("public Task OpenAsync() => null;", "OpenAsync", (int)Role.Open)]
    [InlineData("public bool ConnectTo(string host) => true;", "ConnectTo", (int)Role.Open)]
    [InlineData("public string Connect() => null;", "Connect", (int)Role.Open)]
    [InlineData("public void Start() { }", "Start", (int)Role.Open)]
    [InlineData("public void Dial(int n) { }", "Dial", (int)Role.Open)]
    [InlineData("public string ConnectionString() => null;", "ConnectionString", (int)Role.None)]
    [InlineData("public IList<int> OpenStream() => null;", "OpenStream", (int)Role.Use)]
    [InlineData("public static Task<WireLink> DialAsync() => null;", "DialAsync", (int)Role.Create)]
    [InlineData("public static WireLink New() => null;", "New", (int)Role.None)]
    [InlineData("public void Query() { }", "Query", (int)Role.Use)]
    [InlineData("public void On(string name, Action<int> handler) { }", "On", (int)Role.Registers)]
    [InlineData("public void On(string name) { }", "On", (int)Role.None)]
    [InlineData("public Task<bool> PingAsync() => null;", "PingAsync", (int)Role.Alive)]
    [InlineData("public bool Poll() => true;", "Poll", (int)Role.Alive)]
    [InlineData("public Task EnsureConnectedAsync() => null;", "EnsureConnectedAsync", (int)Role.Ensures)]
    [InlineData("public void ReceiveAsync() { }", "ReceiveAsync", (int)Role.Receive)]
    [InlineData("public void ReadFrame() { }", "ReadFrame", (int)Role.Receive)]
    [InlineData("public bool IsOpen => true;", "IsOpen", (int)Role.State)]
    [InlineData("public bool IsDisposed => true;", "IsDisposed", (int)Role.State)]
    [InlineData("public bool IsBusy => true;", "IsBusy", (int)Role.None)]
    [InlineData("public Stream Stream => null;", "Stream", (int)Role.Accessor)]
    [InlineData("public NetworkStream GetStream() => null;", "GetStream", (int)Role.Accessor)]
    [InlineData("public event Action Error;", "Error", (int)Role.Error)]
    [InlineData("public event Action OnError;", "OnError", (int)Role.Error)]
    [InlineData("public event Action ErrorOccurred;", "ErrorOccurred", (int)Role.Error)]
    [InlineData("public event Action ErrorReceivedAsync;", "ErrorReceivedAsync", (int)Role.Error)]
    [InlineData("public event Action Faulted;", "Faulted", (int)Role.Error)]
    [InlineData("public event Action ConnectionFailed;", "ConnectionFailed", (int)Role.Error)]
    [InlineData("public event Action CallbackException;", "CallbackException", (int)Role.Error)]
    [InlineData("public Action<Exception> OnError { get; set; }", "OnError", (int)Role.Error)]
    [InlineData("public event Action Closed;", "Closed", (int)Role.Ended)]
    [InlineData("public event Action OnClose;", "OnClose", (int)Role.Ended)]
    [InlineData("public event Action DisconnectedAsync;", "DisconnectedAsync", (int)Role.Ended)]
    [InlineData("public event Action SessionClosed;", "SessionClosed", (int)Role.Ended)]
    [InlineData("public Task Completion => null;", "Completion", (int)Role.Ended)]
    [InlineData("public event Action Connected;", "Connected", (int)Role.Ready)]
    [InlineData("public event Action OnOpen;", "OnOpen", (int)Role.Ready)]
    [InlineData("public event Action Reconnected;", "Reconnected", (int)Role.Ready)]
    [InlineData("public event Action MessageReceived;", "MessageReceived", (int)Role.None)]
    public void A_convention_s_members_have_roles_by_name(string member, string name, int roles)
    {
        var given = Given.Source($"class WireLink {{ public void SendIt() {{ }} public bool IsUsable => true; public void CloseIt() {{ }} {member} }}");
        Assert.NotNull(given.Find("WireLink"));
        Assert.Equal((Role)roles, given.Roles("WireLink", name));
    }

    [Fact]
    public void Members_of_what_is_no_connection_have_none()
    {
        var given = Given.Source("class Mailer { public void Send() { } public bool IsOpen => true; public event Action Error; public void Dispose() { } }");
        foreach (var name in (string[])["Send", "IsOpen", "Error", "Dispose"]) Assert.Equal(Role.None, given.Roles("Mailer", name));
    }

    [Fact]
    public void A_factory_without_a_body_creates_open()
    {
        var given = Given.Source("""
            interface IWireLink : IDisposable { void Send(); bool IsOpen { get; } }
            interface IDialer { Task<IWireLink> OpenAsync(string host); IWireLink Connect(); IWireLink Get(); string OpenDoor(); }
            class Dialer : IDialer { public Task<IWireLink> OpenAsync(string host) => null; public IWireLink Connect() => null; public IWireLink Get() => null; public string OpenDoor() => ""; public IWireLink ConnectNow() => null; }
            """);
        Assert.Equal(Role.Create, given.Roles("IDialer", "OpenAsync"));
        Assert.Equal(Role.Create, given.Roles("IDialer", "Connect"));
        Assert.Equal(Role.None, given.Roles("IDialer", "Get"));
        Assert.Equal(Role.None, given.Roles("IDialer", "OpenDoor"));
        Assert.Equal(Role.None, given.Roles("Dialer", "ConnectNow"));
    }

    [Fact]
    public void A_library_s_extension_sends_on_its_first_parameter()
    {
        const string source = """
            namespace Acme {
            public class WireLink { public void Send() { } public bool IsOpen => true; public void Close() { } }
            public static class WireLinkExtensions { public static void SendText(this WireLink link, string text) { } public static void SendText(this string text) { } } }
            """;
        var library = Given.Source("").WithLibrary(source);
        Assert.Equal([Role.Send, Role.None], library.Members("Acme.WireLinkExtensions", "SendText").Select(m => library.Catalogue.Of(m).Roles));
        Assert.Equal(Role.None, Given.Source(source).Roles("Acme.WireLinkExtensions", "SendText"));
    }

    [Fact]
    public void The_message_stream_of_the_incident_is_a_connection()
    {
        var given = Given.Source("""
            public enum WriteStatus { Writable, Closing, Closed }
            public interface IMessageStream { event EventHandler? Drain; WriteStatus WriteStatus { get; } bool Send(ReadOnlyMemory<byte> data); }
            public abstract class AbstractMessageStream : IMessageStream
            {
                public event EventHandler? Drain;
                public WriteStatus WriteStatus { get; protected set; }
                public bool Send(ReadOnlyMemory<byte> data) => SendData(data);
                protected abstract bool SendData(ReadOnlyMemory<byte> data);
                private void ContinueSendingOnDrain(object? sender, EventArgs e) { }
            }
            """);
        Assert.Equal(Source.Convention, given.Find("IMessageStream")?.Source);
        Assert.NotNull(given.Find("AbstractMessageStream"));
        Assert.Equal(Role.Send, given.Roles("AbstractMessageStream", "Send"));
        Assert.Equal(Role.Send, given.Roles("AbstractMessageStream", "SendData"));
        Assert.Equal(Role.None, given.Roles("AbstractMessageStream", "ContinueSendingOnDrain"));
        Assert.True(given.IsUsable("AbstractMessageStream", "WriteStatus", 0));
        Assert.False(given.IsUsable("AbstractMessageStream", "WriteStatus", 1));
        Assert.False(given.IsUsable("AbstractMessageStream", "WriteStatus", 2));
    }
}
