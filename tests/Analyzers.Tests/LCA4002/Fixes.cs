using LifecycleAnalyzers.CodeFixes.Isolation;
using LifecycleAnalyzers.Testing;

namespace LifecycleAnalyzers.Tests.LCA4002;

/// <summary>What the fix writes, and where it writes nothing.</summary>
public class Fixes
{
    [Fact]
    public Task A_field_of_one_method_becomes_a_local() => BecomesAsync("""
        class Middleware
        {
            private readonly RequestDelegate _next;
            private HttpResponse? _response;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                // the response
                {|LCA4002:_response = context.Response|};
                await _next(context);
                _response.StatusCode = 204;
            }
        }
        """, """
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                // the response
                var response = context.Response;
                await _next(context);
                response.StatusCode = 204;
            }
        }
        """);

    [Fact]
    public Task Nothing_is_offered_where_another_method_reads_it() => BecomesAsync("""
        class Middleware
        {
            private readonly RequestDelegate _next;
            private HttpResponse? _response;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                {|LCA4002:_response = context.Response|};
                await _next(context);
                Log();
            }

            private void Log() => Console.WriteLine(_response!.StatusCode);
        }
        """, null);

    private static Task BecomesAsync(string before, string? after)
    {
        const string usings = "using Wires;\nusing System.Collections.Concurrent;\nusing System.Net.Sockets;\nusing Microsoft.AspNetCore.Http;\n";
        var test = new CSharpCodeFixVerifier<LifecycleAnalyzer, LCA4002KeepRequestOutOfSharedFieldsFix>.Test { TestCode = usings + before, FixedCode = usings + (after ?? before) };
        test.TestState.AdditionalReferences.Add(WireLibrary.Reference);
        test.SolutionTransforms.Add((solution, id) => Case.OnlyTheRuleUnderTest(solution, id, before));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
