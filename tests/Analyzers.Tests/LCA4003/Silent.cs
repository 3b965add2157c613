namespace LifecycleAnalyzers.Tests.LCA4003;

/// <summary>The request waits, or the work has what it needs.</summary>
public class Silent
{
    [Theory]
    [InlineData("await Task.Run(() => _audit.WriteAsync(context.Request.Path));")]
    [InlineData("var task = Task.Run(() => _audit.WriteAsync(context.Request.Path)); await task;")]
    [InlineData("var tasks = new List<Task>(); tasks.Add(Task.Run(() => context.Abort())); await Task.WhenAll(tasks);")]
    [InlineData("Task.Run(() => _audit.WriteAsync(context.Request.Path)).Wait();")]
    [InlineData("var path = context.Request.Path.Value; _ = Task.Run(() => _audit.WriteAsync(path));")]
    [InlineData("_ = _audit.WriteAsync(context.Request.Path);")]
    [InlineData("await _audit.TrackAsync(context);")]
    [InlineData("_ = AtOnce(); async Task AtOnce() { await _audit.WriteAsync(context.Request.Path); }")]
    // The framework runs these within the request.
    [InlineData("context.Response.OnCompleted(() => _audit.WriteAsync(context.Request.Path));")]
    [InlineData("context.Response.OnStarting(() => { context.Response.Headers.Append(\"a\", \"b\"); return Task.CompletedTask; });")]
    [InlineData("context.RequestAborted.Register(() => context.Abort());")]
    // It ends with the request.
    [InlineData("using var timer = new Timer(_ => context.Abort(), null, 1000, -1); await _next(context);")]
    [InlineData("var timer = new Timer(_ => context.Abort(), null, 1000, -1); await _next(context); timer.Dispose();")]
    [InlineData("var timer = new Timer(_ => context.Abort(), null, 1000, -1); context.Response.RegisterForDispose(timer);")]
    [InlineData("EventHandler h = (_, _) => context.Abort(); _audit.Changed += h; try { await _next(context); } finally { _audit.Changed -= h; }")]
    [InlineData("var thread = new Thread(() => context.Abort()); thread.Start(); thread.Join();")]
    [InlineData("var own = new DefaultHttpContext(); _ = _audit.TrackAsync(own);")]
    [InlineData("var known = context is null; _ = Task.Run(() => Console.WriteLine(known));")]
    [InlineData("_ = Task.Run(() => Console.WriteLine(nameof(context)));")]
    public Task In_a_middleware(string body) => Case.SilentAsync(Reports.Middleware(body));

    [Fact]
    public Task A_hubs_callers_taken_before() => Case.SilentAsync("""
        using Microsoft.AspNetCore.SignalR;

        public class ChatHub : Hub
        {
            private readonly IHubContext<ChatHub> _hub;
            public ChatHub(IHubContext<ChatHub> hub) => _hub = hub;

            public Task Say(string text)
            {
                var caller = Clients.Caller;
                var id = Context.ConnectionId;
                _ = Task.Run(async () => { await caller.SendAsync(text); await _hub.Clients.Client(id).SendAsync(text); });
                return Task.CompletedTask;
            }
        }
        """);

    [Fact]
    public Task Each_accepted_context_is_its_tasks_own() => Case.SilentAsync("""
        using System.Net;

        class Site
        {
            private readonly HttpListener _listener = new();

            public async Task RunAsync()
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    _ = Task.Run(() => Serve(context));
                }
            }

            public async Task RunChoosyAsync()
            {
                while (true)
                {
                    var context = await _listener.GetContextAsync();
                    if (context.Request.IsWebSocketRequest) _ = ServeAsync(context);
                    else context.Response.Close();
                }
            }

            public void Dispatch(HttpListenerContext context) => ThreadPool.QueueUserWorkItem(_ => Serve(context));

            public void DispatchAll(HttpListenerContext context) { Console.WriteLine(context.Request.Url); Dispatch(context); Console.WriteLine("handed on"); }

            private void Serve(HttpListenerContext context) => context.Response.Close();
            private Task ServeAsync(HttpListenerContext context) { context.Response.Close(); return Task.CompletedTask; }
        }
        """);
}
