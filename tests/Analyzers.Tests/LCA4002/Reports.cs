namespace LifecycleAnalyzers.Tests.LCA4002;

/// <summary>One object serves several requests, and keeps one of them in a field.</summary>
public class Reports
{
    internal const string Web = "using Microsoft.AspNetCore.Connections;\nusing Microsoft.AspNetCore.Http;\nusing Microsoft.AspNetCore.SignalR;\nusing Microsoft.AspNetCore.Mvc;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\n";

    internal static string Middleware(string body, string members = "") => Web + $$"""
        class Middleware
        {
            private readonly RequestDelegate _next;
            private readonly SemaphoreSlim _gate = new(1);
            private HttpContext? _context;
            private HttpResponse? _response;
            private Stream? _body;
            public Middleware(RequestDelegate next) => _next = next;
            public async Task InvokeAsync(HttpContext context) { {{body}} }
            {{members}}
        }
        """;

    [Theory]
    [InlineData("{|LCA4002:_context = context|}; await _next(context); Console.WriteLine(_context.TraceIdentifier);")]
    [InlineData("{|LCA4002:_response = context.Response|}; await _next(context); _response.StatusCode = 204;")]
    [InlineData("{|LCA4002:_body = context.Response.Body|}; await _next(context); await _body.FlushAsync();")]
    [InlineData("{|LCA4002:_context = context|}; for (var i = 0; i < 3; i++) { Console.WriteLine(_context.TraceIdentifier); await Task.Delay(1); }")]
    [InlineData("{|LCA4002:_context = context|}; await _next(context); Log();", "void Log() => Console.WriteLine(_context!.TraceIdentifier);")]
    [InlineData("{|LCA4002:_context = context|}; await LogAsync();", "async Task LogAsync() { await Task.Delay(1); Console.WriteLine(_context!.TraceIdentifier); }")]
    [InlineData("{|LCA4002:_context = context|}; context.Response.OnCompleted(() => { Console.WriteLine(_context.TraceIdentifier); return Task.CompletedTask; });")]
    [InlineData("{|LCA4002:_context = context|}; await _next(context);", "public string? Current => _context?.TraceIdentifier;")]
    [InlineData("{|LCA4002:(_context, var began) = (context, Environment.TickCount)|}; await _next(context); Console.WriteLine(_context.TraceIdentifier + began);")]
    [InlineData("{|LCA4002:(_context, _body) = (context, null)|}; await _next(context); Console.WriteLine(_context.TraceIdentifier);")]
    public Task In_a_middleware(string body, string members = "") => Case.HoldsAsync(Middleware(body, members));

    [Fact]
    public Task With_its_message() => Case.HoldsAsync(
        Middleware("{|#0:_context = context|}; await _next(context); _context.Abort();"),
        Case.Diagnostic("LCA4002").WithLocation(0).WithMessage("'_context' holds what belongs to one request, but 'Middleware' serves several at once: the next one overwrites it before it is read again"));

    [Fact]
    public Task In_a_connection_handler() => Case.HoldsAsync(Web + """
        class Echo : ConnectionHandler
        {
            private ConnectionContext? _connection;

            public override async Task OnConnectedAsync(ConnectionContext connection)
            {
                {|LCA4002:_connection = connection|};
                while (true)
                {
                    var read = await _connection.Transport.Input.ReadAsync();
                    if (read.IsCompleted) return;
                }
            }
        }
        """);

    [Fact]
    public Task In_a_server_that_does_not_wait() => Case.HoldsAsync(Web + """
        class Relay : BackgroundService
        {
            private readonly TcpListener _listener = new(System.Net.IPAddress.Any, 1);
            private TcpClient? _client;
            private TcpClient? _greeted, _awaited;
            private NetworkStream? _stream;

            protected override async Task ExecuteAsync(CancellationToken stop)
            {
                while (!stop.IsCancellationRequested)
                {
                    {|LCA4002:_client = await _listener.AcceptTcpClientAsync(stop)|};
                    _ = ServeAsync();
                    var other = await _listener.AcceptTcpClientAsync(stop);
                    _ = ServeAsync(other);
                    {|LCA4002:_greeted = await _listener.AcceptTcpClientAsync(stop)|};
                    _ = GreetAsync();
                    _awaited = await _listener.AcceptTcpClientAsync(stop);
                    await LeaveAsync();
                }

                async Task GreetAsync() { await Task.Yield(); _greeted.Close(); }
                async Task LeaveAsync() { await Task.Yield(); _awaited.Close(); }
            }

            private async Task ServeAsync() { await Task.Yield(); _client!.Close(); }

            private async Task ServeAsync(TcpClient client)
            {
                {|LCA4002:_stream = client.GetStream()|};
                var buffer = new byte[1];
                while (await _stream.ReadAsync(buffer) > 0) await _stream.WriteAsync(buffer);
            }
        }
        """);

    [Fact]
    public Task In_a_server_of_callbacks() => Case.HoldsAsync(Web + """
        class Relay
        {
            private readonly Socket _listener = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly byte[] _buffer = new byte[9];
            private Socket? _client;
            public void Start() => _listener.BeginAccept(OnAccept, null);

            private void OnAccept(IAsyncResult result)
            {
                {|LCA4002:_client = _listener.EndAccept(result)|};
                _client.BeginReceive(_buffer, 0, 9, SocketFlags.None, OnReceive, null);
                _listener.BeginAccept(OnAccept, null);
            }

            private void OnReceive(IAsyncResult result) => _client!.EndReceive(result);
        }
        """);

    [Theory]
    [InlineData("AddSingleton<Current>()")]
    [InlineData("AddKeyedSingleton<Current>(\"main\")")]
    [InlineData("AddKeyedSingleton<object, Current>(\"main\")")]
    public Task In_a_singleton_however_it_is_registered(string registration) => Case.HoldsAsync(Web + $$"""
        class Current
        {
            private HttpContext? _context;
            public void Begin(HttpContext context) { {|LCA4002:_context = context|}; }
            public string? Path() => _context!.Request.Path;
        }

        static class Services { public static void Add(IServiceCollection services) => services.{{registration}}; }
        """);

    [Fact]
    public Task In_a_registered_singleton_and_in_a_static() => Case.HoldsAsync(Web + """
        class Current
        {
            private HttpContext? _context;
            public void Begin(HttpContext context) { {|LCA4002:_context = context|}; }
            public string? Path() => _context!.Request.Path;
        }

        static class Services { public static void Add(IServiceCollection services) => services.AddSingleton<Current>(); }

        class ChatHub : Hub
        {
            private static HubCallerContext? _last;
            private static IClientProxy? _caller;

            public async Task Say()
            {
                {|LCA4002:_last = Context|};
                {|LCA4002:_caller = Clients.Caller|};
                await Task.Delay(1);
                await _caller.SendAsync(_last.ConnectionId);
            }
        }
        """);

    /// <summary>What was given to the framework with a route is called for each request, on the object that drew the route.</summary>
    [Theory]
    [InlineData("app.Map(\"/speak\", async (HttpContext http) => { SPEAK });", "")]
    [InlineData("app.MapGet(\"/speak\", SpeakAsync);", "private async Task SpeakAsync(HttpContext http) { SPEAK }")]
    [InlineData("app.Use(async (http, next) => { {|LCA4002:_last = http|}; await next(http); Console.WriteLine(_last.TraceIdentifier); });", "private HttpContext? _last;")]
    public Task In_what_draws_the_routes(string map, string members) => Case.HoldsAsync(Web + "using Microsoft.AspNetCore.Builder;\n" + Board(map, members).Replace("SPEAK", "using var socket = await http.WebSockets.AcceptWebSocketAsync(); {|LCA4002:_speaker = socket|}; await Task.Delay(1); await _speaker.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);"));

    internal static string Board(string map, string members) => $$"""
        class Board
        {
            private WebSocket? _speaker;
            public bool IsTaken => _speaker is not null;
            public void Draw(WebApplication app) { {{map}} }
            {{members}}
        }
        """;

    /// <summary>What a request is upgraded to is that request's, and a static is everybody's.</summary>
    [Fact]
    public Task In_a_static_of_a_handler() => Case.HoldsAsync(Web + Handlers("""
        {|LCA4002:s_screen = (await context.AcceptWebSocketAsync(null)).WebSocket|};
        await Task.Delay(1);
        await s_screen.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
        """, "{|LCA4002:s_upload = request.Body|}; await Task.Yield(); await s_upload.FlushAsync();"));

    internal static string Handlers(string show, string upload) => $$"""
        class Wallboard(System.Net.HttpListener listener)
        {
            private static WebSocket? s_screen;
            public async Task RunAsync() { while (true) { var context = await listener.GetContextAsync(); _ = ShowAsync(context); } }
            private async Task ShowAsync(System.Net.HttpListenerContext context) { {{show}} }
            public static WebSocketState? State => s_screen?.State;
        }

        static class Uploads
        {
            private static Stream? s_upload;
            public static async Task PutAsync(HttpRequest request) { {{upload}} }
            public static bool IsBusy => s_upload is not null;
        }
        """;
}
