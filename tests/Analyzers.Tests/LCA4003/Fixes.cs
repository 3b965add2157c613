using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4003;

/// <summary>What the fix writes, and where it writes nothing.</summary>
public class Fixes
{
    [Fact]
    public Task Values_are_copied_before() => BecomesAsync("""
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                await _next(context);
                // afterwards
                _ = Task.Run(() => Console.WriteLine({|LCA4003:context|}.Request.Path + context.TraceIdentifier + context.Request.Path));
            }
        }
        """, """
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                await _next(context);
                // afterwards
                var path = context.Request.Path;
                var traceIdentifier = context.TraceIdentifier;
                _ = Task.Run(() => Console.WriteLine(path + traceIdentifier + path));
            }
        }
        """);

    [Theory]
    [InlineData("{|LCA4003:context|}.User.Identity?.Name ?? \"?\"", "user", "context.User", "user.Identity?.Name ?? \"?\"")]
    [InlineData("{|LCA4003:context|}.Connection.RemoteIpAddress?.ToString()", "remoteIpAddress", "context.Connection.RemoteIpAddress", "remoteIpAddress?.ToString()")]
    [InlineData("{|LCA4003:context|}.Request.Headers[\"X-Mail\"].ToString()", "xMail", "context.Request.Headers[\"X-Mail\"]", "xMail.ToString()")]
    [InlineData("{|LCA4003:context|}.Request.Headers.UserAgent", "userAgent", "context.Request.Headers.UserAgent", "userAgent")]
    [InlineData("{|LCA4003:_kept|}.HttpContext!.Request.Path", "path", "_kept.HttpContext!.Request.Path", "path")]
    [InlineData("{|LCA4003:_kept|}.HttpContext?.TraceIdentifier", "traceIdentifier", "_kept.HttpContext?.TraceIdentifier", "traceIdentifier")]
    public Task Of_a_chain_the_first_value_is_copied(string read, string local, string value, string left) => BecomesAsync(
        Chain($"_ = Task.Run(() => Console.WriteLine({read}));").Replace("{|LCA4003:_kept|}.HttpContext", "{|LCA4003:_kept.HttpContext|}"),
        Chain($"var {local} = {value};\n        _ = Task.Run(() => Console.WriteLine({left}));"));

    private static string Chain(string statement) => $$"""
        class Middleware
        {
            private readonly RequestDelegate _next;
            private readonly IHttpContextAccessor _kept;

            public Middleware(RequestDelegate next, IHttpContextAccessor kept) => (_next, _kept) = (next, kept);

            public async Task InvokeAsync(HttpContext context)
            {
                await _next(context);
                {{statement}}
            }
        }
        """;

    [Theory]
    [InlineData("{|LCA4003:context|}.Items[\"x\"]")]
    [InlineData("{|LCA4003:context|}.Request.Headers[key]")]
    [InlineData("{|LCA4003:context|}")]
    public Task Nothing_is_offered_where_no_value_is_read(string read) => BecomesAsync(Chain($"_ = Task.Run(() => {{ var key = \"x\"; Console.WriteLine(key); Console.WriteLine({read}); }});"), null);

    [Fact]
    public Task A_call_that_gets_the_whole_context_is_awaited() => BecomesAsync(
        Chain("_ = AuditAsync({|LCA4003:context|}); // told\n\n        static async Task AuditAsync(HttpContext context) { await Task.Delay(9); Console.WriteLine(context.Items[\"x\"]); }"),
        Chain("await AuditAsync(context); // told\n\n        static async Task AuditAsync(HttpContext context) { await Task.Delay(9); Console.WriteLine(context.Items[\"x\"]); }"));

    [Fact]
    public Task Nothing_is_offered_where_it_writes() => BecomesAsync("""
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                await _next(context);
                _ = Task.Run(() => {|LCA4003:context|}.Response.StatusCode = 204);
            }
        }
        """, null);

    private static Task BecomesAsync(string before, string? after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\nusing Microsoft.AspNetCore.Http;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4003UseContextWithinRequestFix>.Test { TestCode = usings + before, FixedCode = usings + (after ?? before) };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
