namespace LifecycleAnalyzers.Tests.LCA1006;

/// <summary>The second connection fails, and the first stays behind.</summary>
public class Reports
{
    internal static string Proxy(string members) => $$"""
        class Proxy
        {
            {{members}}

            static async Task<Socket> DialAsync()
            {
                var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { await s.ConnectAsync("peer", 80); return s; } catch { s.Dispose(); throw; }
            }

            static async Task<Socket?> TryDialAsync()
            {
                var s = new Socket(SocketType.Stream, ProtocolType.Tcp);
                try { await s.ConnectAsync("peer", 80); return s; } catch (SocketException) { s.Dispose(); return null; }
            }

            static async Task PumpAsync(Socket a, Socket b)
            {
                using (a) using (b) await new NetworkStream(a).CopyToAsync(new NetworkStream(b));
            }
        }
        """;

    [Theory]
    [InlineData("async Task HandleAsync(TcpClient client) { using var up = new TcpClient(); await {|LCA1006:up.ConnectAsync(\"peer\", 80)|}; await client.GetStream().CopyToAsync(up.GetStream()); client.Close(); }")]
    [InlineData("async Task HandleAsync(TcpClient client) { using var up = new TcpClient(); try { await {|LCA1006:up.ConnectAsync(\"peer\", 80)|}; } catch (SocketException) { return; } using (client) await client.GetStream().CopyToAsync(up.GetStream()); }")]
    [InlineData("async Task HandleAsync(TcpClient client, CancellationToken stop) { using var up = new TcpClient(); try { await {|LCA1006:up.ConnectAsync(\"peer\", 80, stop)|}; } catch (SocketException) { client.Dispose(); return; } using (client) await client.GetStream().CopyToAsync(up.GetStream()); }")]
    [InlineData("async Task ServeAsync(Socket client) { var up = await {|LCA1006:DialAsync()|}; await PumpAsync(client, up); client.Dispose(); }")]
    [InlineData("async Task ServeAsync(Socket client) { var up = await {|LCA1006:TryDialAsync()|}; if (up is null) return; await PumpAsync(client, up); client.Dispose(); }")]
    [InlineData("void Handle(TcpClient client) { TcpClient up; try { up = {|LCA1006:new TcpClient(\"peer\", 80)|}; } catch (SocketException) { return; } using (client) using (up) client.GetStream().CopyTo(up.GetStream()); }")]
    // A TLS stream that leaves the inner one open closes nothing.
    [InlineData("async Task HandleAsync(TcpClient client) { await using var tls = new System.Net.Security.SslStream(client.GetStream(), leaveInnerStreamOpen: true); using var up = new TcpClient(); await {|LCA1006:up.ConnectAsync(\"peer\", 80)|}; await tls.CopyToAsync(up.GetStream()); client.Close(); }")]
    public Task A_parameter_that_this_method_answers_for(string member) => Case.HoldsAsync(Proxy(member));

    [Theory]
    [InlineData("async Task RunAsync(TcpListener l) { while (true) { var client = await l.AcceptTcpClientAsync(); using var up = new TcpClient(); try { await {|LCA1006:up.ConnectAsync(\"peer\", 80)|}; using (client) await client.GetStream().CopyToAsync(up.GetStream()); } catch (SocketException) { } } }")]
    [InlineData("async Task RunAsync(TcpListener l) { while (true) { var client = await l.AcceptSocketAsync(); var up = await {|LCA1006:DialAsync()|}; _ = PumpAsync(client, up); } }")]
    [InlineData("async Task RunAsync(TcpListener l) { while (true) { var client = await l.AcceptSocketAsync(); _ = Task.Run(async () => { var up = await {|LCA1006:DialAsync()|}; await PumpAsync(client, up); }); } }")]
    [InlineData("async Task RunAsync(TcpListener l) { while (true) _ = OneAsync(await l.AcceptSocketAsync()); } async Task OneAsync(Socket client) { var up = await {|LCA1006:DialAsync()|}; await PumpAsync(client, up); }")]
    // Handed on and on: the last one has it.
    [InlineData("async Task RunAsync(TcpListener l) { while (true) _ = OneAsync(await l.AcceptSocketAsync()); } async Task OneAsync(Socket client) { await PassAsync(client); } async Task PassAsync(Socket client) { var up = await {|LCA1006:DialAsync()|}; await PumpAsync(client, up); }")]
    public Task Accepted_here(string members) => Case.HoldsAsync(Proxy(members));

    [Theory]
    [InlineData("async Task M(TcpClient a, TcpClient b) { using (a) using (b) await {|LCA1006:Task.WhenAll(a.GetStream().CopyToAsync(b.GetStream()), b.GetStream().CopyToAsync(a.GetStream()))|}; }")]
    [InlineData("async Task M(Socket a, Socket b) { await using var x = new NetworkStream(a, true); await using var y = new NetworkStream(b, true); var there = x.CopyToAsync(y); var back = y.CopyToAsync(x); await {|LCA1006:Task.WhenAll(there, back)|}; }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await {|LCA1006:Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a))|}; a.Dispose(); b.Dispose(); async Task CopyAsync(TcpClient from, TcpClient to) => await from.GetStream().CopyToAsync(to.GetStream()); }")]
    // The tasks in an array, and directions that know both sides without being given them.
    // What the copy does at its end has nothing to do with the other direction.
    [InlineData("async Task M(TcpClient a, TcpClient b) { await {|LCA1006:Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a))|}; static async Task CopyAsync(TcpClient from, TcpClient to) { var part = System.Buffers.ArrayPool<byte>.Shared.Rent(9); try { int n; while ((n = await from.GetStream().ReadAsync(part)) > 0) await to.GetStream().WriteAsync(part.AsMemory(0, n)); } finally { System.Buffers.ArrayPool<byte>.Shared.Return(part); } } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { var both = new[] { CopyAsync(a, b), CopyAsync(b, a) }; await {|LCA1006:Task.WhenAll(both)|}; static async Task CopyAsync(TcpClient from, TcpClient to) => await from.GetStream().CopyToAsync(to.GetStream()); }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { using (a) using (b) { var x = a.GetStream().CopyToAsync(b.GetStream()); var y = b.GetStream().CopyToAsync(a.GetStream()); await Task.WhenAny(x, y); await {|LCA1006:Task.WhenAll(x, y)|}; } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await {|LCA1006:Task.WhenAll([a.GetStream().CopyToAsync(b.GetStream()), b.GetStream().CopyToAsync(a.GetStream())])|}; }")]
    [InlineData("async Task M(Socket a, Socket b) { await {|LCA1006:Task.WhenAll(ThereAsync(), BackAsync())|}; async Task ThereAsync() { var part = new byte[9]; while (await a.ReceiveAsync(part) > 0) await b.SendAsync(part); } async Task BackAsync() { var part = new byte[9]; while (await b.ReceiveAsync(part) > 0) await a.SendAsync(part); } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { var open = 2; await {|LCA1006:Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a))|}; async Task CopyAsync(TcpClient from, TcpClient to) { await from.GetStream().CopyToAsync(to.GetStream()); if (--open > 0) return; from.Dispose(); to.Dispose(); } }")]
    // The streams leave the sockets as they are.
    [InlineData("async Task M(Socket a, Socket b) { using var x = new NetworkStream(a); using var y = new NetworkStream(b, ownsSocket: false); await {|LCA1006:Task.WhenAny(x.CopyToAsync(y), y.CopyToAsync(x))|}; }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await {|LCA1006:Task.WhenAny(a.GetStream().CopyToAsync(b.GetStream()), b.GetStream().CopyToAsync(a.GetStream()))|}; }")]
    public Task One_direction_does_not_end_the_other(string member) => Case.HoldsAsync(Proxy(member));

    /// <summary>Two things to be mended in one method.</summary>
    [Fact]
    public Task The_victim_and_the_relay() => Case.HoldsAsync(Proxy("async Task HandleAsync(TcpClient client) { using var up = new TcpClient(); await {|LCA1006:up.ConnectAsync(\"peer\", 80)|}; using (client) await {|LCA1006:Task.WhenAll(client.GetStream().CopyToAsync(up.GetStream()), up.GetStream().CopyToAsync(client.GetStream()))|}; }"));

    [Fact]
    public Task Words() => Case.HoldsAsync(Proxy("async Task HandleAsync(TcpClient client) { using var up = new TcpClient(); await {|#0:up.ConnectAsync(\"peer\", 80)|}; client.Close(); }"),
        Case.Diagnostic("LCA1006").WithLocation(0).WithMessage("When 'ConnectAsync' fails, 'client' is neither closed nor handed on"));

    [Fact]
    public Task Words_of_a_relay() => Case.HoldsAsync(Proxy("async Task M(TcpClient a, TcpClient b) { await {|#0:Task.WhenAll(a.GetStream().CopyToAsync(b.GetStream()), b.GetStream().CopyToAsync(a.GetStream()))|}; }"),
        Case.Diagnostic("LCA1006").WithLocation(0).WithMessage("When one direction ends, the other one between 'a' and 'b' goes on"));

    [Fact]
    public Task A_dialer_behind_a_contract() => Case.HoldsAsync("""
        interface IDialer { Task<Stream> DialAsync(string host, CancellationToken stop); }

        class Splice(IDialer dialer)
        {
            public async Task RunAsync(TcpListener listener, CancellationToken stop)
            {
                var client = await listener.AcceptTcpClientAsync(stop);
                await using var up = await {|LCA1006:dialer.DialAsync("peer", stop)|};
                await client.GetStream().CopyToAsync(up, stop);
                client.Close();
            }
        }
        """);
}
