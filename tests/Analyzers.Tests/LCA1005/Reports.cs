using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA1005;

/// <summary>I/O in a function whose exceptions nobody catches.</summary>
public class Reports
{
    /// <summary>A handler that ends an operation, with that body.</summary>
    private static string Receiver(string body, string members = "") => $$"""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly NetworkStream _stream = null!;
            private readonly byte[] _buffer = new byte[1024];
            private bool _closing;

            public void Start() => _socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);

            private void OnReceived(IAsyncResult result) { {{body}} }

            public void Close() => _closing = true;
            private void Log(Exception e) => Console.WriteLine(e + " " + _closing);

            {{members}}
        }
        """;

    /// <summary>The callback is taken out of a table.</summary>
    [Theory]
    [InlineData("_all[\"accept\"]", "Dictionary<string, AsyncCallback>", "new() { [\"accept\"] = r => {|LCA1005:_socket.EndAccept(r)|}.Dispose(), [\"other\"] = r => _socket.EndAccept(r).Dispose() }")]
    [InlineData("_all[0]", "AsyncCallback[]", "[OnAccepted]", "void OnAccepted(IAsyncResult r) => {|LCA1005:_socket.EndAccept(r)|}.Dispose();")]
    [InlineData("_all[which]", "AsyncCallback[]", "new AsyncCallback[] { r => {|LCA1005:_socket.EndAccept(r)|}.Dispose(), r => { } }")]
    public Task Kept_in_a_table(string taken, string type, string made, string members = "") => Case.HoldsAsync($$"""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly {{type}} _all;
            public Receiver() => _all = {{made}};
            public void Start(int which) => _socket.BeginAccept({{taken}}, which);
            public void Stop() => _socket.Close();
            {{members}}
        }
        """);

    [Theory]
    [InlineData("{|LCA1005:_socket.EndReceive(result)|};")]
    [InlineData("var read = {|LCA1005:_socket.EndReceive(result)|}; if (read == 0) Close();")]
    [InlineData("{|LCA1005:_socket.EndConnect(result)|};")]
    [InlineData("{|LCA1005:_socket.EndSend(result)|};")]
    [InlineData("var accepted = {|LCA1005:_socket.EndAccept(result)|}; accepted.Dispose();")]
    [InlineData("{|LCA1005:_stream.EndRead(result)|};")]
    [InlineData("var socket = (Socket)result.AsyncState!; {|LCA1005:socket.EndReceive(result)|};")]
    [InlineData("{|LCA1005:((Socket)result.AsyncState!).EndReceive(result)|};")]
    [InlineData("if (_closing) return; {|LCA1005:_socket.EndReceive(result)|};")]
    // The variable is filled on two ways, and on both with a stream that leads to the peer.
    [InlineData("Stream from; if (_closing) from = (System.Net.Security.SslStream)result.AsyncState!; else from = (NetworkStream)result.AsyncState!; {|LCA1005:from.EndRead(result)|};")]
    [InlineData("Stream? from = null; if (_buffer.Length > 1) from = _stream; if (from is null) return; from = new BufferedStream(from); {|LCA1005:from.EndRead(result)|};")]
    // A try that sees one half of what comes, or nothing of it.
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } finally { Close(); }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (SocketException e) { Log(e); }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (ObjectDisposedException) { }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (IOException e) { Log(e); } catch (ObjectDisposedException) { }")]
    [InlineData("try { {|LCA1005:_stream.EndRead(result)|}; } catch (SocketException e) { Log(e); } catch (ObjectDisposedException) { }")]
    // Every way through the clause throws again, as something else.
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (Exception e) { if (_closing) throw new InvalidOperationException(\"closing\", e); else { Log(e); throw new InvalidOperationException(\"broken\", e); } }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (SocketException e) { switch (e.SocketErrorCode) { case SocketError.ConnectionReset: throw new TimeoutException(); default: throw; } }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (Exception e) { Log(e); throw; }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (SocketException e) { throw new IOException(\"\", e); } catch (ObjectDisposedException) { }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (Exception e) when (e is not SocketException) { Log(e); }")]
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (Exception e) when (e is SocketException) { Log(e); }")]
    [InlineData("try { Close(); } catch (Exception e) { Log(e); } {|LCA1005:_socket.EndReceive(result)|};")]
    [InlineData("try { Close(); } catch (Exception e) { Log(e); {|LCA1005:_socket.EndReceive(result)|}; }")]
    [InlineData("try { Close(); } finally { {|LCA1005:_socket.EndReceive(result)|}; }")]
    // One code of many.
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset) { } catch (ObjectDisposedException) { }")]
    // The first of them.
    [InlineData("{|LCA1005:_socket.EndReceive(result)|}; _socket.Receive(_buffer);")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) { Log(e); return; } {|LCA1005:_socket.Receive(_buffer)|};")]
    // A throw that tells of the connection.
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) { Log(e); return; } {|LCA1005:throw new InvalidOperationException(\"no answer\");|}")]
    [InlineData("if (_closing) {|LCA1005:throw new SocketException(10054);|}")]
    public Task In_the_callback(string body) => Case.HoldsAsync(Receiver(body));

    [Theory]
    [InlineData("{|LCA1005:Finish(result)|};", "private void Finish(IAsyncResult result) => _socket.EndReceive(result);")]
    // A filter that only writes down lets everything pass.
    [InlineData("try { {|LCA1005:_socket.EndReceive(result)|}; } catch (Exception e) when (Noted(e)) { }", "private bool Noted(Exception e) { Console.WriteLine(e); return false; }")]
    [InlineData("{|LCA1005:Finish(result)|};", "private void Finish(IAsyncResult result) { Deeper(result); } private int Deeper(IAsyncResult result) { try { return _socket.EndReceive(result); } catch (SocketException) { return 0; } }")]
    [InlineData("try { {|LCA1005:Finish(result)|}; } catch (SocketException e) { Log(e); }", "private void Finish(IAsyncResult result) => _socket.EndReceive(result);")]
    [InlineData("Finish(); void Finish() => _socket.EndReceive(result);", "")]
    [InlineData("{|LCA1005:Finish(_socket, result)|};", "private static int Finish(Socket socket, IAsyncResult result) => socket.EndReceive(result);")]
    [InlineData("{|LCA1005:Read(_stream)|};", "private static void Read(Stream stream) => stream.ReadByte();")]
    [InlineData("{|LCA1005:ReadAsync().Wait()|};", "private async Task ReadAsync() { await _stream.ReadAsync(_buffer); }", ".Wait()")]
    [InlineData("{|LCA1005:ReadAsync().GetAwaiter().GetResult()|};", "private async Task ReadAsync() { await _stream.ReadAsync(_buffer); }", ".GetAwaiter().GetResult()")]
    public Task In_what_it_calls(string body, string members, string tail = "") =>
        Case.HoldsAsync(Receiver(body.StartsWith("Finish();", StringComparison.Ordinal) ? body.Replace("Finish();", "{|LCA1005:Finish()|};") : tail.Length == 0 ? body : body.Replace(tail + "|}", "|}" + tail), members));

    [Theory]
    [InlineData("_ = new Timer(_ => {|LCA1005:_socket.Receive(_buffer)|});")]
    [InlineData("_ = new Timer(Tick, null, 0, 1000); void Tick(object? state) => {|LCA1005:_socket.Receive(_buffer)|};")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => {|LCA1005:_socket.Connect(\"\", 1)|});")]
    [InlineData("ThreadPool.UnsafeQueueUserWorkItem(_ => {|LCA1005:_socket.Receive(_buffer)|}, null);")]
    [InlineData("ThreadPool.QueueUserWorkItem(s => {|LCA1005:s.Receive(_buffer)|}, _socket, false);")]
    [InlineData("ThreadPool.RegisterWaitForSingleObject(new ManualResetEvent(false), (_, _) => {|LCA1005:_socket.Receive(_buffer)|}, null, 1000, true);")]
    [InlineData("new Thread(() => { while (true) {|LCA1005:_socket.Receive(_buffer)|}; }).Start();")]
    [InlineData("new Thread(Loop).Start(); void Loop() { {|LCA1005:_socket.Receive(_buffer)|}; }")]
    [InlineData("new Thread(new ThreadStart(Loop)).Start(); void Loop() { {|LCA1005:_socket.Receive(_buffer)|}; }")]
    [InlineData("Thread thread = new(Loop); thread.Start(_socket); void Loop(object? state) { {|LCA1005:((Socket)state!).Receive(_buffer)|}; }")]
    // A thread is a flow of one's own: its sends are this rule's.
    [InlineData("new Thread(() => {|LCA1005:_socket.Send(_buffer)|}).Start();")]
    [InlineData("new Thread(() => { var client = {|LCA1005:new TcpClient(\"\", 1)|}; client.Dispose(); }).Start();")]
    [InlineData("_args.Completed += (_, e) => { if (e.SocketError != SocketError.Success) {|LCA1005:throw new SocketException((int)e.SocketError);|} };")]
    [InlineData("_args.Completed += (_, e) => { if (e.SocketError != SocketError.Success) {|LCA1005:throw new InvalidOperationException(\"lost\");|} };")]
    [InlineData("_args.Completed += (_, e) => {|LCA1005:_socket.Receive(_buffer)|};")]
    [InlineData("_socket.BeginReceive(_buffer, 0, 1, SocketFlags.None, new AsyncCallback(r => {|LCA1005:_socket.EndReceive(r)|}), null);")]
    [InlineData("AsyncCallback done = r => {|LCA1005:_socket.EndReceive(r)|}; _socket.BeginReceive(_buffer, 0, 1, SocketFlags.None, done, null);")]
    public Task Whoever_runs_it(string body) => Case.HoldsAsync($$"""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();
            private readonly byte[] _buffer = new byte[1024];
            public void Start() { {{body}} }
        }
        """);

    [Theory]
    [InlineData("public async void Start() { await {|LCA1005:_client.ConnectAsync(\"\", 1)|}; }")]
    [InlineData("public async void Start() { var stream = _client.GetStream(); await {|LCA1005:stream.ReadAsync(_buffer)|}; }")]
    [InlineData("public async void Start() { using var reader = new StreamReader(_client.GetStream()); Console.WriteLine(await {|LCA1005:reader.ReadLineAsync()|}); }")]
    [InlineData("public async void Start() { try { await {|LCA1005:_client.ConnectAsync(\"\", 1)|}; } catch (OperationCanceledException) { } }")]
    [InlineData("public async void Start() { var connecting = {|LCA1005:_client.ConnectAsync(\"\", 1)|}; await connecting; }")]
    [InlineData("public async void Start() { await Task.WhenAll({|LCA1005:_client.ConnectAsync(\"\", 1)|}, Task.Delay(1)); }")]
    [InlineData("public async void Start() { await {|LCA1005:OpenAsync()|}; } private async Task OpenAsync() => await _client.ConnectAsync(\"\", 1);")]
    [InlineData("public async void Start() { await {|LCA1005:OpenAsync()|}; } private Task OpenAsync() => _client.ConnectAsync(\"\", 1);")]
    [InlineData("public async void Start() { await {|LCA1005:OpenAsync()|}; } private Task OpenAsync() { try { return _client.ConnectAsync(\"\", 1); } catch (Exception) { return Task.CompletedTask; } }")]
    [InlineData("public async void Start() { await {|LCA1005:Task.Run(() => _client.Connect(\"\", 1))|}; }")]
    [InlineData("public async void Start() { await {|LCA1005:_client.GetStream().WriteAsync(_buffer)|}; }")]
    [InlineData("public void Start() { Action open = async () => await {|LCA1005:_client.ConnectAsync(\"\", 1)|}; open(); }")]
    [InlineData("public void Start() => new List<int>().ForEach(async i => await {|LCA1005:_client.ConnectAsync(\"\", i)|});")]
    [InlineData("public void Start() { Open(); async void Open() => await {|LCA1005:_client.ConnectAsync(\"\", 1)|}; }")]
    [InlineData("public void Start() { var timer = new System.Timers.Timer(); timer.Elapsed += async (_, _) => await {|LCA1005:_client.ConnectAsync(\"\", 1)|}; }")]
    [InlineData("public void Start(CancellationToken stop) => stop.Register(async () => await {|LCA1005:_client.ConnectAsync(\"\", 1)|});")]
    [InlineData("public async void Stop(ClientWebSocket web) => await {|LCA1005:web.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default)|};")]
    [InlineData("public async void Read(ClientWebSocket web) { while (web.State == WebSocketState.Open) await {|LCA1005:web.ReceiveAsync(_buffer, default)|}; }")]
    public Task An_async_function_without_a_task(string member) => Case.HoldsAsync($$"""
        class Dialler
        {
            private readonly TcpClient _client = new();
            private readonly byte[] _buffer = new byte[1024];
            {{member}}
        }
        """);

    [Theory]
    [InlineData("_timer.Dispose()")]
    [InlineData("_timer!.Dispose()")]
    [InlineData("_timer?.Dispose()")]
    public Task A_timer_that_another_thread_may_have_disposed(string disposal) => Case.HoldsAsync($$"""
        class Pinger : IDisposable
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly Timer _timer;
            public Pinger() => _timer = new Timer(OnTick);
            private void OnTick(object? state)
            {
                try { _socket.Receive(new byte[1]); } catch (Exception e) { Console.WriteLine(e); }
                finally { {|LCA1005:_timer.Change(1000, Timeout.Infinite)|}; }
            }
            public void Dispose() => {{disposal}};
        }
        """);

    [Theory]
    [InlineData("_ => {|#0:Sample()|}", "'the handler'")]
    [InlineData("Tick", "'Tick'")]
    public Task A_timer_that_a_helper_arms_again(string callback, string name) => Case.HoldsAsync($$"""
        class Pinger : IDisposable
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly Timer _timer;
            public Pinger() => _timer = new Timer({{callback}});
            {{(callback == "Tick" ? "private void Tick(object? state) => {|#0:Sample()|};" : "")}}
            private void Sample()
            {
                try { _socket.Receive(new byte[1]); } catch (Exception e) { Console.WriteLine(e); }
                _timer.Change(1000, Timeout.Infinite);
            }
            public void Dispose() => _timer.Dispose();
        }
        """,
        Case.Diagnostic("LCA1005").WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)
            .WithMessage(name + " reaches 'Change' through 'Sample' on a timer that may be disposed by then, and nothing catches ObjectDisposedException: an exception that leaves it ends the process"));

    [Theory]
    // What the receiver does with the message takes its time, and may be that it closes.
    [InlineData("Received?.Invoke(read); {|LCA1005:_socket.BeginReceive(_buffer, 0, 1, SocketFlags.None, OnReceived, null)|};")]
    [InlineData("_done(read); {|LCA1005:Next()|};")]
    [InlineData("if (read == 0) return; _done(read); {|LCA1005:Next()|};")]
    public Task The_next_one_after_the_owners_code(string next) => Case.HoldsAsync(AfterOthers(next));

    /// <summary>A receiver that tells its owner of what came, and begins the next operation.</summary>
    internal static string AfterOthers(string next) => Receiver($"int read; try {{ read = _socket.EndReceive(result); }} catch (Exception e) {{ Log(e); return; }} {next}", """
        public event Action<int>? Received;
        private readonly Action<int> _done = _ => { };
        private void Next() => _socket.BeginReceive(_buffer, 0, 1, SocketFlags.None, OnReceived, null);
        public void Dispose() { Received = null; _socket.Dispose(); }
        """);

    [Fact]
    public Task Somebody_has_not_answered() => Case.HoldsAsync("""
        class Watch(Func<int> missed, Socket any)
        {
            public Timer Start() => new(_ => { if (missed() > 3) {|LCA1005:throw new TimeoutException("no heartbeat");|} }, any.Handle, 1, 1);
        }
        """);

    [Fact]
    public Task The_message_names_the_way() => Case.HoldsAsync(
        Receiver("{|#0:Finish(result)|};", "private void Finish(IAsyncResult result) => _socket.EndReceive(result);"),
        Case.Diagnostic("LCA1005").WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations)
            .WithMessage("'OnReceived' reaches 'EndReceive' through 'Finish', and nothing catches SocketException or ObjectDisposedException: an exception that leaves it ends the process"));

    [Theory]
    [InlineData("try { {|#0:_socket.EndReceive(result)|}; } catch (SocketException e) { Log(e); }", "calls 'EndReceive', and nothing catches ObjectDisposedException")]
    [InlineData("try { {|#0:_socket.EndReceive(result)|}; } catch (ObjectDisposedException e) { Log(e); }", "calls 'EndReceive', and nothing catches SocketException")]
    [InlineData("{|#0:_stream.EndRead(result)|};", "calls 'EndRead', and nothing catches IOException or ObjectDisposedException")]
    [InlineData("if (_closing) {|#0:throw new SocketException(1);|}", "throws, and nothing catches SocketException")]
    public Task The_message_names_what_is_missing(string body, string message) => Case.HoldsAsync(
        Receiver(body),
        Case.Diagnostic("LCA1005").WithLocation(0).WithOptions(DiagnosticOptions.IgnoreAdditionalLocations).WithMessage("'OnReceived' " + message + ": an exception that leaves it ends the process"));

    [Fact]
    public Task A_thread_whose_connection_others_close() => Case.HoldsAsync("""
        class Dialler
        {
            private readonly TcpClient _client = new();
            public void Start() => new Thread(() => { try { {|LCA1005:_client.Connect("", 1)|}; } catch (SocketException e) { Console.WriteLine(e); } }).Start();
            public void Stop() => Finish();
            private void Finish() => _client.Close();
        }
        """);

    [Fact]
    public Task A_work_item_of_ones_own() => Case.HoldsAsync("""
        class Dial(TcpClient client) : IThreadPoolWorkItem
        {
            public void Execute() => {|LCA1005:client.Connect("", 1)|};
        }
        """);

    [Fact]
    public Task A_stream_that_the_object_was_given() => Case.HoldsAsync("""
        abstract class Reader(Stream stream)
        {
            private readonly byte[] _chunk = new byte[1];
            protected void Begin() => stream.BeginRead(_chunk, 0, 1, OnRead, this);
            private static void OnRead(IAsyncResult result) => {|LCA1005:((Reader)result.AsyncState!).Complete(result)|};
            private int Complete(IAsyncResult result) => stream.EndRead(result);
            public TcpClient? Client { get; set; }
        }
        """);

    [Fact]
    public Task The_next_start_on_a_socket_that_others_close() => Case.HoldsAsync("""
        class Acceptor : IDisposable
        {
            private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);

            public void Start()
            {
                var args = new SocketAsyncEventArgs();
                args.Completed += OnAccepted;
                if (!_listener.AcceptAsync(args)) OnAccepted(this, args);
            }

            private void OnAccepted(object? sender, SocketAsyncEventArgs e)
            {
                e.AcceptSocket = null;
                if (!{|LCA1005:_listener.AcceptAsync(e)|}) Console.WriteLine("at once");
            }

            public void Dispose() => _listener.Dispose();
        }
        """);

    [Fact]
    public Task The_first_operation_of_one_that_others_have() => Case.HoldsAsync("""
        class Acceptor
        {
            private readonly List<Peer> _peers = [];
            private readonly SocketAsyncEventArgs _args = new();
            public Acceptor() => _args.Completed += OnAccepted;
            private void OnAccepted(object? sender, SocketAsyncEventArgs e) { {|LCA1005:_peers[0].Receive()|}; }
        }

        class Peer
        {
            private readonly Socket _socket;
            private readonly SocketAsyncEventArgs _args = new();
            public Peer(Socket socket) => _socket = socket;
            public void Receive() { if (!_socket.ReceiveAsync(_args)) Close(); }
            public void Close() => _socket.Close();
        }
        """);

    /// <summary>The connection is the object itself, which names no connection to use it.</summary>
    [Theory]
    [InlineData("catch (ObjectDisposedException) { return; }")]
    [InlineData("catch (Exception e) when (e is OperationCanceledException || e is ObjectDisposedException) { return; }")]
    public Task A_loop_of_a_type_that_derives_from_a_connection(string handling) => Case.HoldsAsync($$"""
        abstract class Datagrams : Socket
        {
            private readonly CancellationTokenSource _end = new();
            protected Datagrams() : base(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { }
            protected abstract ValueTask HandleAsync(System.Net.EndPoint from, Memory<byte> what);
            public void Begin() => Loop();
            private async void Loop()
            {
                var buffer = new byte[1500];
                while (!_end.IsCancellationRequested)
                {
                    try
                    {
                        var got = await {|LCA1005:ReceiveFromAsync(buffer, SocketFlags.None, new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0), _end.Token)|};
                        await HandleAsync(got.RemoteEndPoint, buffer.AsMemory(0, got.ReceivedBytes));
                    }
                    {{handling}}
                }
            }
        }
        """);

    /// <summary>Where closing has ended the last operation, the next one cannot be begun, and here nothing catches any more.</summary>
    [Theory]
    [InlineData("try { Serve(_socket.EndAccept(ar)); } catch { } finally { {|LCA1005:_socket.BeginAccept(On, null)|}; }")]
    [InlineData("try { Serve(_socket.EndAccept(ar)); } catch (Exception e) { Console.WriteLine(e); } {|LCA1005:_socket.BeginAccept(On, null)|};")]
    [InlineData("Socket? accepted = null; try { accepted = _socket.EndAccept(ar); } catch (Exception e) { Console.WriteLine(e); } if (accepted != null) Serve(accepted); {|LCA1005:_socket.BeginAccept(On, null)|};")]
    public Task The_next_operation_is_begun_after_a_failure(string body) => Case.HoldsAsync(Accepting(body));

    internal static string Accepting(string body, string stop = "public void Stop() => _socket.Close();") => $$"""
        class Door
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Open() => _socket.BeginAccept(On, null);
            {{stop}}
            private void On(IAsyncResult ar) { {{body}} }
            private static void Serve(Socket s) => s.Dispose();
        }
        """;
}
