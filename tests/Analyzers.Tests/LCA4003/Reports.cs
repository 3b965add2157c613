using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4003;

/// <summary>Work that nobody in the request waits for uses what belongs to the request.</summary>
public class Reports
{
    internal static string Middleware(string body, string members = "") => $$"""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Http;

        interface IAudit { Task WriteAsync(string? path); Task TrackAsync(HttpContext context); event EventHandler? Changed; }

        class AuditMiddleware
        {
            private readonly RequestDelegate _next;
            private readonly IAudit _audit;
            public AuditMiddleware(RequestDelegate next, IAudit audit) => (_next, _audit) = (next, audit);

            public async Task InvokeAsync(HttpContext context) { await _next(context); {{body}} }

            {{members}}
        }
        """;

    [Theory]
    [InlineData("_ = Task.Run(() => _audit.WriteAsync({|LCA4003:context|}.Request.Path));")]
    [InlineData("_ = Task.Run(async () => { await Task.Delay(1); await _audit.WriteAsync({|LCA4003:context|}.Request.Path); context.Abort(); });")]
    [InlineData("Task.Run(() => _audit.WriteAsync({|LCA4003:context|}.Request.Path)).ConfigureAwait(false);")]
    [InlineData("var request = context.Request; _ = Task.Run(() => _audit.WriteAsync({|LCA4003:request|}.Path));")]
    [InlineData("var late = Task.Run(() => _audit.WriteAsync({|LCA4003:context|}.Request.Path));")]
    [InlineData("Task.Factory.StartNew(() => _audit.WriteAsync({|LCA4003:context|}.Request.Path));")]
    [InlineData("_ = Task.Run(() => { }).ContinueWith(_ => {|LCA4003:context|}.Abort());")]
    [InlineData("ThreadPool.QueueUserWorkItem(_ => {|LCA4003:context|}.Abort());")]
    [InlineData("ThreadPool.QueueUserWorkItem(s => ((HttpContext)s!).Abort(), {|LCA4003:context|});")]
    [InlineData("new Thread(() => {|LCA4003:context|}.Abort()).Start();")]
    [InlineData("var timer = new Timer(_ => {|LCA4003:context|}.Abort(), null, 1000, -1);")]
    [InlineData("var timer = new System.Timers.Timer(5); timer.Elapsed += (_, _) => {|LCA4003:context|}.Abort(); timer.Start();")]
    [InlineData("_audit.Changed += (_, _) => {|LCA4003:context|}.Abort();")]
    // Given to a call that nobody waits for.
    [InlineData("_ = _audit.TrackAsync({|LCA4003:context|});")]
    [InlineData("_ = _next({|LCA4003:context|});")]
    [InlineData("_audit.TrackAsync({|LCA4003:context|});")]
    [InlineData("if (context.Items.Count > 0) _ = _audit.TrackAsync({|LCA4003:context|});")]
    // From the first wait on, a dropped call runs after the request.
    [InlineData("_ = Late(); async Task Late() { await Task.Delay(1); await _audit.WriteAsync({|LCA4003:context|}.Request.Path); }")]
    public Task Of_a_middleware(string body) => Case.HoldsAsync(Middleware(body));

    [Fact]
    public Task With_its_message() => Case.HoldsAsync(
        Middleware("_ = {|#1:Task.Run(() => {|#0:context|}.Abort())|};"),
        Case.Diagnostic("LCA4003").WithLocation(0).WithLocation(1).WithMessage("'context' belongs to the request, which does not wait for this work: copy what it needs before"));

    [Fact]
    public Task The_call_that_reads_it_too_late() => Case.HoldsAsync(Middleware(
        "_ = LaterAsync({|LCA4003:context|}); _ = AtOnceAsync(context);",
        """
        private async Task LaterAsync(HttpContext c) { await Task.Yield(); await _audit.WriteAsync(c.Request.Path); }
        private async Task AtOnceAsync(HttpContext c) { var path = c.Request.Path; await Task.Yield(); await _audit.WriteAsync(path); }
        """));

    [Fact]
    public Task Of_a_controller_its_own_members() => Case.HoldsAsync("""
        using Microsoft.AspNetCore.Mvc;

        [ApiController]
        public class OrdersController : ControllerBase
        {
            [HttpPost]
            public IActionResult Post()
            {
                _ = Task.Run(() => Console.WriteLine({|LCA4003:HttpContext|}.TraceIdentifier));
                _ = Task.Run(() => Console.WriteLine({|LCA4003:User|}.Identity));
                _ = Task.Run(() => {|LCA4003:Save()|});
                _ = SaveAsync();
                return Ok();
            }

            private void Save() => Console.WriteLine(Request.Path);

            private async Task SaveAsync()
            {
                Console.WriteLine(Request.Path);
                await Task.Delay(1);
                Console.WriteLine({|LCA4003:Response|}.StatusCode);
            }
        }
        """);

    [Fact]
    public Task Of_a_hub_its_context_and_its_callers() => Case.HoldsAsync("""
        using Microsoft.AspNetCore.SignalR;

        public class Feed { public event EventHandler? Changed { add { } remove { } } }

        public class ChatHub : Hub
        {
            private readonly Feed _feed;
            public ChatHub(Feed feed) => _feed = feed;

            public async Task Say(string text)
            {
                _ = Task.Run(async () => await {|LCA4003:Clients|}.Caller.SendAsync("x"));
                _ = Task.Run(() => Console.WriteLine({|LCA4003:Context|}.ConnectionId));
                _feed.Changed += OnChanged;
                await Clients.All.SendAsync(text);
            }

            private void OnChanged(object? sender, EventArgs e) => Console.WriteLine({|LCA4003:Context|}.ConnectionId);
        }
        """);

    [Fact]
    public Task Of_a_minimal_api() => Case.Program("""
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Http;

        var app = WebApplication.Create();
        app.MapGet("/", (HttpContext http) => { _ = Task.Run(() => Console.WriteLine({|LCA4003:http|}.Request.Path)); return "ok"; });
        app.Use(async (http, next) => { await next(http); ThreadPool.QueueUserWorkItem(_ => Console.WriteLine({|LCA4003:http|}.Request.Path)); });
        app.Run();
        """).RunAsync();

    [Fact]
    public Task Of_a_listener_that_goes_on_with_it() => Case.HoldsAsync("""
        using System.Net;

        class Site
        {
            public async Task ServeAsync(HttpListenerContext context)
            {
                _ = Task.Run(() => Console.WriteLine({|LCA4003:context|}.Request.Url));
                await context.Response.OutputStream.WriteAsync(new byte[1]);
                context.Response.Close();
            }
        }
        """);

    [Fact]
    public Task Of_a_listener_whose_caller_closes_it() => Case.HoldsAsync("""
        using System.Net;

        class Site
        {
            public void Serve(HttpListenerContext context)
            {
                Note(context);
                context.Response.Close();
            }

            private static void Note(HttpListenerContext context) => ThreadPool.QueueUserWorkItem(_ => Console.WriteLine({|LCA4003:context|}.Request.Url));
        }
        """);
}
