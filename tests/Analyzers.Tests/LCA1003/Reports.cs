namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>A connection that is made here stays open where opening it fails.</summary>
public class Reports
{
    internal static string Dialer(string body, string members = "") => $$"""
        using System.Net;
        using System.Net.Security;
        class Dialer
        {
            private readonly EndPoint _peer = new DnsEndPoint("peer", 80);
            private readonly List<object> _kept = [];

            {{body}}

            {{members}}
        }

        sealed class Channel(Socket socket) : IDisposable
        {
            public Socket Socket { get; } = socket;
            public void Dispose() => Socket.Dispose();
        }
        """;

    private const string New = "{|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}";

    [Theory]
    [InlineData("async Task<Socket> M(CancellationToken stop) { var s = " + New + "; await s.ConnectAsync(_peer, stop); return s; }")]
    [InlineData("async Task<Socket> M() { var s = " + New + "; await s.ConnectAsync(_peer).ConfigureAwait(false); return s; }")]
    [InlineData("async Task<Socket> M(Task other) { var s = " + New + "; var both = Task.WhenAll(other, s.ConnectAsync(_peer)); await both; return s; }")]
    [InlineData("Channel M() { var s = " + New + "; s.Connect(_peer); return new Channel(s); }")]
    [InlineData("Socket M() { var s = " + New + "; s.Bind(_peer); s.Listen(); return s; }")]
    [InlineData("TcpListener M() { var l = {|LCA1003:new TcpListener(IPAddress.Any, 80)|}; l.Start(); return l; }")]
    [InlineData("UdpClient M() { var u = {|LCA1003:new UdpClient()|}; u.Connect(\"peer\", 7); return u; }")]
    [InlineData("async Task<WireClient> M() { var w = {|LCA1003:new WireClient()|}; await w.OpenAsync(); return w; }")]
    // The callee answers what it was given.
    [InlineData("Socket M() { var s = " + New + "; return Started(s); } Socket Started(Socket s) { s.Bind(_peer); s.Listen(); return s; }")]
    [InlineData("Socket M() => Started(" + New + "); Socket Started(Socket s) { s.Bind(_peer); s.Listen(); return s; }")]
    [InlineData("async Task<Socket> M() { var s = " + New + "; return await ConnectedAsync(s); } async Task<Socket> ConnectedAsync(Socket s) { await s.ConnectAsync(_peer); return s; }")]
    // The stream takes over what it is given, and says so.
    [InlineData("async Task M(TcpListener l) { while (true) { var accepted = await l.AcceptSocketAsync(); _ = HandleAsync(accepted); } } async Task HandleAsync(Socket given) { var tls = {|LCA1003:new SslStream(new NetworkStream(given, ownsSocket: true))|}; await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions()); using (tls) await tls.CopyToAsync(tls); }")]
    public Task Nobody_closes_it(string body) => Case.HoldsAsync(Dialer(body));

    [Theory]
    // What the catch does not see leaves with the socket open.
    [InlineData("async Task<Socket> M(CancellationToken stop) { var s = " + New + "; try { await s.ConnectAsync(_peer, stop); } catch (SocketException) { s.Dispose(); throw; } return s; }")]
    [InlineData("async Task<Socket> M(CancellationToken stop) { var s = " + New + "; try { await s.ConnectAsync(_peer, stop); } catch (Exception e) when (e is not OperationCanceledException) { s.Dispose(); throw; } return s; }")]
    [InlineData("async Task<Socket> M() { var s = " + New + "; try { await s.ConnectAsync(_peer).WaitAsync(TimeSpan.FromSeconds(3)); } catch (SocketException) { s.Dispose(); throw; } return s; }")]
    [InlineData("Socket M() { var s = " + New + "; try { s.Connect(_peer); } catch { if (s.Connected) s.Close(); throw; } return s; }")]
    // The failure is kept, and thrown on with nobody closing.
    [InlineData("Stream M() { Exception? f = null; Stream? n = null; try { var c = {|LCA1003:new TcpClient()|}; c.Connect(\"peer\", 80); n = c.GetStream(); } catch (Exception e) { f = e; } if (f is null) return n!; throw f; }")]
    // The handshake fails on what has connected.
    [InlineData("async Task<Stream> M() { var c = {|LCA1003:new TcpClient()|}; try { await c.ConnectAsync(\"peer\", 443); var tls = new SslStream(c.GetStream()); await tls.AuthenticateAsClientAsync(\"peer\"); return tls; } finally { if (!c.Connected) c.Dispose(); } }")]
    [InlineData("Socket M() { var s = " + New + "; try { s.Connect(_peer); } catch { s.Shutdown(SocketShutdown.Both); throw; } return s; }")]
    [InlineData("Socket? M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch (Exception e) { Console.WriteLine(e); return null; } }")]
    [InlineData("Socket M() { var ok = false; var s = " + New + "; try { s.Connect(_peer); ok = true; return s; } finally { if (ok) Console.WriteLine(s); } }")]
    [InlineData("bool M(out Socket? open) { open = " + New + "; try { open.Connect(_peer); return true; } catch (SocketException) { open = null; return false; } }")]
    [InlineData("void M(out Socket open) { open = " + New + "; open.Connect(_peer); }")]
    [InlineData("Socket M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch (Exception e) when (Is(e)) { s.Dispose(); throw; } static bool Is(Exception e) => e is SocketException { ErrorCode: 1 }; }")]
    // Whoever takes the registration back is answerable again.
    [InlineData("async Task<Socket> M(CancellationToken stop) { var s = " + New + "; using (stop.Register(() => s.Close())) await s.ConnectAsync(_peer); return s; }")]
    [InlineData("async Task<Socket?> M(CancellationToken stop) { var s = " + New + "; using var told = stop.Register(() => Console.WriteLine(s.Handle)); try { await s.ConnectAsync(_peer, stop); } catch (SocketException) { s.Dispose(); return null; } return s; }")]
    public Task Some_failure_is_forgotten(string body) => Case.HoldsAsync(Dialer(body));

    [Theory]
    // An attempt for each address: the one before is lost.
    [InlineData("Socket M(IPAddress[] all) { for (var i = 0; i < all.Length; i++) { var s = " + New + "; try { s.Connect(all[i], 80); return s; } catch (SocketException) { if (i == all.Length - 1) throw; } } throw new IOException(); }")]
    [InlineData("Socket? M(IPAddress[] all) { foreach (var a in all) { var s = " + New + "; try { s.Connect(a, 80); return s; } catch (SocketException) { } } return null; }")]
    // The helper's parameter has the name of the variable.
    [InlineData("Socket? M(IPAddress[] all) { foreach (var a in all) { var s = " + New + "; if (Try(s, a)) return s; } return null; static bool Try(Socket s, IPAddress a) { try { s.Connect(a, 80); return true; } catch (SocketException) { return false; } } }")]
    public Task Attempt_after_attempt(string body) => Case.HoldsAsync(Dialer(body));

    [Theory]
    [InlineData("async Task<Stream> M() { var c = {|LCA1003:new TcpClient(\"peer\", 443)|}; var tls = new SslStream(c.GetStream()); await tls.AuthenticateAsClientAsync(\"peer\"); return tls; }")]
    [InlineData("async Task<Stream> M() { var c = {|LCA1003:new TcpClient(\"peer\", 443)|}; var tls = new SslStream(c.GetStream(), leaveInnerStreamOpen: true); try { await tls.AuthenticateAsClientAsync(\"peer\"); } catch { tls.Dispose(); throw; } return tls; }")]
    [InlineData("async Task<Stream> M(TcpListener l) { var c = await {|LCA1003:l.AcceptTcpClientAsync()|}; var tls = new SslStream(c.GetStream()); await tls.AuthenticateAsServerAsync(null!); return tls; }")]
    [InlineData("async Task<Stream> M() { var s = " + New + "; try { s.Connect(_peer); } catch { s.Dispose(); throw; } var tls = new SslStream(new NetworkStream(s)); try { await tls.AuthenticateAsClientAsync(\"peer\"); } catch { tls.Dispose(); throw; } return tls; }")]
    public Task The_handshake_fails(string body) => Case.HoldsAsync(Dialer(body));

    [Theory]
    [InlineData("Socket M() { var s = {|LCA1003:Make()|}; s.Connect(_peer); return s; }", "static Socket Make() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); s.NoDelay = true; return s; }")]
    [InlineData("Socket M() { var s = {|LCA1003:Make()|}; s.Connect(_peer); return s; }", "static Socket Make() => new(SocketType.Stream, ProtocolType.Tcp);")]
    [InlineData("Socket M() { var s = " + New + "; Open(s); return s; }", "void Open(Socket s) { s.Bind(_peer); s.Listen(); }")]
    [InlineData("async Task<Socket> M() { var s = " + New + "; await OpenAsync(s); return s; }", "async Task OpenAsync(Socket s) => await s.ConnectAsync(_peer);")]
    [InlineData("Socket M() { var s = " + New + "; Open(); return s; void Open() => s.Connect(_peer); }", "")]
    [InlineData("async Task<Socket> M() { var s = " + New + "; await Task.Run(() => s.Connect(_peer)); return s; }", "")]
    [InlineData("Greeted M() { var s = " + New + "; try { s.Connect(_peer); } catch { s.Dispose(); throw; } return new Greeted(s); }", "sealed class Greeted { readonly SslStream _tls; public Greeted(Socket s) { _tls = new SslStream(new NetworkStream(s, true)); _tls.AuthenticateAsClient(\"peer\"); } }")]
    public Task Others_help(string body, string members) => Case.HoldsAsync(Dialer(body, members));

    [Theory]
    [InlineData("async Task<TcpClient> M() { var c = {|LCA1003:new TcpClient()|}; var connect = c.ConnectAsync(\"peer\", 80); if (await Task.WhenAny(connect, Task.Delay(1000)) != connect) throw new TimeoutException(); await connect; return c; }")]
    [InlineData("TcpClient M() { var c = {|LCA1003:new TcpClient()|}; var connect = c.ConnectAsync(\"peer\", 80); connect.Wait(); return c; }")]
    public Task Given_up_or_waited_for(string body) => Case.HoldsAsync(Dialer(body));

    [Fact]
    public Task A_field_that_nobody_closes() => Case.HoldsAsync("class C { private TcpClient? _client; public void Open() { _client = {|LCA1003:new TcpClient()|}; _client.Connect(\"peer\", 80); } public bool On => _client is not null; }");

    [Fact]
    public Task An_own_connection_with_a_socket_in_it() => Case.HoldsAsync("""
        class Link : IDisposable
        {
            private readonly TcpClient _inner = new();
            public bool IsOpen => _inner.Connected;
            public void Open() => _inner.Connect("peer", 80);
            public void Send(string text) => _inner.GetStream().WriteByte(1);
            public void Dispose() => _inner.Dispose();
        }
        class C { public Link Dial() { var link = {|LCA1003:new Link()|}; link.Open(); return link; } }
        """);

    [Fact]
    public Task Words() => Case.HoldsAsync("class C { Socket M() { var s = {|#0:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; {|#1:s.Connect(\"peer\", 80)|}; return s; } }",
        Case.Diagnostic("LCA1003").WithLocation(0).WithLocation(1).WithMessage("The 'Socket' that is made here stays open when 'Connect' fails"));

    private const string Library = """
        namespace MQTTnet
        {
            public class MqttFactory { public MQTTnet.Client.IMqttClient CreateMqttClient() => throw new NotImplementedException(); }
        }
        namespace MQTTnet.Client
        {
            public interface IMqttClient : IDisposable { Task ConnectAsync(CancellationToken stop); }
        }
        namespace Renci.SshNet
        {
            public class BaseClient : IDisposable { public void Connect() => throw new NotImplementedException(); public void Dispose() { } }
            public class SshClient : BaseClient { public SshClient(string host) { } }
        }
        namespace WebSocketSharp
        {
            public class WebSocket : IDisposable { public WebSocket(string url) { } public void Connect() => throw new NotImplementedException(); public void Dispose() { } }
        }
        """;

    [Theory]
    [InlineData("Renci.SshNet.SshClient M() { var ssh = {|LCA1003:new Renci.SshNet.SshClient(\"a\")|}; ssh.Connect(); return ssh; }")]
    [InlineData("async Task<MQTTnet.Client.IMqttClient> M(MQTTnet.MqttFactory f, CancellationToken stop) { var mqtt = {|LCA1003:f.CreateMqttClient()|}; await mqtt.ConnectAsync(stop); return mqtt; }")]
    [InlineData("async Task<MQTTnet.Client.IMqttClient> M(MQTTnet.MqttFactory f, CancellationToken stop) { var mqtt = f.CreateMqttClient(); try { await mqtt.ConnectAsync(stop); return mqtt; } catch { mqtt.Dispose(); throw; } }")]
    // It lives as long as its owner.
    [InlineData("MQTTnet.Client.IMqttClient? _mqtt; async Task M(MQTTnet.MqttFactory f, CancellationToken stop) { _mqtt = f.CreateMqttClient(); await _mqtt.ConnectAsync(stop); }")]
    // Its connect tells by an event.
    [InlineData("WebSocketSharp.WebSocket M() { var ws = new WebSocketSharp.WebSocket(\"a\"); ws.Connect(); return ws; }")]
    public Task A_library_client(string member) => Case.HoldsAsync(Library + "class Site { " + member + " }");

    /// <summary>The type would close its field, but by then there is nothing in it.</summary>
    [Theory]
    [InlineData("catch (Exception e) { Console.WriteLine(e); _field = null; return; }")]
    [InlineData("catch (SocketException) { this._field = null!; throw; }")]
    [InlineData("catch { _field = null; }")]
    public Task A_field_that_is_set_to_null_when_opening_fails(string handler) => Case.HoldsAsync(Dialer(
        "void M() { try { _field = {|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; _field.Bind(_peer); _field.Listen(5); } " + handler + " }", "Socket? _field; public void Stop() => _field?.Close();"));

    /// <summary>The clause calls what always throws: what stands behind it is never reached, and nobody closes.</summary>
    [Theory]
    [InlineData("static void Fail(Exception e) { throw new InvalidOperationException(e.Message, e); }")]
    [InlineData("static void Fail(Exception e) => throw new InvalidOperationException(e.Message, e);")]
    [InlineData("static void Fail(SocketException e) { switch (e.ErrorCode) { case 1: throw new TimeoutException(); default: Wrap(e); break; } } static void Wrap(Exception e) { throw new InvalidOperationException(e.Message, e); }")]
    public Task A_helper_that_always_throws(string helper) => Case.HoldsAsync(Dialer("Stream M() { var s = {|LCA1003:new Socket(SocketType.Stream, ProtocolType.Tcp)|}; try { s.Connect(_peer); } catch (SocketException e) { Fail(e); } return new NetworkStream(s, true); }", helper));

    [Theory]
    [InlineData("static void Fail(Exception e) { Console.WriteLine(e); }")]
    [InlineData("static void Fail(Exception e) { if (e is SocketException) return; throw new InvalidOperationException(); }")]
    public Task A_helper_that_comes_back(string helper) => Case.SilentAsync(Dialer("Stream M() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect(_peer); } catch (SocketException e) { Fail(e); } return new NetworkStream(s, true); }", helper));
}
