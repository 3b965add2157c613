using Microsoft.CodeAnalysis;

namespace LifecycleAnalyzers.Incidents.Tests;

/// <summary>
/// Small programs that show why the rules on creation matter: a peer resets its connection, or has spoken already. Each fails as its
/// rule's page says, is reported at its mark alone, and does its work when the fix is applied.
/// </summary>
public sealed class CreationShapes
{
    /// <summary>Two ends of a connection; what happens to them is the shape's.</summary>
    private const string Main = """

        public static class Program
        {
            public static async Task<int> Main()
            {
                System.Diagnostics.Trace.Listeners.Add(new System.Diagnostics.ConsoleTraceListener());
                using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(8));
                using var listener = new TcpListener(IPAddress.Loopback, 0);
                listener.Start();
                using var client = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await client.ConnectAsync(listener.LocalEndpoint, limit.Token);
                using var peer = await listener.AcceptSocketAsync(limit.Token);
                WHAT
                await Task.Delay(1000, limit.Token);
                Console.WriteLine("still here");
                return 0;
            }
        }
        """;

    private const string Resets = """
        new Reader(client).Start();
                peer.LingerState = new LingerOption(true, 0);
                peer.Close();
        """;

    private const string HasSpoken = """
        await peer.SendAsync(new byte[5], SocketFlags.None, limit.Token);
                while (client.Available < 5) await Task.Delay(10, limit.Token);
                new Reader(client).Start();
        """;

    private const string IsRefused = """
        var address = (IPEndPoint)listener.LocalEndpoint;
                listener.Stop();
                new Dialler(address).Start();
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public Task An_operation_that_completed_at_once_is_never_heard_of() => ReplayAsync("LCA1002", HasSpoken, """
        public sealed class Reader
        {
            private readonly Socket _socket;
            private readonly SocketAsyncEventArgs _args = new();

            public Reader(Socket socket)
            {
                _socket = socket;
                _args.SetBuffer(new byte[64]);
                _args.Completed += OnReceived;
            }

            public void Start()
            {
                _socket.ReceiveAsync(_args); //!
            }

            private void OnReceived(object? sender, SocketAsyncEventArgs e) => Console.WriteLine($"read {e.BytesTransferred}");
        }
        """,
        run => Assert.Equal(["still here"], run.Output),
        run => Assert.Equal(["read 5", "still here"], run.Output));

    [Fact]
    public Task A_loop_that_nobody_observes_ends_unheard() => ReplayAsync("LCA1004", Resets, """
        public sealed class Reader(Socket socket)
        {
            public void Start()
            {
                _ = ReadAsync(); //!
            }

            private async Task ReadAsync()
            {
                var buffer = new byte[64];
                while (await socket.ReceiveAsync(buffer) > 0) Console.WriteLine("read");
            }
        }
        """,
        run =>
        {
            Assert.Equal(["still here"], run.Output);
            Assert.Empty(run.Error);
        },
        run => Assert.Contains(run.Output, line => line.Contains("SocketException", StringComparison.Ordinal)));

    [Fact]
    public Task A_reset_ends_the_process() => ReplayAsync("LCA1005", Resets, """
        public sealed class Reader(Socket socket)
        {
            private readonly byte[] _buffer = new byte[64];

            public void Start() => socket.BeginReceive(_buffer, 0, _buffer.Length, SocketFlags.None, OnReceived, null);

            private void OnReceived(IAsyncResult result)
            {
                Console.WriteLine($"read {socket.EndReceive(result)}"); //!
            }
        }
        """,
        run =>
        {
            Assert.StartsWith("System.Net.Sockets.SocketException", run.Crash);
            Assert.NotEqual(0, run.ExitCode);
            Assert.Empty(run.Output);
        },
        run =>
        {
            Assert.Null(run.Crash);
            Assert.Equal("still here", run.Output.Last());
        });

    [Fact]
    public Task A_throw_in_a_completion_ends_the_process() => ReplayAsync("LCA1005", Resets, """
        public sealed class Reader
        {
            private readonly Socket _socket;
            private readonly SocketAsyncEventArgs _args = new();

            public Reader(Socket socket)
            {
                _socket = socket;
                _args.SetBuffer(new byte[64]);
                _args.Completed += OnReceived;
            }

            public void Start()
            {
                if (!_socket.ReceiveAsync(_args)) OnReceived(_socket, _args);
            }

            private void OnReceived(object? sender, SocketAsyncEventArgs e)
            {
                if (e.SocketError != SocketError.Success) throw new SocketException((int)e.SocketError); //!
                Console.WriteLine($"read {e.BytesTransferred}");
            }
        }
        """,
        run => Assert.StartsWith("System.Net.Sockets.SocketException", run.Crash),
        run =>
        {
            Assert.Null(run.Crash);
            Assert.Equal("still here", run.Output.Last());
        });

    /// <summary>Who runs the code is nobody who could catch: a pool thread, a thread, a timer, or an async method without a task.</summary>
    [Theory]
    [InlineData("""
        public async void Start()
            {
                var buffer = new byte[64];
                while (await socket.ReceiveAsync(buffer) > 0) Console.WriteLine("read"); //!
            }
        """)]
    [InlineData("""
        public void Start() => Soon(async () =>
            {
                var buffer = new byte[64];
                while (await socket.ReceiveAsync(buffer) > 0) Console.WriteLine("read"); //!
            });

            private static void Soon(Action work) => work();
        """)]
    [InlineData("""
        public void Start() => ThreadPool.QueueUserWorkItem(_ =>
            {
                var buffer = new byte[64];
                while (socket.Receive(buffer) > 0) Console.WriteLine("read"); //!
            });
        """)]
    [InlineData("""
        public void Start() => new Thread(Read) { IsBackground = true }.Start();

            private void Read()
            {
                var buffer = new byte[64];
                while (socket.Receive(buffer) > 0) Console.WriteLine("read"); //!
            }
        """)]
    [InlineData("""
        private Timer? _timer;

            public void Start() => _timer = new Timer(OnTick, null, 1, Timeout.Infinite);

            private void OnTick(object? state)
            {
                var buffer = new byte[64];
                Console.WriteLine($"read {socket.Receive(buffer)}"); //!
            }
        """)]
    [InlineData("""
        private readonly System.Timers.Timer _timer = new(1) { AutoReset = false };

            public void Start()
            {
                _timer.Elapsed += OnElapsed;
                _timer.Start();
            }

            private async void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
            {
                var buffer = new byte[64];
                Console.WriteLine($"read {await socket.ReceiveAsync(buffer)}"); //!
            }
        """)]
    public Task A_reset_ends_the_process_wherever_nobody_awaits(string members) => ReplayAsync(
        "LCA1005", Resets, "public sealed class Reader(Socket socket)\n{\n    " + members.Replace("\r\n", "\n") + "\n}\n", Dies, Lives);

    [Fact]
    public Task A_refused_connect_ends_the_process() => ReplayAsync("LCA1005", IsRefused, """
        public sealed class Dialler(IPEndPoint address)
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

            public void Start() => _socket.BeginConnect(address, OnConnected, null);

            private void OnConnected(IAsyncResult result)
            {
                _socket.EndConnect(result); //!
                Console.WriteLine("connected");
            }
        }
        """,
        Dies,
        Lives);

    [Fact]
    public Task A_loop_on_a_pool_thread_ends_unheard() => ReplayAsync("LCA1004", Resets, """
        public sealed class Reader(Socket socket)
        {
            public void Start()
            {
                Task.Run(async () => //!
                {
                    var buffer = new byte[64];
                    while (await socket.ReceiveAsync(buffer) > 0) Console.WriteLine("read");
                });
            }
        }
        """,
        run =>
        {
            Assert.Equal(["still here"], run.Output);
            Assert.Empty(run.Error);
        },
        run => Assert.Contains(run.Output, line => line.Contains("SocketException", StringComparison.Ordinal)));

    private static void Dies(ChildRun run)
    {
        Assert.StartsWith("System.Net.Sockets.SocketException", run.Crash);
        Assert.NotEqual(0, run.ExitCode);
        Assert.DoesNotContain("still here", run.Output);
    }

    private static void Lives(ChildRun run)
    {
        Assert.Null(run.Crash);
        Assert.Equal(0, run.ExitCode);
        Assert.Equal("still here", run.Output.Last());
    }

    private static async Task ReplayAsync(string id, string what, string shape, Action<ChildRun> fails, Action<ChildRun> works)
    {
        // What the fixes write goes to the trace, which the SDK switches on.
        var text = "#define TRACE\nusing System.Net;\nusing System.Net.Sockets;\n\n" + shape.Replace("\r\n", "\n") + Main.Replace("\r\n", "\n").Replace("WHAT", what.Replace("\r\n", "\n"));
        var line = text.Split('\n').ToList().FindIndex(l => l.EndsWith("//!", StringComparison.Ordinal)) + 1;
        var project = SourceProject.Create(id, [new SourceFile("/Broken.cs", text)]);
        var rules = RulePackage.Load();
        Assert.Equal([new Mark("Broken.cs", line, id)], (await Findings.OfAsync(project, rules, Stop)).AsMarks());
        fails(await RunAsync(project));

        var repaired = await FixRun.ApplyAsync(project, rules, FixOrder.FirstToLast, Stop);
        Assert.Empty(repaired.Left);
        Assert.Single(repaired.Applied);
        works(await RunAsync(SourceProject.Create(id, repaired.Sources)));
    }

    private static async Task<ChildRun> RunAsync(Project project)
    {
        using var program = await BuiltProgram.CompileAsync(project, Stop);
        Assert.Empty(program.Warnings);
        var run = await ChildRun.StartAsync(program, TimeSpan.FromSeconds(30), Stop);
        Assert.False(run.TimedOut, run.ToString());
        return run;
    }
}
