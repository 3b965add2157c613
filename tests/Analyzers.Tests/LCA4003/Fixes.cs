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
