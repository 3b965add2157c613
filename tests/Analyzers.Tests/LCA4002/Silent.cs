namespace LifecycleAnalyzers.Tests.LCA4002;

/// <summary>The object is the request's own, or one request is served at a time.</summary>
public class Silent
{
    [Theory]
    [InlineData("var mine = context; await _next(mine); mine.Abort();")]
    [InlineData("_context = context; Log(); await _next(context);", "void Log() => Console.WriteLine(_context!.TraceIdentifier);")]
    [InlineData("_context = context; await _next(context);")]
    [InlineData("await _gate.WaitAsync(); try { _context = context; await _next(context); _context.Abort(); } finally { _gate.Release(); }")]
    [InlineData("if (_context is not null) return; _context = context; await _next(context); _context.Abort();")]
    [InlineData("_context = new DefaultHttpContext(); await _next(context); _context.Abort();")]
    [InlineData("(_context, var began) = (new DefaultHttpContext(), context.TraceIdentifier); await _next(context); Console.WriteLine(_context.TraceIdentifier + began);")]
    [InlineData("var (mine, began) = (context, Environment.TickCount); (mine, _body) = (context, null); await _next(context); Console.WriteLine(mine.TraceIdentifier + began + _body);")]
    public Task In_a_middleware(string body, string members = "") => Case.SilentAsync(Reports.Middleware(body, members));

    [Fact]
    public Task A_stream_that_waits_for_its_peer_is_one_connection() => Case.SilentAsync("""
        class PassiveStream : MemoryStream
        {
            private Socket _socket;
            public PassiveStream(Socket listening) => _socket = listening;
            public async Task AcceptAsync() { var listening = _socket; _socket = await listening.AcceptAsync(); await Task.Yield(); _socket.NoDelay = true; listening.Dispose(); }
        }
        """);

    [Fact]
    public Task Made_for_each_request() => Case.SilentAsync(Reports.Web + """
        class Scoped
        {
            private HttpContext? _context;
            public void Begin(HttpContext context) => _context = context;
            public string? Path() => _context!.Request.Path;
        }

        static class Services { public static void Add(IServiceCollection services) => services.AddScoped<Scoped>(); }

        class ChatHub : Hub
        {
            private HubCallerContext? _mine;
            public async Task Say() { _mine = Context; await Task.Delay(1); Console.WriteLine(_mine.ConnectionId); }
        }

        class Things : ControllerBase
        {
            private HttpContext? _context;
            public async Task Get() { _context = HttpContext; await Task.Delay(1); _context.Abort(); }
        }

        class Conversation
        {
            private NetworkStream? _stream;
            public async Task RunAsync(TcpClient client) { _stream = client.GetStream(); await Task.Delay(1); await _stream.FlushAsync(); }
        }
        """);

    [Fact]
    public Task One_client_after_the_other() => Case.SilentAsync(Reports.Web + """
        class Relay : BackgroundService
        {
            private readonly TcpListener _listener = new(System.Net.IPAddress.Any, 1);
            private TcpClient? _client;
            private TcpClient? _newest;

            protected override async Task ExecuteAsync(CancellationToken stop)
            {
                while (!stop.IsCancellationRequested)
                {
                    _client = await _listener.AcceptTcpClientAsync(stop);
                    await ServeAsync();
                    var next = await _listener.AcceptTcpClientAsync(stop);
                    _newest?.Close();
                    _newest = next;
                    _ = ServeNewestAsync();
                }
            }

            private async Task ServeAsync() { await Task.Yield(); _client!.Close(); }

            private async Task ServeNewestAsync() { await Task.Yield(); _newest!.Close(); }
        }
        """);

    [Fact]
    public Task Its_own_connection_to_somebody_else() => Case.SilentAsync(Reports.Web + """
        class Uplinked : BackgroundService
        {
            private TcpClient? _upstream;
            protected override async Task ExecuteAsync(CancellationToken stop)
            {
                _upstream = new TcpClient();
                await _upstream.ConnectAsync("h", 1, stop);
                await _upstream.GetStream().FlushAsync(stop);
            }
        }
        """);

    /// <summary>The one before is closed first, or the local alone is used after the wait.</summary>
    [Fact]
    public Task In_a_static_of_a_handler() => Case.SilentAsync(Reports.Web + Reports.Handlers("""
        s_screen?.Abort();
        s_screen = (await context.AcceptWebSocketAsync(null)).WebSocket;
        await Task.Delay(1);
        await s_screen.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        """, "var upload = s_upload = request.Body; await Task.Yield(); await upload.FlushAsync();"));

    /// <summary>An object of each request's own, or the local alone after the wait.</summary>
    [Theory]
    [InlineData("app.Map(\"/speak\", async (HttpContext http) => await new Board().SpeakAsync(http));", "private async Task SpeakAsync(HttpContext http) { SPEAK await _speaker.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default); }")]
    [InlineData("app.Map(\"/speak\", async (HttpContext http) => { SPEAK await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default); });", "")]
    [InlineData("Run(async http => { SPEAK await _speaker.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default); });", "private static void Run(Func<HttpContext, Task> work) => _ = work(new DefaultHttpContext());")]
    public Task In_what_draws_the_routes(string map, string members) => Case.SilentAsync(Reports.Web + "using Microsoft.AspNetCore.Builder;\n" + Reports.Board(map, members).Replace("SPEAK", "using var socket = await http.WebSockets.AcceptWebSocketAsync(); _speaker = socket; await Task.Delay(1);"));

    /// <summary>Where to write is a setting, and no request's.</summary>
    [Fact]
    public Task A_writer_that_a_property_is_given() => Case.SilentAsync("""
        public static class Diary
        {
            private static TextWriter? s_out;
            private static bool s_isOn;
            public static TextWriter? Out { get => s_out; set { if (value != null) s_isOn = !Environment.HasShutdownStarted; s_out = value; } }
            public static void Reset() { Out = null; s_isOn = false; }
            public static void Tell(string text) { if (s_isOn) s_out?.WriteLine(text); }
            public static async Task TellAsync(string text) { await Task.Yield(); if (s_out is { } writer) await writer.WriteLineAsync(text); }
        }

        class Host { public void Start(NetworkStream console) => Diary.Out = new StreamWriter(console); }
        """);
}
