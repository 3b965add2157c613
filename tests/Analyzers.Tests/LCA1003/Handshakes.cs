namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>A handshake of one's own: what is said and heard on the connection before anybody can use it.</summary>
public class Handshakes
{
    private static string Dialer(string dialling, string handshake) => $$"""
        using System.Net;
        using System.Net.Security;
        class Dialer
        {
            private readonly EndPoint _peer = new DnsEndPoint("peer", 80);
            private static readonly byte[] Hello = new byte[8];
            private static void Note(Exception e) => Console.WriteLine(e);

            private async Task<Socket> OpenAsync(CancellationToken c)
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { await socket.ConnectAsync(_peer, c); return socket; }
                catch { socket.Dispose(); throw; }
            }

            public async Task<Socket> DialAsync(CancellationToken c) { {{dialling}} }

            {{handshake}}
        }
        """;

    private const string Over = "await s.SendAsync(Hello, SocketFlags.None, c); if (await s.ReceiveAsync(Hello, SocketFlags.None, c) == 0) throw new IOException();";

    [Theory]
    [InlineData("var s = await {|LCA1003:OpenAsync(c)|}; await HandshakeAsync(s, c); return s;", "private static async Task HandshakeAsync(Socket s, CancellationToken c) { " + Over + " }")]
    [InlineData("var s = await {|LCA1003:OpenAsync(c)|}; await HandshakeAsync(s, c); return s;", "private static async Task HandshakeAsync(Socket s, CancellationToken c) => await SayAsync(s, c); private static async Task SayAsync(Socket s, CancellationToken c) { " + Over + " }")]
    [InlineData("var s = await {|LCA1003:OpenAsync(c)|}; await LoginAsync(new NetworkStream(s), c); return s;", "private static async Task LoginAsync(Stream s, CancellationToken c) { await s.WriteAsync(Hello, c); await s.ReadExactlyAsync(Hello, c); }")]
    [InlineData("var s = await {|LCA1003:OpenAsync(c)|}; var stream = new NetworkStream(s); Authenticate(stream); return s;", "private static void Authenticate(NetworkStream s) { s.Write(Hello); if (s.Read(Hello, 0, 8) == 0) throw new IOException(); }")]
    [InlineData("var s = await {|LCA1003:OpenAsync(c)|}; await SecureAsync(new SslStream(new NetworkStream(s))); return s;", "private static Task SecureAsync(SslStream s) => s.AuthenticateAsClientAsync(\"peer\");")]
    [InlineData("var s = await {|LCA1003:OpenAsync(c)|}; try { await ConnectThroughAsync(s, c); } catch (IOException) { s.Dispose(); throw; } return s;", "private static async Task ConnectThroughAsync(Socket s, CancellationToken c) { " + Over + " }")]
    public Task Fails_and_nobody_closes_it(string dialling, string handshake) => Case.HoldsAsync(Dialer(dialling, handshake));

    [Theory]
    [InlineData("var s = await OpenAsync(c); try { await HandshakeAsync(s, c); return s; } catch { s.Dispose(); throw; }", "private static async Task HandshakeAsync(Socket s, CancellationToken c) { " + Over + " }")]
    [InlineData("var s = await OpenAsync(c); await HandshakeAsync(s, c); return s;", "private static async Task HandshakeAsync(Socket s, CancellationToken c) { try { " + Over + " } catch { s.Dispose(); throw; } }")]
    [InlineData("var s = await OpenAsync(c); await HandshakeAsync(s, c); return s;", "private static async Task HandshakeAsync(Socket s, CancellationToken c) { try { " + Over + " } catch (Exception e) { Note(e); } }")]
    [InlineData("using var s = await OpenAsync(c); await HandshakeAsync(s, c); return null!;", "private static async Task HandshakeAsync(Socket s, CancellationToken c) { " + Over + " }")]
    // Who begins to use it has it.
    [InlineData("var s = await OpenAsync(c); await PublishAsync(s, c); return s;", "private static async Task PublishAsync(Socket s, CancellationToken c) { " + Over + " }")]
    [InlineData("var s = await OpenAsync(c); LogState(s); return s;", "private static void LogState(Socket s) => Console.WriteLine(s.Available);")]
    public Task Closed_or_not_a_handshake(string dialling, string handshake) => Case.SilentAsync(Dialer(dialling, handshake));

    /// <summary>Which handshake it is, derived classes say; who opens, a helper of the helper.</summary>
    [Theory]
    [InlineData("{|LCA1003:Open()|}", "s.Send(Hello)", "")]
    [InlineData("Open()", "Kept.Add(s)", "")]
    [InlineData("{|LCA1003:Open()|}", "Console.WriteLine(s.Available)", "")]
    [InlineData("Open()", "s.Send(Hello)", "s.Dispose();")]
    public Task By_derived_classes(string opened, string other, string failed) => Case.HoldsAsync($$"""
        using System.Net;
        abstract class Dialer
        {
            protected static readonly byte[] Hello = new byte[8];
            private Socket Open()
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { Reach(socket); return socket; } catch { socket.Dispose(); throw; }
            }

            private static void Reach(Socket socket) => socket.Connect(new DnsEndPoint("peer", 80));
            protected abstract void Handshake(Socket s);
            public Socket Dial() { var s = {{opened}}; try { Handshake(s); return s; } catch { {{failed}} throw; } }
        }

        class Plain : Dialer
        {
            protected override void Handshake(Socket s) { s.Send(Hello); if (s.Receive(Hello) == 0) throw new IOException(); }
        }

        class Other : Dialer
        {
            private static readonly List<Socket> Kept = [];
            protected override void Handshake(Socket s) { {{other}}; Console.WriteLine(Kept.Count); }
        }
        """);
}
