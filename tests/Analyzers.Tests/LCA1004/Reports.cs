using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1004;

/// <summary>Nobody will hear that it failed.</summary>
public class Reports
{
    private static string Peer(string member) => $$"""
        class Peer
        {
            private readonly TcpClient _client = new();
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly ClientWebSocket _web = new();
            private readonly byte[] _buffer = new byte[1024];
            private Task? _loop;

            {{member}}

            private async Task LoopAsync() { while (await _socket.ReceiveAsync(_buffer) > 0) { } }
            private Task Handed() => LoopAsync();
            private void Block() { while (_socket.Receive(_buffer) > 0) { } }
            private void Log(object? what) => Console.WriteLine(what);
        }

        static class Helpers
        {
            public static void Forget(this Task task, object owner) => GC.KeepAlive(owner);
        }
        """;

    [Theory]
    [InlineData("{|LCA1004:_client.ConnectAsync(\"\", 1)|};")]
    [InlineData("_ = {|LCA1004:_client.ConnectAsync(\"\", 1)|};")]
    [InlineData("{|LCA1004:_client.ConnectAsync(\"\", 1)|}.ConfigureAwait(false);")]
    [InlineData("var t = {|LCA1004:_client.ConnectAsync(\"\", 1)|}; t.ConfigureAwait(false);")]
    [InlineData("_ = {|LCA1004:_socket.SendAsync(_buffer, SocketFlags.None, default)|};")]
    [InlineData("_ = {|LCA1004:_socket.SendAsync(_buffer, SocketFlags.None, default)|}.AsTask();")]
    [InlineData("_socket?{|LCA1004:.SendAsync(_buffer, SocketFlags.None)|};")]
    [InlineData("{|LCA1004:_web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default)|};")]
    [InlineData("var receive = {|LCA1004:_socket.ReceiveAsync(_buffer)|};")]
    [InlineData("Task receive; receive = {|LCA1004:_socket.ReceiveAsync(_buffer)|};")]
    [InlineData("_loop = {|LCA1004:LoopAsync()|};")]
    [InlineData("Start(); void Start() => _loop = {|LCA1004:LoopAsync()|};")]
    // A helper that does nothing with it.
    [InlineData("Forget({|LCA1004:LoopAsync()|}); static void Forget(Task task) { }")]
    [InlineData("Helpers.Forget({|LCA1004:LoopAsync()|}, this);")]
    [InlineData("{|LCA1004:LoopAsync()|}.Forget(this);")]
    [InlineData("{|LCA1004:LoopAsync()|};")]
    [InlineData("_ = {|LCA1004:Handed()|};")]
    [InlineData("_ = _buffer.Length > 0 ? {|LCA1004:LoopAsync()|} : Task.CompletedTask;")]
    [InlineData("{|LCA1004:Task.Run(LoopAsync)|};")]
    [InlineData("{|LCA1004:Task.Run(() => LoopAsync())|};")]
    [InlineData("_ = {|LCA1004:Task.Run(async () => { await Task.Yield(); await LoopAsync(); })|};")]
    [InlineData("{|LCA1004:Task.Run(Block)|};")]
    [InlineData("{|LCA1004:Task.Factory.StartNew(Block)|};")]
    [InlineData("{|LCA1004:Task.Factory.StartNew(() => { while (true) Block(); }, TaskCreationOptions.LongRunning)|};")]
    [InlineData("{|LCA1004:Task.Factory.StartNew(async () => await LoopAsync())|}.Unwrap();")]
    [InlineData("{|LCA1004:Task.Run(() => { try { Block(); } catch (ObjectDisposedException) { } })|};")]
    [InlineData("try { _ = {|LCA1004:LoopAsync()|}; } catch (Exception e) { Log(e); }")]
    // Its clauses tell the failure in other words, and all of them tell it.
    [InlineData("_ = {|LCA1004:Inner()|}; async Task Inner() { try { await LoopAsync(); } catch (Exception e) { if (e is SocketException) throw new TimeoutException(); else { Log(e); throw new InvalidOperationException(); } } }")]
    [InlineData("Action start = () => {|LCA1004:LoopAsync()|}; start();")]
    [InlineData("_ = {|LCA1004:Inner()|}; async Task Inner() => await LoopAsync();")]
    // Several at once.
    [InlineData("{|LCA1004:Task.WhenAll(_socket.SendAsync(_buffer), _web.SendAsync(_buffer, WebSocketMessageType.Text, true, default))|};")]
    [InlineData("_ = {|LCA1004:Task.WhenAll(new[] { Task.CompletedTask, LoopAsync() })|};")]
    [InlineData("_ = {|LCA1004:Task.WhenAll(new[] { _socket }.Select(s => s.SendAsync(_buffer)))|};")]
    [InlineData("_ = {|LCA1004:Task.WhenAll(new[] { _web }.Select(async w => await w.SendAsync(_buffer, WebSocketMessageType.Text, true, default)).ToArray())|};")]
    [InlineData("var all = new List<Task>(); for (var i = 0; i < 2; i++) all.Add(_web.SendAsync(_buffer, WebSocketMessageType.Text, true, default)); _ = {|LCA1004:Task.WhenAll(all)|};")]
    [InlineData("var loops = new Task[2]; for (var i = 0; i < loops.Length; i++) loops[i] = LoopAsync(); {|LCA1004:Task.WhenAll(loops)|};")]
    [InlineData("var all = new[] { _socket }.Select(s => s.SendAsync(_buffer)).ToList(); _ = {|LCA1004:Task.WhenAll(all)|};")]
    // A continuation that does not ask how it ended.
    [InlineData("{|LCA1004:LoopAsync()|}.ContinueWith(_ => Log(1));")]
    [InlineData("{|LCA1004:LoopAsync()|}.ContinueWith(_ => { if (_buffer.Length > 9) _socket.Close(); });")]
    [InlineData("{|LCA1004:LoopAsync()|}.ContinueWith(t => Log(t.IsCompleted));")]
    public Task A_dropped_task(string body) => Case.HoldsAsync(Peer($"public void Start() {{ {body} }}"));

    [Theory]
    [InlineData("public void Start() => {|LCA1004:LoopAsync()|};")]
    [InlineData("public void Stop() { _ = {|LCA1004:_web.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default)|}; }")]
    [InlineData("public void Serve(Socket accepted) { _ = {|LCA1004:Pump(new NetworkStream(accepted))|}; } private static async Task Pump(Stream from) { while (await from.ReadAsync(new byte[1]) > 0) { } }")]
    [InlineData("public void Serve(Socket accepted) { _ = {|LCA1004:HalfGuarded(accepted)|}; } private static async Task HalfGuarded(Socket from) { await from.ReceiveAsync(new byte[1]); try { await from.ReceiveAsync(new byte[1]); } catch (Exception) { } }")]
    [InlineData("public async Task AcceptAsync(TcpListener listener) { while (true) { var c = await listener.AcceptTcpClientAsync(); _ = {|LCA1004:ServeAsync(c)|}; } } private static async Task ServeAsync(TcpClient c) { using var r = new StreamReader(c.GetStream()); while (await r.ReadLineAsync() is { } line) Console.WriteLine(line); }")]
    public Task A_member(string member) => Case.HoldsAsync(Peer(member));

    [Theory]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (await {|LCA1004:Task.WhenAny(c, Task.Delay(1))|} != c) throw new TimeoutException(); await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (await {|LCA1004:Task.WhenAny(c, Task.Delay(1))|} == c) { await c; return; } throw new TimeoutException();")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); var d = Task.Delay(1); if (await {|LCA1004:Task.WhenAny(c, d)|} == d) throw new TimeoutException(); await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); var first = await {|LCA1004:Task.WhenAny(c, Task.Delay(1))|}; if (first != c) return; await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); var first = await {|LCA1004:Task.WhenAny(c, Task.Delay(1))|}; if (!ReferenceEquals(first, c)) return; await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); var first = await {|LCA1004:Task.WhenAny(c, Task.Delay(1))|}.ConfigureAwait(false); if (first != c) return; await c;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); await {|LCA1004:Task.WhenAny(c, Task.Delay(1))|}; if (!c.IsCompleted) throw new TimeoutException(); await c;")]
    [InlineData("await {|LCA1004:Task.WhenAny(_client.ConnectAsync(\"\", 1), Task.Delay(1))|}; if (!_client.Connected) throw new TimeoutException();")]
    [InlineData("await {|LCA1004:Task.WhenAny([LoopAsync(), Task.Delay(1)])|};")]
    [InlineData("await {|LCA1004:Task.WhenAny(new Task[] { LoopAsync(), Task.Delay(1) })|};")]
    [InlineData("if (!{|LCA1004:_client.ConnectAsync(\"\", 1).Wait(1000)|}) throw new TimeoutException();")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (!{|LCA1004:c.Wait(TimeSpan.FromSeconds(1))|}) throw new TimeoutException();")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); var ok = {|LCA1004:c.Wait(1000)|}; if (!ok) return;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if ({|LCA1004:Task.WaitAny([c], 1000)|} < 0) throw new TimeoutException();")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if (!{|LCA1004:Task.WaitAll([c], 1000)|}) return;")]
    [InlineData("var c = _client.ConnectAsync(\"\", 1); if ({|LCA1004:Task.WaitAny(c, Task.Delay(1000))|} == 1) return;")]
    [InlineData("await {|LCA1004:_client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1))|};")]
    [InlineData("try { await {|LCA1004:_client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1))|}; } catch (TimeoutException e) { Log(e); }")]
    [InlineData("try { await {|LCA1004:_socket.ReceiveAsync(_buffer, SocketFlags.None, stop).AsTask().WaitAsync(TimeSpan.FromSeconds(1), stop)|}; } finally { Log(1); }")]
    [InlineData("await {|LCA1004:LoopAsync().WaitAsync(TimeSpan.FromSeconds(1))|};")]
    [InlineData("_loop = {|LCA1004:_client.ConnectAsync(\"\", 1).WaitAsync(TimeSpan.FromSeconds(1))|}.ContinueWith(t => Log(t.Exception));")]
    public Task A_limit_that_walks_away(string body) => Case.HoldsAsync(Peer($"public async Task GoAsync(CancellationToken stop) {{ await Task.Yield(); {body} }}"));

    [Theory]
    [InlineData("_ = {|#0:LoopAsync()|};", "The task of this call is dropped: nobody hears of it when 'LoopAsync' fails")]
    [InlineData("{|#0:Task.Run(Block)|};", "The task of this call is dropped: nobody hears of it when 'Receive' fails")]
    [InlineData("{|#0:LoopAsync()|}.ContinueWith(_ => Log(1));", "The continuation does not look at the failure: nobody hears of it when 'LoopAsync' fails")]
    [InlineData("if (!{|#0:_client.ConnectAsync(\"\", 1).Wait(1000)|}) return;", "The limit walks away from the operation: nobody hears of it when 'ConnectAsync' fails")]
    public Task The_message(string body, string message) => Case.HoldsAsync(Peer($"public void Start() {{ {body} }}"),
        Case.Diagnostic("LCA1004").WithLocation(0).WithMessage(message).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations));

    private static string Reader(string wire, string property) => Peer("private readonly Stream _wire; public Peer(TcpClient client) { _wire = " + wire + "; } " + property
        + " public void Start() { _ = {|LCA1004:ListenAsync()|}; } private async Task ListenAsync() { while (await Wire.ReadAsync(_buffer) > 0) { } }");

    [Theory]
    [InlineData("public Stream Wire => _wire;")]
    [InlineData("public Stream Wire { get { return _wire; } }")]
    public Task Of_what_a_property_answers(string property) => Case.HoldsAsync(Reader("client.GetStream()", property));

    [Fact]
    public Task Not_of_a_file_that_a_property_answers() => Case.SilentAsync(Reader("File.OpenRead(\"x\")", "public Stream Wire => _wire;").Replace("{|LCA1004:ListenAsync()|}", "ListenAsync()"));
}
