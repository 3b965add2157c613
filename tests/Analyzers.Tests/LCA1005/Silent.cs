namespace LifecycleAnalyzers.Tests.LCA1005;

/// <summary>Somebody catches it, or it goes to somebody who awaits.</summary>
public class Silent
{
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

    [Theory]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) { Log(e); }")]
    [InlineData("try { _socket.EndReceive(result); } catch { Close(); }")]
    [InlineData("try { _socket.EndReceive(result); } catch (SocketException e) { Log(e); } catch (ObjectDisposedException) { }")]
    [InlineData("try { _socket.EndReceive(result); } catch (SocketException e) { Log(e); } catch (InvalidOperationException) { }")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) when (e is SocketException or ObjectDisposedException) { Log(e); }")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) when (Noted(e)) { } bool Noted(Exception e) { if (result.IsCompleted) return true; Log(e); return false; }")]
    // While it closes it is caught, else it is not expected.
    [InlineData("try { _socket.EndReceive(result); } catch (SocketException e) { Log(e); } catch (ObjectDisposedException) { if (_closing) return; throw; }")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) when (e is SocketException || e is ObjectDisposedException) { Log(e); }")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) when (e is not OutOfMemoryException) { Log(e); }")]
    [InlineData("try { _stream.EndRead(result); } catch (IOException e) { Log(e); } catch (ObjectDisposedException) { }")]
    // One way through the clause is quiet.
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) { if (_closing) throw new InvalidOperationException(\"closing\", e); else Log(e); }")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) { switch (e.HResult) { case 1: throw; } }")]
    // It may be a stream that leads to nobody.
    [InlineData("Stream from; if (_closing) from = new MemoryStream(); else from = _stream; from.EndRead(result);")]
    [InlineData("Stream? from = null; if (_closing) from = null; from!.EndRead(result);")]
    [InlineData("try { try { _socket.EndReceive(result); } catch (SocketException e) { Log(e); } } catch (ObjectDisposedException) { }")]
    [InlineData("try { try { _socket.EndReceive(result); } catch (SocketException e) { throw new IOException(\"\", e); } } catch (Exception e) { Log(e); }")]
    [InlineData("try { _socket.EndReceive(result); } catch (Exception e) { Log(e); return; } _socket.BeginReceive(_buffer, 0, 1, SocketFlags.None, OnReceived, null);")]
    [InlineData("try { Finish(result); } catch (Exception e) { Log(e); }")]
    [InlineData("Guarded(result);")]
    [InlineData("try { HalfGuarded(result); } catch (ObjectDisposedException) { }")]
    // Its failure goes into a task.
    [InlineData("_ = _stream.ReadAsync(_buffer).AsTask();")]
    [InlineData("_ = Task.Run(() => _socket.EndReceive(result));")]
    [InlineData("_stream.ReadAsync(_buffer).AsTask().ContinueWith(t => Console.WriteLine(t.Exception));")]
    // Another rule speaks of sends.
    [InlineData("_socket.Send(_buffer);")]
    // Mistakes of the program, not of the network.
    [InlineData("if (result is null) throw new ArgumentNullException(nameof(result));")]
    [InlineData("Close(); if (_closing) throw new NotSupportedException();")]
    [InlineData("_socket.Dispose(); _stream.Close();")]
    public Task In_a_callback(string body) => Case.SilentAsync(Receiver(body, """
        private int Finish(IAsyncResult result) => _socket.EndReceive(result);
        private int Guarded(IAsyncResult result) { try { return _socket.EndReceive(result); } catch (Exception) { return 0; } }
        private int HalfGuarded(IAsyncResult result) { try { return _socket.EndReceive(result); } catch (SocketException) { return 0; } }
        """));

    [Theory]
    [InlineData("public async Task StartAsync() { await _client.ConnectAsync(\"\", 1); }")]
    [InlineData("public async void Start() { try { await _client.ConnectAsync(\"\", 1); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("public async void Start() { try { var connecting = _client.ConnectAsync(\"\", 1); await Task.Yield(); await connecting; } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("public async void Start() { await OpenAsync(); } private async Task OpenAsync() { try { await _client.ConnectAsync(\"\", 1); } catch (Exception e) { Console.WriteLine(e); } }")]
    [InlineData("public async void Start() { await Task.WhenAny(_client.ConnectAsync(\"\", 1), Task.Delay(1)); }")]
    [InlineData("public async void Start() { await Task.Delay(1); _client.Close(); }")]
    [InlineData("public void Start() { Func<Task> open = async () => await _client.ConnectAsync(\"\", 1); _ = open(); }")]
    [InlineData("public void Start() => Task.Run(async () => await _client.ConnectAsync(\"\", 1));")]
    // A timer of System.Timers swallows what a synchronous handler throws.
    [InlineData("public void Start() { var timer = new System.Timers.Timer(); timer.Elapsed += (_, _) => _client.Connect(\"\", 1); }")]
    // It reaches whoever cancels.
    [InlineData("public void Start(CancellationToken stop) => stop.Register(() => _client.Connect(\"\", 1));")]
    [InlineData("public void Start() { var thread = new Thread(() => { try { _client.Connect(\"\", 1); } catch (Exception e) { Console.WriteLine(e); } }); thread.Start(); }")]
    [InlineData("public void Start() { var thread = new Thread(() => { using var file = File.OpenRead(\"x\"); file.ReadByte(); }); thread.Start(); }")]
    [InlineData("public void Start() { var thread = new Thread(() => { var listener = new TcpListener(1); listener.Start(); }); thread.Start(); }")]
    [InlineData("public async void Read(Stream file) => await file.ReadExactlyAsync(new byte[1]);")]
    public Task Elsewhere(string member) => Case.SilentAsync($$"""
        #pragma warning disable CS0618
        class Dialler
        {
            private readonly TcpClient _client = new();
            {{member}}
        }
        """);

    [Theory]
    [InlineData("if (_disposed) return; _timer.Change(1000, -1);")]
    [InlineData("if (!_disposed) _timer.Change(1000, -1);")]
    [InlineData("try { _timer.Change(1000, -1); } catch (ObjectDisposedException) { }")]
    [InlineData("lock (_socket) _timer.Change(1000, -1);")]
    [InlineData("_other.Change(1000, -1);")]
    // In a helper, and on the way to it.
    [InlineData("Arm(); void Arm() { if (!_disposed) _timer.Change(1000, -1); }")]
    [InlineData("Again();")]
    [InlineData("if (!_disposed) Bare();")]
    [InlineData("try { Bare(); } catch (ObjectDisposedException) { }")]
    [InlineData("Task.Run(Bare);")]
    public Task A_timer_that_is_re_armed_with_care(string body) => Case.SilentAsync($$"""
        class Pinger : IDisposable
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly Timer _timer;
            private readonly Timer _other;
            private bool _disposed;
            public Pinger() { _timer = new Timer(OnTick); _other = new Timer(OnTick); }
            private void OnTick(object? state) { {{body}} }
            private void Again() { try { Bare(); } catch (ObjectDisposedException) { } }
            private void Bare() => _timer.Change(1000, -1);
            public void Dispose() { _disposed = true; _timer.Dispose(); }
        }
        """);

    [Theory]
    // The owner's code has run already, or the next one is begun only if it has not closed.
    [InlineData("Next();")]
    [InlineData("Next(); _done(read);")]
    [InlineData("_done(read); if (!_closing) Next();")]
    [InlineData("_done(read); if (_closing) return; Next();")]
    [InlineData("_done(read); try { Next(); } catch (Exception e) { Log(e); }")]
    public Task The_next_operation_on_what_has_just_worked(string next) => Case.SilentAsync(Reports.AfterOthers(next));

    [Fact]
    public Task A_throw_that_speaks_of_no_peer() => Case.SilentAsync("""
        class Watch(Func<int> depth, Socket any)
        {
            public Timer Start() => new(_ => { if (depth() > 3) throw new InvalidOperationException("too deep"); }, any.Handle, 1, 1);
        }
        """);

    [Fact]
    public Task A_timer_in_whose_place_stands_another() => Case.SilentAsync("""
        class Detector(Socket socket)
        {
            private Timer? _timer;
            public void Restart(int every) { if (_timer != null) _timer.Dispose(); _timer = new Timer(OnTick, null, every, every); }
            private void OnTick(object? state) { _timer!.Change(-1, -1); try { socket.Receive(new byte[1]); } catch (Exception) { } }
        }
        """);

    /// <summary>A send that a callback leads to is another rule's, on whichever object the callback calls it.</summary>
    [Theory]
    [InlineData("stop.Register(static s => ((Notice)s!).Tell(), this)")]
    [InlineData("stop.Register(() => this.Tell())")]
    [InlineData("stop.Register(() => Kept?.Tell())")]
    public Task A_send_that_a_callback_leads_to(string registration) => Case.SilentAsync($$"""
        class Notice(ClientWebSocket web)
        {
            public Notice? Kept { get; set; }
            public void Watch(CancellationToken stop) => {{registration}};
            private async void Tell() { try { await web.SendAsync(new byte[1], WebSocketMessageType.Binary, true, default); } catch (WebSocketException) { } }
        }
        """);

    [Fact]
    public Task What_a_sibling_overrides_is_not_reached() => Case.HoldsAsync("""
        abstract class Wire
        {
            public void Poll() => Ask();
            protected abstract void Ask();
        }

        class Stream(NetworkStream stream) : Wire
        {
            protected override void Ask() => stream.ReadByte();
            public async void OnTick() { await Task.Yield(); {|LCA1005:Poll()|}; }
        }

        class Queue : Wire
        {
            protected override void Ask() => Console.WriteLine();
            public async void OnTick() { await Task.Yield(); Poll(); }
        }

        class Owner(Queue queue, Wire any)
        {
            public async void OnTick() { await Task.Yield(); queue.Poll(); }
            public async void OnOther() { await Task.Yield(); {|LCA1005:any.Poll()|}; }
        }
        """);

    [Fact]
    public Task A_completion_that_keeps_its_error_for_the_caller() => Case.SilentAsync("""
        class Connector
        {
            private readonly SocketAsyncEventArgs _args = new();
            private readonly ManualResetEventSlim _done = new();
            private SocketError _error;
            public void Connect(Socket socket)
            {
                _args.Completed += (_, e) => { _error = e.SocketError; _done.Set(); };
                if (socket.ConnectAsync(_args)) _done.Wait();
                if (_error != SocketError.Success) throw new SocketException((int)_error);
            }
        }
        """);

    [Fact]
    public Task The_first_operation_of_one_that_is_made_there() => Case.SilentAsync("""
        class Acceptor
        {
            private readonly SocketAsyncEventArgs _args = new();
            public Acceptor() => _args.Completed += OnAccepted;
            private void OnAccepted(object? sender, SocketAsyncEventArgs e) { if (e.AcceptSocket is { } socket) new Peer(socket).Receive(); }
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

    [Fact]
    public Task An_operation_loop_that_is_started_again() => Case.SilentAsync("""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();
            public Receiver() => _args.Completed += OnCompleted;
            private void OnCompleted(object? sender, SocketAsyncEventArgs e)
            {
                switch (e.LastOperation)
                {
                    case SocketAsyncOperation.Receive: Receive(e); break;
                    default: throw new InvalidOperationException("unexpected operation");
                }
            }
            private void Receive(SocketAsyncEventArgs e)
            {
                while (e.SocketError == SocketError.Success && e.BytesTransferred > 0)
                {
                    try { if (_socket.ReceiveAsync(e)) return; } catch (ObjectDisposedException) { return; }
                }
                _socket.Close();
            }
        }
        """);

    [Theory]
    // Only the thread itself closes it.
    [InlineData("new Thread(() => { var client = new TcpClient(); try { client.Connect(\"\", 1); } catch (SocketException e) { Console.WriteLine(e); } client.Close(); }).Start();")]
    [InlineData("new Thread(() => { try { _client.Connect(\"\", 1); } catch (SocketException e) { Console.WriteLine(e); } Finish(); }).Start();")]
    public Task A_flow_of_ones_own_that_closes_for_itself(string body) => Case.SilentAsync($$"""
        class Dialler
        {
            private readonly TcpClient _client = new();
            public void Start() { {{body}} }
            private void Finish() => _client.Close();
        }
        """);

    /// <summary>The operation tells what the network did; nobody to be seen closes the socket under it.</summary>
    [Fact]
    public Task The_next_start_of_an_operation_object() => Case.SilentAsync("""
        class Receiver(Socket socket)
        {
            private readonly SocketAsyncEventArgs _args = new();

            public void Start()
            {
                _args.Completed += OnCompleted;
                if (!socket.ReceiveAsync(_args)) OnCompleted(this, _args);
            }

            private void OnCompleted(object? sender, SocketAsyncEventArgs e)
            {
                while (e is { SocketError: SocketError.Success, BytesTransferred: > 0 })
                {
                    if (socket.ReceiveAsync(e)) return;
                }
            }
        }
        """);

    /// <summary>What is missing on the disk is no peer.</summary>
    [Fact]
    public Task A_file_that_is_not_there() => Case.SilentAsync("""
        class Watched(string folder)
        {
            private readonly System.IO.FileSystemWatcher _watcher = new(folder);
            public void Start() { _watcher.Error += (_, _) => { }; _watcher.Created += OnCreated; _watcher.EnableRaisingEvents = true; }
            private async void OnCreated(object sender, System.IO.FileSystemEventArgs e) => await ImportAsync(e.FullPath);
            private static async Task ImportAsync(string path)
            {
                if (!System.IO.File.Exists(path)) throw new System.IO.FileNotFoundException(path);
                await Task.Delay(1);
            }
        }
        """);

    [Theory]
    [InlineData("try { Serve(_socket.EndAccept(ar)); _socket.BeginAccept(On, null); } catch (Exception e) { Console.WriteLine(e); }")]
    [InlineData("try { Serve(_socket.EndAccept(ar)); } catch (Exception) { return; } _socket.BeginAccept(On, null);")]
    [InlineData("Socket? accepted = null; try { accepted = _socket.EndAccept(ar); } catch (Exception e) { Console.WriteLine(e); } if (accepted is null) return; Serve(accepted); _socket.BeginAccept(On, null);")]
    [InlineData("try { Serve(_socket.EndAccept(ar)); } catch { } finally { try { _socket.BeginAccept(On, null); } catch (Exception) { } }")]
    [InlineData("try { Serve(_socket.EndAccept(ar)); } catch (ObjectDisposedException) { return; } catch (SocketException) { } _socket.BeginAccept(On, null);")]
    public Task The_next_operation_is_begun_where_the_last_has_worked(string body) => Case.SilentAsync(Reports.Accepting(body));

    [Fact]
    public Task Nobody_closes_it() => Case.SilentAsync(Reports.Accepting("try { Serve(_socket.EndAccept(ar)); } catch { } finally { _socket.BeginAccept(On, null); }", ""));

    /// <summary>What an async void method sends is sent from the callback that calls it: another rule's.</summary>
    [Fact]
    public Task A_send_of_an_async_method_that_a_timer_calls() => Case.SilentAsync("""
        class Beat(System.Net.WebSockets.WebSocket socket)
        {
            private Timer? _timer;

            public void Start() => _timer = new Timer(_ => Send(), null, 0, 1000);

            private async void Send()
            {
                if (socket.State != System.Net.WebSockets.WebSocketState.Open) return;
                await socket.SendAsync(new byte[1], System.Net.WebSockets.WebSocketMessageType.Text, true, default);
            }

            public void Stop() => _timer?.Dispose();
        }
        """);

    /// <summary>What was put into the field a moment ago has not been closed by another one; what has been there for long may have been.</summary>
    [Theory]
    [InlineData("_socket = new Socket(SocketType.Dgram, ProtocolType.Udp); try { _socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Any, port)); } catch (SocketException) { _socket.Close(); throw; }", false)]
    [InlineData("_socket!.Receive(new byte[port]);", true)]
    public Task A_connection_that_the_same_call_makes(string start, bool isReported)
    {
        var call = isReported ? "{|LCA1005:Start(port)|}" : "Start(port)";
        return Case.HoldsAsync($$"""
            class Server
            {
                private Socket? _socket;
                public void Stop() => _socket?.Close();
                private void Start(int port) { {{start}} }
                public async void Restart(int port) { await Task.Delay(1); try { {{call}}; } catch (SocketException e) { Console.WriteLine(e); } }
            }
            """);
    }

    /// <summary>What is just being made is nobody else's to close.</summary>
    [Fact]
    public Task Begun_in_a_constructor() => Case.SilentAsync("""
        class Gate
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public Gate(int port)
            {
                try { _socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Any, port)); _socket.Listen(5); } catch (SocketException) { }
                _socket.BeginAccept(On, null);
            }

            public void Close() => _socket.Close();
            private void On(IAsyncResult ar) { try { _socket.EndAccept(ar).Dispose(); } catch (Exception) { } }
        }

        class Server
        {
            private Gate? _gate;
            public void Start() => new Thread(Run).Start();
            private void Run() { _gate = new Gate(5); }
        }
        """);

    /// <summary>Of an anonymous pipe, this program has the other end, too.</summary>
    [Fact]
    public Task A_pipe_within_the_program() => Case.SilentAsync(Reading("new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.In)", "reader.Read(text, 0, 10)"));

    [Fact]
    public Task A_pipe_to_another_program() => Case.HoldsAsync(Reading("new System.IO.Pipes.NamedPipeServerStream(\"feed\")", "{|LCA1005:reader.Read(text, 0, 10)|}"));

    private static string Reading(string pipe, string read) => $$"""
        class Feed
        {
            public void Run()
            {
                using var pipe = {{pipe}};
                using var reader = new System.IO.StreamReader(pipe);
                var thread = new Thread(() => { var text = new char[10]; while ({{read}} > 0) { } });
                thread.Start();
                thread.Join();
            }
        }
        """;

    [Theory]
    [InlineData("private readonly System.IO.Stream _inflate;", "_packed = new(); _inflate = new System.IO.Compression.DeflateStream(_packed, System.IO.Compression.CompressionMode.Decompress);")]
    [InlineData("private readonly System.IO.BinaryReader _inflate;", "_packed = new(); _inflate = new System.IO.BinaryReader(_packed);")]
    public Task What_is_read_lies_in_memory(string field, string made) => Case.SilentAsync($$"""
        class Inflater
        {
            private readonly System.IO.MemoryStream _packed;
            {{field}}
            public Inflater() { {{made}} }
            public void Start() => new Thread(() => { _ = _inflate.Read(new byte[9], 0, 9); }).Start();
        }
        """);

    [Theory]
    [InlineData("[Xunit.Fact]", "")]
    [InlineData("", "{|LCA1005:")]
    public Task A_test_that_is_waited_for(string attribute, string mark) => Case.HoldsAsync($$"""
        namespace Xunit { class FactAttribute : Attribute; }
        namespace Mine
        {
            class Connecting
            {
                {{attribute}}
                public async void Works()
                {
                    using var client = new TcpClient();
                    await {{mark}}client.ConnectAsync("host", 1){{(mark.Length > 0 ? "|}" : "")}};
                }
            }
        }
        """);

    /// <summary>A handle that cannot be made is no peer that has gone.</summary>
    [Theory]
    [InlineData("static class Native { public static nint Make(int size) { if (size == 0) throw new System.IO.IOException(); return size; } }", "Native.Make(4)")]
    [InlineData("class Native(NetworkStream peer) { public nint Make(int size) { if (peer.ReadByte() < size) throw new System.IO.IOException(); return size; } }", "{|LCA1005:native.Make(4)|}")]
    [InlineData("static class Native { public static nint Make(int size) { if (size == 0) throw new SocketException(9); return size; } }", "{|LCA1005:Native.Make(4)|}")]
    public Task What_a_helper_throws_is_not_always_about_a_connection(string helper, string call) => Case.HoldsAsync($$"""
        {{helper}}

        class Watcher
        {
            public void Start(NetworkStream peer)
            {
                var native = {{(helper.StartsWith("class", StringComparison.Ordinal) ? "new Native(peer)" : "peer")}};
                new Thread(() => { Console.WriteLine({{call}}); native.GetHashCode(); }).Start();
            }
        }
        """);

    /// <summary>A send that its own connection refuses is told of as a send.</summary>
    [Fact]
    public Task A_send_that_is_refused() => Case.SilentAsync("""
        class PeerConnection(Socket socket) : IDisposable
        {
            public bool IsOpen => socket.Connected;
            public async Task SendAsync(byte[] m) { if (!IsOpen) throw new PeerGoneException(); await socket.SendAsync(m); }
            public void Dispose() => socket.Dispose();
        }

        class PeerGoneException : IOException { }

        class Clock
        {
            private readonly PeerConnection _peer;
            public Clock(PeerConnection peer) { _peer = peer; Timer = new(Tick, null, 0, 100); }
            public Timer Timer { get; }
            private async void Tick(object? state) => await _peer.SendAsync(new byte[1]);
        }
        """);

    /// <summary>A program makes one of the two kinds; the other's code is made by nobody.</summary>
    [Theory]
    [InlineData("new Local()", true)]
    [InlineData("new Remote()", false)]
    public Task A_kind_that_the_program_never_makes(string made, bool silent)
    {
        var source = """
            class Program { static void Main() => new Pump(MADE).Start(); }
            interface IPort { void Poll(); }
            class Local : IPort { public void Poll() { } }
            class Remote : IPort { private readonly Socket _s = new(SocketType.Dgram, ProtocolType.Udp); public void Poll() => _s.Receive(new byte[9]); }
            class Pump(IPort port) { public void Start() => new Thread(Loop).Start(); private void Loop() { while (true) MARK; } }
            """.Replace("MADE", made).Replace("MARK", silent ? "port.Poll()" : "{|LCA1005:port.Poll()|}");
        return Case.Program(source).RunAsync();
    }

    /// <summary>Of a send in another project of the solution nobody has said here that it throws.</summary>
    [Theory]
    [InlineData("HallSession", "session.Send(\"x\")")]
    [InlineData("WireClient", "{|LCA1005:session.Send(\"x\")|}")]
    public Task A_send_of_the_project_next_door(string type, string send) => Case.NextDoor($$"""
        class Greeter
        {
            public void Greet({{type}} session) => new Thread(() => {{send}}).Start();
        }
        """).RunAsync();

    /// <summary>Nobody closes it, or nobody can while the lock is held.</summary>
    [Theory]
    [InlineData("void Run() { try { _udp.Receive(ref _from); } catch (SocketException) { } }", "_clock.Dispose();")]
    [InlineData("void Run() { try { {|LCA1005:_udp.Receive(ref _from)|}; } catch (SocketException) { } }", "_udp.Dispose();")]
    [InlineData("void Run() { try { {|LCA1005:_udp.Receive(ref _from)|}; } catch (SocketException) { } }", "Hand(_udp);")]
    public Task Closed_by_nobody(string run, string end) => Case.HoldsAsync($$"""
        class Ear : IDisposable
        {
            private readonly UdpClient _udp = new();
            private readonly System.Threading.Timer _clock = new(_ => { });
            private System.Net.IPEndPoint _from = new(System.Net.IPAddress.Any, 0);
            public void Start() => new Thread(Run).Start();
            {{run}}
            private static void Hand(IDisposable given) => given.Dispose();
            public void Dispose() { {{end}} }
        }
        """);

    [Theory]
    [InlineData("lock (_sync) { if (_udp == null) return; _udp.EndReceive(result, ref from); }", "lock (_sync) { _udp?.Close(); _udp = null; }")]
    [InlineData("lock (_sync) { if (_udp == null) return; {|LCA1005:_udp.EndReceive(result, ref from)|}; }", "_udp?.Close(); _udp = null;")]
    [InlineData("lock (_sync) { {|LCA1005:_udp!.EndReceive(result, ref from)|}; }", "lock (_sync) { _udp?.Close(); _udp = null; }")]
    public Task Closed_under_the_same_lock(string end, string close) => Case.HoldsAsync($$"""
        class Ear : IDisposable
        {
            private readonly object _sync = new();
            private UdpClient? _udp = new();
            public void Start() => _udp!.BeginReceive(Received, null);
            private void Received(IAsyncResult result)
            {
                System.Net.IPEndPoint? from = null;
                try { {{end}} } catch (SocketException) { }
            }
            public void Dispose() { {{close}} }
        }
        """);

    private static string Replay(string reader) => $$"""
        class ReplayTransport(string name, TcpClient client)
        {
            private TextReader? _reader;
            public bool IsClosed => _reader is null;
            public void Init() { _reader = {{reader}}; new Thread(Loop).Start(); }
            public void Send(string line) => Console.WriteLine(line + name + client);
            public void Close() => _reader?.Close();
            private void Loop() { while ({|LCA1005:_reader!.ReadLine()|} is { } line) Console.WriteLine(line); }
        }
        """;

    /// <summary>A transport that plays back what was noted down reads no peer.</summary>
    [Theory]
    [InlineData("new StreamReader(File.OpenRead(name))")]
    [InlineData("new StreamReader(name)")]
    [InlineData("new StreamReader(new FileStream(name, FileMode.Open))")]
    public Task A_file(string reader) => Case.SilentAsync(Replay(reader).Replace("{|LCA1005:_reader!.ReadLine()|}", "_reader!.ReadLine()", StringComparison.Ordinal));

    [Fact]
    public Task A_peer() => Case.HoldsAsync(Replay("new StreamReader(client.GetStream())"));
}
