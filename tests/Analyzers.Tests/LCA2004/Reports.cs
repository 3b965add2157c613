namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>Two sends can be under way at once on a connection that takes one at a time.</summary>
public class Reports
{
    internal const string Arguments = "WebSocketMessageType.Text, true, default";

    internal static string Feed(string body, string members = "") => ($$"""
        class Source { public event EventHandler<byte[]>? Ticked { add { } remove { } } public event EventHandler<byte[]>? Other { add { } remove { } } public event Func<byte[], Task>? Awaited { add { } remove { } } }

        class Feed
        {
            private readonly WebSocket _ws;
            private readonly Source _source;
            private readonly SemaphoreSlim _gate = new(1, 1);
            private readonly object _sync = new();
            private int _busy;
            private bool _sending;
            private Timer? _timer;

            public Feed(WebSocket ws, Source source) { _ws = ws; _source = source; }

            public async Task RunAsync(byte[] data, List<byte[]> many, List<WebSocket> all, Stream tls) { await Task.CompletedTask; {{body}} }

            public override string ToString() => "" + _busy + _sending + _timer + _gate + _sync + _source;

            {{members}}
        }
        """).Replace("ARGS", Arguments);

    [Fact]
    public Task A_constructor_that_begins_with_the_other() => Case.HoldsAsync(Made("""
        public Mirror(NetworkStream stream, FileSystemWatcher watcher) { _stream = stream; watcher.Changed += (_, e) => _stream.Write(new byte[e.Name!.Length]); }
        public Mirror(NetworkStream stream, FileSystemWatcher watcher, int prefix) : this(stream, watcher) { watcher.Renamed += (_, e) => {|LCA2004:_stream.Write(new byte[prefix + e.Name!.Length])|}; }
        """));

    internal static string Made(string constructors) => $$"""
        class Mirror
        {
            private readonly NetworkStream _stream;
            {{constructors}}
        }
        """;

    [Theory]
    // Started together
    [InlineData("await Task.WhenAll(_ws.SendAsync(data, ARGS), {|LCA2004:_ws.SendAsync(data, ARGS)|});")]
    [InlineData("var a = _ws.SendAsync(data, ARGS); var b = {|LCA2004:_ws.SendAsync(data, ARGS)|}; await Task.WhenAll(a, b);")]
    [InlineData("_ = _ws.SendAsync(data, ARGS); await {|LCA2004:_ws.SendAsync(data, ARGS)|};")]
    [InlineData("foreach (var m in many) { var t = {|LCA2004:_ws.SendAsync(m, ARGS)|}; if (t.IsCompleted) throw new TimeoutException(); }")]
    [InlineData("await Task.WhenAll(many.Select(m => {|LCA2004:_ws.SendAsync(m, ARGS)|}));")]
    [InlineData("var sends = many.Select(m => {|LCA2004:_ws.SendAsync(m, ARGS)|}); await Task.WhenAll(sends);")]
    [InlineData("var sends = new List<Task>(); foreach (var m in many) sends.Add({|LCA2004:_ws.SendAsync(m, ARGS)|}); await Task.WhenAll(sends);")]
    [InlineData("await Parallel.ForEachAsync(many, new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (m, stop) => await {|LCA2004:_ws.SendAsync(m, WebSocketMessageType.Text, true, stop)|});")]
    [InlineData("await Parallel.ForEachAsync(many, new ParallelOptions { MaxDegreeOfParallelism = 1 }, async (m, stop) => await _ws.SendAsync(m, WebSocketMessageType.Text, true, stop));")]
    [InlineData("var one = new ParallelOptions { MaxDegreeOfParallelism = 1 }; await Parallel.ForEachAsync(many, one, async (m, stop) => await _ws.SendAsync(m, WebSocketMessageType.Text, true, stop));")]
    [InlineData("await Parallel.ForEachAsync(many, async (m, stop) => await {|LCA2004:_ws.SendAsync(m, WebSocketMessageType.Text, true, stop)|});")]
    [InlineData("var a = Task.Run(() => _ws.SendAsync(data, ARGS)); var b = Task.Run(() => {|LCA2004:_ws.SendAsync(data, ARGS)|}); await Task.WhenAll(a, b);")]
    // Several get in; the lock is left before the send has ended.
    [InlineData("await Task.WhenAll(many.Select(async m => { await _wide.WaitAsync(); try { await {|LCA2004:_ws.SendAsync(m, ARGS)|}; } finally { _wide.Release(); } }));", "private readonly SemaphoreSlim _wide = new(4);")]
    [InlineData("var sends = new List<Task>(); foreach (var m in many) { lock (_sync) { sends.Add({|LCA2004:_ws.SendAsync(m, ARGS)|}); } } await Task.WhenAll(sends);")]
    // The gate is given back between the frames of one message
    [InlineData("for (var i = 0; i < 3; i++) { await _gate.WaitAsync(); try { await {|LCA2004:_ws.SendAsync(data, WebSocketMessageType.Text, i == 2, default)|}; } finally { _gate.Release(); } }")]
    // A callback that can run again
    [InlineData("ThreadPool.UnsafeQueueUserWorkItem(static s => _ = ((Feed)s!).RunAsync(), this);", "async Task RunAsync() { try { await TellAsync(); } catch (WebSocketException) { } } Task TellAsync() => {|LCA2004:_ws.SendAsync(new byte[2], ARGS)|};")]
    [InlineData("_source.Ticked += async (_, m) => await {|LCA2004:_ws.SendAsync(m, ARGS)|};")]
    [InlineData("_source.Ticked += (_, m) => { _ = {|LCA2004:_ws.SendAsync(m, ARGS)|}; };")]
    [InlineData("_source.Ticked += async (_, m) => { foreach (var x in new[] { m }) { if (x.Length == 0) break; _sending = true; await {|LCA2004:_ws.SendAsync(x, ARGS)|}; _sending = false; } };")]
    [InlineData("_timer = new Timer(async _ => await {|LCA2004:_ws.SendAsync(data, ARGS)|}, null, 0, 100);")]
    [InlineData("_source.Ticked += async (_, m) => await SayAsync(m);", "async Task SayAsync(byte[] m) => await {|LCA2004:_ws.SendAsync(m, ARGS)|};")]
    [InlineData("_source.Ticked += OnTick;", "async void OnTick(object? sender, byte[] m) { if (_ws.State == WebSocketState.Open) await {|LCA2004:_ws.SendAsync(m, ARGS)|}; }")]
    // A callback and another method
    [InlineData("_source.Awaited += async m => await {|LCA2004:_ws.SendAsync(m, ARGS)|};", "public Task TellAsync(byte[] m) => _ws.SendAsync(m, ARGS);")]
    [InlineData("_source.Awaited += async m => { await _gate.WaitAsync(); try { await _ws.SendAsync(m, ARGS); } finally { _gate.Release(); } };", "public Task TellAsync(byte[] m) => {|LCA2004:_ws.SendAsync(m, ARGS)|};")]
    // Two callbacks
    [InlineData("_source.Ticked += (_, m) => _stream.Write(m); _source.Other += (_, m) => {|LCA2004:_stream.Write(m)|};", "readonly System.Net.Security.SslStream _stream = null!;")]
    [InlineData("_timer = new Timer(_ => {|LCA2004:_tls.Write(data)|}, null, 0, 100);", "readonly System.Net.Security.SslStream _tls = null!;")]
    // One of them stands where both are waited for
    [InlineData("var first = _ws.SendAsync(data, ARGS); await Task.WhenAll(first, {|LCA2004:_ws.SendAsync(data, ARGS)|});")]
    // A plain stream over a socket
    [InlineData("_timer = new Timer(async _ => await {|LCA2004:_stream.WriteAsync(data)|}, null, 0, 100);", "readonly Stream _stream = new TcpClient().GetStream();")]
    public Task The_send(string body, string members = "") => Case.HoldsAsync(Feed(body, members));

    [Fact]
    public Task A_base_class_sends_for_a_callback_of_a_derived_one() => Case.HoldsAsync("""
        class Base(WebSocket ws)
        {
            protected async Task PushAsync(byte[] m) => await {|LCA2004:ws.SendAsync(m, WebSocketMessageType.Text, true, default)|};
        }

        class Derived : Base
        {
            private readonly Timer _timer;
            public Derived(WebSocket ws) : base(ws) => _timer = new Timer(async _ => await PushAsync([1]), null, 0, 100);
            public void Stop() => _timer.Dispose();
        }
        """);

    [Theory]
    [InlineData("_source.Ticked += OnTick;", "async void OnTick(object? sender, byte[] m) => await {|#0:_ws.SendAsync(m, ARGS)|};", "itself: 'OnTick' can run again before it has ended")]
    [InlineData("_ = _ws.SendAsync(data, ARGS); await {|#0:_ws.SendAsync(data, ARGS)|};", "", "the one that was started before it")]
    public Task The_message_tells_what_it_overlaps(string body, string members, string with) => Case.HoldsAsync(Feed(body, members),
        Case.Diagnostic("LCA2004").WithLocation(0).WithMessage($"'_ws' allows one send at a time, and this 'SendAsync' can overlap {with}"));

    /// <summary>The call that leads to the send is what stands in this file.</summary>
    [Fact]
    public Task A_sender_in_another_file() => Case.FilesHoldAsync([
        """
        class Line(WebSocket ws)
        {
            private readonly WebSocket _ws = ws;

            public async Task SayAsync(byte[] data) => await _ws.SendAsync(data, WebSocketMessageType.Text, true, default);
        }
        """,
        """
        class Desk
        {
            private readonly Line _line;
            private readonly System.Threading.Timer _timer;

            public Desk(Line line)
            {
                _line = line;
                _timer = new System.Threading.Timer(OnTick, null, 0, 20);
            }

            private async void OnTick(object? state) => await {|LCA2004:_line.SayAsync(new byte[9])|};
        }
        """]);

    [Fact]
    public Task A_sender_in_another_file_that_lets_one_through_at_a_time() => Case.FilesHoldAsync([
        """
        class Line(WebSocket ws)
        {
            private readonly WebSocket _ws = ws;
            private readonly SemaphoreSlim _gate = new(1, 1);

            public async Task SayAsync(byte[] data)
            {
                await _gate.WaitAsync();
                try { await _ws.SendAsync(data, WebSocketMessageType.Text, true, default); }
                finally { _gate.Release(); }
            }
        }
        """,
        """
        class Desk
        {
            private readonly Line _line;
            private readonly System.Threading.Timer _timer;

            public Desk(Line line)
            {
                _line = line;
                _timer = new System.Threading.Timer(OnTick, null, 0, 20);
            }

            private async void OnTick(object? state) => await _line.SayAsync(new byte[9]);
        }
        """]);

    /// <summary>A handler for each round, and one connection for all of them.</summary>
    [Fact]
    public Task One_connection_for_all_rounds() => Case.HoldsAsync("""
        class Desk
        {
            public void Open(List<FileSystemWatcher> sources)
            {
                var client = new TcpClient("h", 1);
                var secure = new System.Net.Security.SslStream(client.GetStream());
                foreach (var source in sources) source.Changed += (_, _) => { if (client.Connected) {|LCA2004:secure.Write(new byte[9])|}; };
            }
        }
        """);
}
