namespace LifecycleAnalyzers.Tests.LCA1007;

/// <summary>The count stays up on some way out.</summary>
public class Reports
{
    internal static string Server(string members) => $$"""
        class Server
        {
            private int _active;
            private readonly SemaphoreSlim _slots = new(100);
            private readonly ConcurrentDictionary<string, SemaphoreSlim> _slotsOf = new();
            private readonly ConcurrentDictionary<Guid, Socket> _sockets = new();
            private readonly HashSet<string> _peers = [];

            {{members}}

            static async Task EchoAsync(Socket s, CancellationToken stop) => await s.ReceiveAsync(new byte[1], stop);
        }
        """;

    [Theory]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:Interlocked.Increment(ref _active)|}; await EchoAsync(s, stop); Interlocked.Decrement(ref _active); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; await s.SendAsync(new byte[1], stop); _active--; }")]
    // The connect is awaited by its name, and what takes the count down is never reached.
    [InlineData("async Task M(TcpClient c) { {|LCA1007:Interlocked.Increment(ref _active)|}; using var up = new TcpClient(); var connecting = up.ConnectAsync(\"x\", 1); await connecting; c.NoDelay = true; void Down() => Interlocked.Decrement(ref _active); await Task.WhenAll(RelayAsync(c, up, Down), RelayAsync(up, c, () => { })); } static async Task RelayAsync(TcpClient a, TcpClient b, Action done) { await a.GetStream().CopyToAsync(b.GetStream()); done(); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; try { await EchoAsync(s, stop); } catch (Exception e) when (!IsLate(e)) { Console.WriteLine(e); } _active--; } static bool IsLate(Exception e) => e is TimeoutException;")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active += 1|}; await s.SendAsync(new byte[1], stop); _active -= 1; }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { await {|LCA1007:_slots.WaitAsync(stop)|}; await EchoAsync(s, stop); _slots.Release(); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { var entering = {|LCA1007:_slots.WaitAsync(9, stop)|}; if (!await entering) return; await EchoAsync(s, stop); _slots.Release(); }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { var id = Guid.NewGuid(); {|LCA1007:_sockets.TryAdd(id, s)|}; await EchoAsync(s, stop); _sockets.TryRemove(id, out _); }")]
    [InlineData("async Task<bool> M(string peer, Socket s, CancellationToken stop) { if (!{|LCA1007:_peers.Add(peer)|}) return false; await EchoAsync(s, stop); _peers.Remove(peer); return true; }")]
    // Under a name of its own, and one for each host.
    [InlineData("async Task M(Socket s, CancellationToken stop) { var slots = _slots; await {|LCA1007:slots.WaitAsync(stop)|}; await EchoAsync(s, stop); slots.Release(); }")]
    [InlineData("async Task M(Socket s, Guid id, CancellationToken stop) { var sockets = _sockets; {|LCA1007:sockets.TryAdd(id, s)|}; await EchoAsync(s, stop); sockets.TryRemove(id, out _); }")]
    [InlineData("async Task M(Socket s, string host, CancellationToken stop) { var slots = _slotsOf.GetOrAdd(host, _ => new SemaphoreSlim(8)); await {|LCA1007:slots.WaitAsync(stop)|}; await EchoAsync(s, stop); slots.Release(); }")]
    [InlineData("void M(Socket s) { {|LCA1007:_active++|}; s.Send(new byte[1]); s.Shutdown(SocketShutdown.Both); _active--; }")]
    // Between the way up and the try.
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; Console.WriteLine(s.RemoteEndPoint); try { await EchoAsync(s, stop); } finally { _active--; } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; using var stream = new NetworkStream(s); try { await EchoAsync(s, stop); } finally { _active--; } }")]
    // The catch does not see all of it.
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; try { await s.ReceiveAsync(new byte[1], stop); } catch (SocketException) { } _active--; }")]
    public Task An_exception_skips_the_way_down(string member) => Case.HoldsAsync(Server(member));

    [Theory]
    [InlineData("async Task M(Socket s, bool known, CancellationToken stop) { {|LCA1007:_active++|}; if (!known) return; try { await EchoAsync(s, stop); } finally { _active--; } }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; try { await EchoAsync(s, stop); } catch (Exception e) { Console.WriteLine(e); return; } _active--; }")]
    [InlineData("async Task M(Socket s, int kind, CancellationToken stop) { {|LCA1007:_active++|}; switch (kind) { case 1: return; case 2: throw new NotSupportedException(); } _active--; }")]
    public Task An_early_end_skips_it(string member) => Case.HoldsAsync(Server(member));

    [Theory]
    // Taken down where the connection ends: but it never begins.
    [InlineData("Socket? _s; async Task OpenAsync(CancellationToken stop) { {|LCA1007:_active++|}; _s = new Socket(SocketType.Stream, ProtocolType.Tcp); await _s.ConnectAsync(\"peer\", 80, stop); } void Close() { _s?.Dispose(); _active--; }")]
    [InlineData("Func<CancellationToken, Task<Socket>> _dial = null!; async Task<Socket> M(CancellationToken stop) { await {|LCA1007:_slots.WaitAsync(stop)|}; return await _dial(stop); } void Return(Socket s) { s.Dispose(); _slots.Release(); }")]
    [InlineData("async Task M(WireClient c) { {|LCA1007:_active++|}; await c.OpenAsync(); c.Closed += (_, _) => _active--; }")]
    [InlineData("async Task<Socket?> M(CancellationToken stop) { await {|LCA1007:_slots.WaitAsync(stop)|}; var s = TryOpen(); if (s is null) return null; return s; } void Close(Socket s) { s.Dispose(); _slots.Release(); } static Socket? TryOpen() { var s = new Socket(SocketType.Stream, ProtocolType.Tcp); try { s.Connect(\"peer\", 80); return s; } catch (SocketException) { s.Dispose(); return null; } }")]
    public Task It_never_opened(string members) => Case.HoldsAsync(Server(members));

    [Theory]
    [InlineData("async Task M(TcpListener l, CancellationToken stop) { while (true) { var s = await l.AcceptSocketAsync(stop); await {|LCA1007:_slots.WaitAsync(stop)|}; _ = Task.Run(async () => { await EchoAsync(s, stop); _slots.Release(); }); } }")]
    [InlineData("async Task M(TcpListener l, CancellationToken stop) { while (true) { var s = await l.AcceptSocketAsync(stop); {|LCA1007:_active++|}; _ = ServeAsync(s, stop); } } async Task ServeAsync(Socket s, CancellationToken stop) { await EchoAsync(s, stop); _active--; }")]
    [InlineData("void M(TcpListener l) { while (true) { var s = l.AcceptSocket(); {|LCA1007:_active++|}; ThreadPool.QueueUserWorkItem(_ => { s.Send(new byte[1]); _active--; }); } }")]
    public Task Work_that_nobody_waits_for(string members) => Case.HoldsAsync(Server(members));

    [Theory]
    [InlineData("void Accepted(Socket s) { {|LCA1007:_active++|}; } void Close(NetworkStream s) { s.Flush(); s.Close(); _active--; }")]
    [InlineData("void Enter() => {|LCA1007:Interlocked.Increment(ref _active)|}; void Leave() => Interlocked.Decrement(ref _active); async Task M(Socket s, CancellationToken stop) { Enter(); await EchoAsync(s, stop); Leave(); }")]
    [InlineData("void Accepted(Socket s) { {|LCA1007:_active++|}; } void Close(Socket s) { s.Shutdown(SocketShutdown.Both); s.Close(); _active--; }")]
    [InlineData("async Task M(Socket s, CancellationToken stop) { {|LCA1007:_active++|}; await ServeAsync(s, stop); } async Task ServeAsync(Socket s, CancellationToken stop) { await EchoAsync(s, stop); _active--; }")]
    // Nothing that is disposed takes it down; and the way up that is skipped is the called one, not the first in the type.
    [InlineData("async Task GoodAsync(Socket s, CancellationToken stop) { _active++; try { await EchoAsync(s, stop); } finally { Leave(); } } async Task M(Socket s, CancellationToken stop) { Enter(); await EchoAsync(s, stop); Leave(); } object Enter() { {|LCA1007:_active++|}; return new Note(this); } void Leave() => _active--; sealed class Note(Server server) { public override string ToString() => server + \"\"; }")]
    [InlineData("readonly HashSet<System.Net.EndPoint> _seats = []; void Enter(System.Net.EndPoint e) { lock (_seats) {|LCA1007:_seats.Add(e)|}; } void Leave(System.Net.EndPoint e) { lock (_seats) _seats.Remove(e); } async Task M(Socket s, CancellationToken stop) { var e = s.RemoteEndPoint!; Enter(e); await EchoAsync(s, stop); Leave(e); }")]
    public Task Others_move_it(string members) => Case.HoldsAsync(Server(members));
}
