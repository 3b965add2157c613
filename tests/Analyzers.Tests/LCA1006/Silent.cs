namespace LifecycleAnalyzers.Tests.LCA1006;

/// <summary>Whatever becomes of the second, the first is seen to.</summary>
public class Silent
{
    [Theory]
    [InlineData("async Task HandleAsync(TcpClient client) { using (client) { using var up = new TcpClient(); await up.ConnectAsync(\"peer\", 80); await client.GetStream().CopyToAsync(up.GetStream()); } }")]
    [InlineData("async Task HandleAsync(TcpClient client) { using var owned = client; using var up = new TcpClient(); await up.ConnectAsync(\"peer\", 80); }")]
    [InlineData("async Task HandleAsync(TcpClient client) { try { using var up = new TcpClient(); await up.ConnectAsync(\"peer\", 80); } catch (Exception e) { Console.WriteLine(e); } finally { client.Dispose(); } }")]
    [InlineData("async Task ServeAsync(Socket client) { var up = await TryDialAsync(); if (up is null) { client.Dispose(); return; } await PumpAsync(client, up); client.Dispose(); }")]
    [InlineData("async Task ServeAsync(Socket client) { Socket up; try { up = await DialAsync(); } catch { client.Dispose(); throw; } await PumpAsync(client, up); }")]
    [InlineData("async Task ServeAsync(Socket client) { Socket up; try { up = await DialAsync(); } catch (Exception e) { Refuse(client, e); return; } await PumpAsync(client, up); } static void Refuse(Socket s, Exception e) { Console.WriteLine(e); s.Close(); }")]
    public Task It_is_closed(string members) => Case.SilentAsync(Reports.Proxy(members));

    [Fact]
    public Task A_web_server_ends_what_it_upgraded_with_the_request() => Case.SilentAsync(Reports.Proxy("""
        async Task InvokeAsync(Microsoft.AspNetCore.Http.HttpContext context)
        {
            var browser = await context.WebSockets.AcceptWebSocketAsync();
            using var up = await DialAsync();
            await up.SendAsync(new byte[1]);
            browser.Dispose();
        }
        """));

    /// <summary>What accepts is no half of a pair, though its type be that of one.</summary>
    [Theory]
    [InlineData("async Task RunOneAsync(Socket listener) { using var client = await listener.AcceptAsync(); using var up = await DialAsync(); await PumpAsync(client, up); }")]
    [InlineData("async Task ServeOneAsync(Socket s) { s.Listen(); using var up = await DialAsync(); up.Close(); }")]
    public Task A_listener(string members) => Case.SilentAsync(Reports.Proxy(members));

    [Theory]
    // The caller has it in a using, or closes it.
    [InlineData("async Task RunAsync(TcpListener l) { using var client = await l.AcceptSocketAsync(); await OneAsync(client); } async Task OneAsync(Socket client) { using var up = await DialAsync(); client.Close(); }")]
    [InlineData("async Task RunAsync(TcpListener l) { var client = await l.AcceptSocketAsync(); try { await OneAsync(client); } finally { client.Dispose(); } } async Task OneAsync(Socket client) { using var up = await DialAsync(); client.Close(); }")]
    // It only looks at what it is given.
    [InlineData("async Task<string> LookUpAsync(Socket client) { using var up = await DialAsync(); return client.RemoteEndPoint + \"\"; }")]
    // It hands out what it makes.
    [InlineData("static bool TryServe(string host, out TcpClient? client) { client = new TcpClient { NoDelay = true }; try { client.Connect(host, 80); return true; } catch (SocketException) { client.Dispose(); client = null; return false; } catch { client.Dispose(); throw; } }")]
    [InlineData("static bool TryServe(string host, out TcpClient? client) { client = new TcpClient(); try { client.Connect(host, 80); return true; } catch (SocketException) { client.Dispose(); client = null; return false; } catch { client.Dispose(); throw; } }")]
    // Its own receive is no second connection.
    [InlineData("async Task<int> PeekAsync(Socket s) { var part = new byte[9]; var task = s.ReceiveAsync(part); if (await Task.WhenAny(task, Task.Delay(9)) != task) { s.Close(); return 0; } return await task; }")]
    // The next accept is no second half of the last.
    [InlineData("async Task RunAsync(Socket l, Task stop) { while (!stop.IsCompleted) { var next = l.AcceptAsync(); if (await Task.WhenAny(stop, next) == next) { var client = await next; ThreadPool.QueueUserWorkItem(_ => Serve(client)); } } } void Serve(Socket client) { using (client) client.Send(new byte[1]); }")]
    // The one that is accepted goes on to its own handler before anything can fail.
    [InlineData("async Task RunAsync(TcpListener l) { while (true) { var client = await l.AcceptSocketAsync(); _ = OneAsync(client); var other = await DialAsync(); other.Dispose(); } } async Task OneAsync(Socket client) { using (client) await Task.Yield(); }")]
    public Task It_is_not_this_methods(string members) => Case.SilentAsync(Reports.Proxy(members));

    [Theory]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a)); static async Task CopyAsync(TcpClient from, TcpClient to) { try { await from.GetStream().CopyToAsync(to.GetStream()); } finally { from.Close(); to.Close(); } } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a)); static async Task CopyAsync(TcpClient from, TcpClient to) { await from.GetStream().CopyToAsync(to.GetStream()); to.Client.Shutdown(SocketShutdown.Send); } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a)); } async Task CopyAsync(TcpClient from, TcpClient to) { try { await from.GetStream().CopyToAsync(to.GetStream()); } finally { Over(from, to); } } void Over(TcpClient from, TcpClient to) { from.Close(); to.Close(); }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { using var both = new CancellationTokenSource(); await Task.WhenAll(CopyAsync(a, b), CopyAsync(b, a)); async Task CopyAsync(TcpClient from, TcpClient to) { try { await from.GetStream().CopyToAsync(to.GetStream(), both.Token); } finally { both.Cancel(); } } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await Task.WhenAny(a.GetStream().CopyToAsync(b.GetStream()), b.GetStream().CopyToAsync(a.GetStream())); a.Dispose(); b.Dispose(); }")]
    // The first has ended, the other is told to, and then both are waited for.
    [InlineData("async Task M(TcpClient a, TcpClient b, CancellationTokenSource cts) { using (a) using (b) { var x = a.GetStream().CopyToAsync(b.GetStream(), cts.Token); var y = b.GetStream().CopyToAsync(a.GetStream(), cts.Token); await Task.WhenAny(x, y); await cts.CancelAsync(); await Task.WhenAll(x, y); } }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { var x = a.GetStream().CopyToAsync(b.GetStream()); var y = b.GetStream().CopyToAsync(a.GetStream()); await Task.WhenAny(x, y); a.Close(); b.Close(); await Task.WhenAll(x, y); }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { var (x, y) = (a.GetStream(), b.GetStream()); await Task.WhenAny(x.CopyToAsync(y), y.CopyToAsync(x)); a.Close(); b.Close(); }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { using (a) using (b) await Task.WhenAny(a.GetStream().CopyToAsync(b.GetStream()), b.GetStream().CopyToAsync(a.GetStream())); }")]
    // The streams take their connections along.
    [InlineData("async Task M(Socket a, Socket b) { using var x = new NetworkStream(a, ownsSocket: true); using var y = new NetworkStream(b, true); await Task.WhenAny(x.CopyToAsync(y), y.CopyToAsync(x)); }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { using var x = a.GetStream(); using var y = b.GetStream(); await Task.WhenAny(x.CopyToAsync(y), y.CopyToAsync(x)); }")]
    [InlineData("async Task M(Socket a, Socket b) { await Task.WhenAll(ThereAsync(), BackAsync()); async Task ThereAsync() { try { var part = new byte[9]; while (await a.ReceiveAsync(part) > 0) await b.SendAsync(part); } finally { b.Close(); } } async Task BackAsync() { try { var part = new byte[9]; while (await b.ReceiveAsync(part) > 0) await a.SendAsync(part); } finally { a.Close(); } } }")]
    [InlineData("async Task M(Socket a, Socket b) { await Task.WhenAll(ReadAsync(), WriteAsync()); async Task ReadAsync() => await a.ReceiveAsync(new byte[9]); async Task WriteAsync() => await a.SendAsync(new byte[9]); }")]
    // No relay: the same direction twice, or no directions at all.
    [InlineData("async Task M(TcpClient a, TcpClient b, TcpClient c) { await Task.WhenAll(a.GetStream().CopyToAsync(b.GetStream()), a.GetStream().CopyToAsync(c.GetStream())); }")]
    [InlineData("async Task M(TcpClient a, TcpClient b) { await Task.WhenAll(a.ConnectAsync(\"peer\", 80), b.ConnectAsync(\"peer\", 80)); }")]
    public Task A_relay_that_ends(string member) => Case.SilentAsync(Reports.Proxy(member));

    /// <summary>The web server's own connection ends when its handler returns; and who cancels what goes on and waits for it has ended it.</summary>
    [Theory]
    [InlineData("async Task OnAsync(System.IO.Pipelines.IDuplexPipe c) { using var up = new TcpClient(); await up.ConnectAsync(\"peer\", 80); var s = up.GetStream(); await Task.WhenAny(System.IO.Pipelines.PipeReader.Create(s).CopyToAsync(c.Output), c.Input.CopyToAsync(s)); }")]
    [InlineData("async Task RunAsync(Stream a, Stream b) { using var end = new CancellationTokenSource(); var one = a.CopyToAsync(b, end.Token); var two = b.CopyToAsync(a, end.Token); await Task.WhenAny(one, two); end.Cancel(); await Task.WhenAll(one, two); }")]
    public Task A_relay_that_somebody_ends(string members) => Case.SilentAsync(Reports.Proxy(members));
}
