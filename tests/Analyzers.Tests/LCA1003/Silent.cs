namespace LifecycleAnalyzers.Tests.LCA1003;

/// <summary>Whatever fails, somebody closes it, or somebody else has it.</summary>
public class Silent
{
    private const string New = "new Socket(SocketType.Stream, ProtocolType.Tcp)";

    [Theory]
    [InlineData("async Task<Socket> M(CancellationToken stop) { var s = " + New + "; try { await s.ConnectAsync(_peer, stop); } catch { s.Dispose(); throw; } return s; }")]
    [InlineData("async Task<Socket> M(CancellationToken stop) { var s = " + New + "; try { await s.ConnectAsync(_peer, stop); } catch (Exception e) when (e is SocketException or OperationCanceledException) { s.Dispose(); throw; } return s; }")]
    [InlineData("async Task<Socket> M() { var s = " + New + "; try { await s.ConnectAsync(_peer); } catch (SocketException) { s.Dispose(); throw; } return s; }")]
    [InlineData("Socket? M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch (Exception e) { Console.WriteLine(e); s.Close(); return null; } }")]
    [InlineData("Socket M() { var ok = false; var s = " + New + "; try { s.Connect(_peer); ok = true; return s; } finally { if (!ok) s.Dispose(); } }")]
    [InlineData("Stream M() { Socket? s = " + New + "; try { s.Connect(_peer); var n = new NetworkStream(s, true); s = null; return n; } finally { s?.Dispose(); } }")]
    [InlineData("void M() { using var s = " + New + "; s.Connect(_peer); }")]
    [InlineData("void M() { using (var s = " + New + ") s.Connect(_peer); }")]
    [InlineData("async Task M() { var c = new TcpClient(); await using (var n = c.GetStream()) { } }")]
    [InlineData("Socket? M(IPAddress[] all) { foreach (var a in all) { var s = " + New + "; try { s.Connect(a, 80); return s; } catch (SocketException) { s.Dispose(); } } return null; }")]
    [InlineData("async Task<Stream> M() { var c = new TcpClient(); SslStream? tls = null; try { await c.ConnectAsync(\"peer\", 443); tls = new SslStream(c.GetStream()); await tls.AuthenticateAsClientAsync(\"peer\"); return tls; } catch { tls?.Dispose(); c.Dispose(); throw; } }")]
    [InlineData("async Task<Stream> M() { var c = new TcpClient(); try { await c.ConnectAsync(\"peer\", 443); } catch { c.Dispose(); throw; } var tls = new SslStream(c.GetStream()); try { await tls.AuthenticateAsClientAsync(\"peer\"); } catch { tls.Dispose(); throw; } return tls; }")]
    [InlineData("async Task<TcpClient> M() { var c = new TcpClient(); var connect = c.ConnectAsync(\"peer\", 80); try { await connect; } catch { c.Dispose(); throw; } return c; }")]
    [InlineData("async Task<TcpClient> M() { var c = new TcpClient(); var connect = c.ConnectAsync(\"peer\", 80); if (await Task.WhenAny(connect, Task.Delay(1000)) != connect) { c.Dispose(); throw new TimeoutException(); } try { await connect; } catch { c.Dispose(); throw; } return c; }")]
    // The callee answers what it was given.
    [InlineData("Socket M() => Started(" + New + "); Socket Started(Socket s) { try { s.Bind(_peer); s.Listen(); return s; } catch { s.Dispose(); throw; } }")]
    [InlineData("Socket M() { var s = " + New + "; try { return Started(s); } catch { s.Dispose(); throw; } } Socket Started(Socket s) { s.Bind(_peer); s.Listen(); return s; }")]
    [InlineData("Socket M() => Quick(" + New + "); Socket Quick(Socket s) { s.NoDelay = true; return s; }")]
    // What could not connect is not connected.
    [InlineData("Socket? M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch (SocketException) { return null; } finally { if (!s.Connected) s.Dispose(); } }")]
    [InlineData("async Task<TcpClient> M() { TcpClient? c = null; try { c = new TcpClient(); await c.ConnectAsync(\"peer\", 443); return c; } finally { if (c != null && !c.Connected) c.Close(); } }")]
    // The failure is kept, and asked for behind the try.
    [InlineData("Stream M() { Exception? f = null; TcpClient? c = null; Stream? n = null; try { c = new TcpClient(); c.Connect(\"peer\", 80); n = c.GetStream(); } catch (Exception e) { f = e; } if (f is null) return n!; c?.Dispose(); throw f; }")]
    [InlineData("Stream M() { System.Runtime.ExceptionServices.ExceptionDispatchInfo? f = null; TcpClient? c = null; Stream? n = null; try { c = new TcpClient(); c.Connect(\"peer\", 80); n = c.GetStream(); } catch (Exception e) { f = System.Runtime.ExceptionServices.ExceptionDispatchInfo.Capture(e); } if (f == null) return n!; c?.Dispose(); f.Throw(); throw f.SourceException; }")]
    // The filter closes before it answers.
    [InlineData("Socket M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch (Exception) when (Ended(s)) { throw; } static bool Ended(Socket ended) { ended.Dispose(); return true; } }")]
    // The caller is given it only where it is open.
    [InlineData("bool M(out Socket? open) { open = null; var s = " + New + "; try { s.Connect(_peer); } catch (SocketException) { s.Dispose(); return false; } open = s; return true; }")]
    [InlineData("bool M(out Socket open) { open = " + New + "; try { open.Connect(_peer); return true; } catch (SocketException) { return false; } }")]
    public Task It_is_closed(string body) => Case.SilentAsync(Reports.Dialer(body));

    [Theory]
    [InlineData("Socket M() { var s = " + New + "; _kept.Add(s); s.Connect(_peer); return s; }", "")]
    [InlineData("void M() { _mine = " + New + "; _mine.Connect(_peer); }", "Socket? _mine; void Dispose() => _mine?.Dispose();")]
    [InlineData("void M() { var s = " + New + "; _mine = s; s.Connect(_peer); }", "Socket? _mine; void Dispose() { var old = Interlocked.Exchange(ref _mine, null); old?.Dispose(); }")]
    [InlineData("void M() { Current = " + New + "; Current.Connect(_peer); }", "public Socket? Current { get; private set; }")]
    [InlineData("void M() { var s = new Session { Socket = " + New + " }; s.Socket.Connect(_peer); }", "class Session { public required Socket Socket { get; init; } }")]
    [InlineData("void M() { var s = " + New + "; Serve(s); }", "void Serve(Socket s) { using (s) s.Connect(_peer); }")]
    [InlineData("Socket M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch (Exception e) { Fail(s, e); throw; } }", "static void Fail(Socket s, Exception e) { Console.WriteLine(e); try { s.Shutdown(SocketShutdown.Both); } catch (SocketException) { } finally { s.Close(); } }")]
    [InlineData("Socket M() { var s = " + New + "; try { s.Connect(_peer); return s; } catch { Fail(); throw; } void Fail() => s.Dispose(); }", "")]
    [InlineData("void M() { var s = " + New + "; ThreadPool.QueueUserWorkItem(_ => { using (s) s.Connect(_peer); }); }", "")]
    [InlineData("void M() { var s = " + New + "; s.BeginConnect(_peer, ar => { try { s.EndConnect(ar); } catch { s.Dispose(); throw; } }, null); }", "")]
    [InlineData("void M(CancellationToken stop) { var s = " + New + "; stop.Register(() => s.Close()); s.Bind(_peer); s.Listen(); }", "")]
    [InlineData("async Task<Socket?> M(CancellationToken stop) { var s = " + New + "; using var closing = stop.Register(() => s.Dispose()); try { await s.ConnectAsync(_peer, stop); } catch (SocketException) { s.Dispose(); return null; } return s; }", "")]
    [InlineData("async Task<Socket?> M(CancellationToken stop) { var s = " + New + "; using var closing = stop.CanBeCanceled ? stop.Register(s.Dispose) : default; try { s = await Opened(s, stop); } catch (SocketException) { s.Dispose(); return null; } return s; }", "async Task<Socket> Opened(Socket s, CancellationToken stop) { await s.ConnectAsync(_peer, stop); return s; }")]
    [InlineData("Socket M() { var s = Connected(); return s; }", "Socket Connected() { var s = " + New + "; try { s.Connect(_peer); return s; } catch { s.Dispose(); throw; } }")]
    public Task Somebody_else_has_it(string body, string members) => Case.SilentAsync(Reports.Dialer(body, members));

    [Theory]
    // Given to this code by others: their affair.
    [InlineData("void M(Socket s) { s.Connect(_peer); }")]
    [InlineData("async Task<Stream> M(Stream inner) { var tls = new SslStream(inner); await tls.AuthenticateAsClientAsync(\"peer\"); return tls; }")]
    [InlineData("async Task M(Socket given) { using (given) { var tls = new SslStream(new NetworkStream(given, ownsSocket: true)); await tls.AuthenticateAsClientAsync(\"peer\"); } }")]
    [InlineData("async Task M(Socket given) { var tls = new SslStream(new NetworkStream(given)); await tls.AuthenticateAsClientAsync(\"peer\"); }")]
    [InlineData("async Task<Stream> M(Socket given) { var tls = new SslStream(new NetworkStream(given, true)); await tls.AuthenticateAsClientAsync(\"peer\"); return tls; } async Task N() { var s = await SafeAsync(); try { await M(s); } catch { s.Dispose(); throw; } } Task<Socket> SafeAsync() => throw new NotSupportedException();")]
    [InlineData("async Task M(TcpListener l) { while (true) _ = HandleAsync(await l.AcceptSocketAsync()); } async Task HandleAsync(Socket given) { try { var tls = new SslStream(new NetworkStream(given, ownsSocket: true)); await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions()); } finally { given.Dispose(); } }")]
    [InlineData("async Task M(TcpListener l) { while (true) _ = HandleAsync(await l.AcceptSocketAsync()); } async Task HandleAsync(Socket given) { using var mine = given; var tls = new SslStream(new NetworkStream(given, ownsSocket: true)); await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions()); }")]
    // Nothing is held before it is used, or after it has failed.
    [InlineData("async Task<string> M() { var http = new System.Net.Http.HttpClient(); return await http.GetStringAsync(\"http://peer\"); }")]
    [InlineData("void M() { var http = new System.Net.HttpListenerException(); }")]
    [InlineData("async Task<WebSocket> M(CancellationToken stop) { var w = new ClientWebSocket(); await w.ConnectAsync(new Uri(\"ws://peer\"), stop); return w; }")]
    [InlineData("System.Net.HttpListener M() { var l = new System.Net.HttpListener(); l.Start(); return l; }")]
    // It is not opened here.
    [InlineData("Socket M() { var s = " + New + "; s.NoDelay = true; return s; }")]
    [InlineData("Socket M(int port) { var s = " + New + "; if (port < 0) throw new ArgumentException(nameof(port)); return s; }")]
    public Task Not_of_this_rule(string body) => Case.SilentAsync(Reports.Dialer(body));

    [Fact]
    public Task What_leaves_the_entry_point_ends_the_process() =>
        Case.Program("var c = new TcpClient(); c.Connect(\"peer\", 80); Console.WriteLine(c.Available);").RunAsync();

    /// <summary>Whatever port is free: nobody else can have taken it.</summary>
    [Theory]
    [InlineData("var l = new TcpListener(IPAddress.Loopback, 0); l.Start(); var port = ((IPEndPoint)l.LocalEndpoint).Port; l.Stop(); return port;")]
    [InlineData("var l = new TcpListener(new IPEndPoint(IPAddress.Loopback, 0)); l.Start(1); var port = ((IPEndPoint)l.LocalEndpoint).Port; l.Stop(); return port;")]
    public Task A_listener_that_looks_for_a_free_port(string body) => Case.SilentAsync(Reports.Dialer("int M() { " + body + " }"));

    [Theory]
    [InlineData("var l = {|LCA1003:new TcpListener(IPAddress.Loopback, port)|}; l.Start(); l.Stop(); return port;")]
    [InlineData("var l = {|LCA1003:new TcpListener(new IPEndPoint(IPAddress.Loopback, port))|}; l.Start(); l.Stop(); return port;")]
    public Task A_listener_for_a_port_that_may_be_taken(string body) => Case.HoldsAsync(Reports.Dialer("int M(int port) { " + body + " }"));

    [Theory]
    [InlineData("catch (Exception e) { Console.WriteLine(e); _field?.Close(); _field = null; }")]
    [InlineData("catch (Exception e) { Console.WriteLine(e); Stop(); _field = null; }")]
    [InlineData("catch (Exception) { Drop(_field); _field = null; }")]
    [InlineData("catch (FormatException) { _field = null; }")]
    [InlineData("catch (Exception e) { Console.WriteLine(e); }")]
    [InlineData("catch (Exception) { _field = null; } finally { Console.WriteLine(); }")]
    public Task The_owner_closes_its_field_when_opening_fails(string handler) => Case.SilentAsync(Reports.Dialer(
        "void M() { try { _field = " + New + "; _field.Bind(_peer); } " + handler + " }", "Socket? _field; public void Stop() => _field?.Close(); static void Drop(Socket? s) => s?.Dispose();"));

    /// <summary>What ends the process has nothing to close; a helper that does it says so by its last statement.</summary>
    [Theory]
    [InlineData("TcpListener M() { var l = new TcpListener(IPAddress.Any, 80); try { l.Start(); } catch (SocketException e) { Console.WriteLine(e); Environment.Exit(1); } return l; }")]
    [InlineData("TcpListener M() { var l = new TcpListener(IPAddress.Any, 80); try { l.Start(); } catch (SocketException e) { Halt(e.Message); } return l; } static void Halt(string why) { Console.WriteLine(why); Environment.Exit(1); }")]
    [InlineData("async Task M(System.IO.Pipes.NamedPipeServerStream? given, CancellationToken stop) { var s = given ?? new System.IO.Pipes.NamedPipeServerStream(\"p\"); await using (s.ConfigureAwait(false)) { await s.WaitForConnectionAsync(stop).ConfigureAwait(false); } }")]
    [InlineData("async Task M(CancellationToken stop) { var s = new System.IO.Pipes.NamedPipeServerStream(\"p\"); await using var held = s.ConfigureAwait(false); await s.WaitForConnectionAsync(stop); }")]
    public Task It_has_an_end(string member) => Case.SilentAsync(Reports.Dialer(member));

    /// <summary>A closing member of an own type, by its name.</summary>
    [Fact]
    public Task It_is_closed_by_a_member_of_its_own() => Case.SilentAsync("""
        class Link2Connection(Socket socket)
        {
            private readonly Socket _socket = socket;
            public static Link2Connection Create() => new(new Socket(SocketType.Stream, ProtocolType.Tcp));
            public bool IsOpen => _socket.Connected;
            public Task OpenAsync() => _socket.ConnectAsync("peer", 80);
            public void Send(byte[] m) => _socket.Send(m);
            public void SafeClose() { try { _socket.Dispose(); } catch (SocketException) { } }
            public void Close() => _socket.Dispose();
        }

        class Session
        {
            public async Task<Link2Connection> OpenAsync() { var link = Link2Connection.Create(); try { await link.OpenAsync(); return link; } catch { link.SafeClose(); throw; } }
        }
        """);
}
