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
    public Task What_was_said_of_the_field_is_said_of_the_local() => BecomesAsync("""
        class Middleware
        {
            private readonly RequestDelegate _next;

            // the answer that is being written
            private HttpResponse? _response; // one at a time

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                var before = DateTime.UtcNow;
                // set first
                {|LCA4002:_response = context.Response|};
                await _next(context);
                _response.StatusCode = before.Day;
            }
        }
        """, """
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                var before = DateTime.UtcNow;
                // set first
                // the answer that is being written
                // one at a time
                var response = context.Response;
                await _next(context);
                response.StatusCode = before.Day;
            }
        }
        """);

    [Fact]
    public Task Private_methods_that_read_it_are_given_it() => BecomesAsync("""
        class Middleware
        {
            private HttpResponse? _response;
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                {|LCA4002:_response = context.Response|};
                await _next(context);
                Log("done");
            }

            private void Log(string what) => Write(what + Code());

            private int Code() => _response!.StatusCode;

            private void Write(string text) => Console.WriteLine(text);
        }
        """, """
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                var response = context.Response;
                await _next(context);
                Log(response, "done");
            }

            private void Log(HttpResponse response, string what) => Write(what + Code(response));

            private int Code(HttpResponse response) => response.StatusCode;

            private void Write(string text) => Console.WriteLine(text);
        }
        """);

    [Fact]
    public Task A_method_that_is_handed_over_becomes_a_lambda() => BecomesAsync("""
        class Server(Socket listener)
        {
            private Socket? _client;

            public async Task RunAsync(CancellationToken ct)
            {
                while (!ct.IsCancellationRequested)
                {
                    {|LCA4002:_client = await listener.AcceptAsync(ct)|};
                    _ = Task.Run(ServeAsync, ct);
                }
            }

            private async Task ServeAsync()
            {
                try
                {
                    await _client!.ReceiveAsync(new byte[9]);
                    await _client.SendAsync(new byte[9]);
                }
                catch (SocketException e)
                {
                    Console.WriteLine(e);
                }
            }
        }
        """, """
        class Server(Socket listener)
        {

            public async Task RunAsync(CancellationToken ct)
            {
                while (!ct.IsCancellationRequested)
                {
                    var client = await listener.AcceptAsync(ct);
                    _ = Task.Run(() => ServeAsync(client), ct);
                }
            }

            private async Task ServeAsync(Socket client)
            {
                try
                {
                    await client.ReceiveAsync(new byte[9]);
                    await client.SendAsync(new byte[9]);
                }
                catch (SocketException e)
                {
                    Console.WriteLine(e);
                }
            }
        }
        """.Replace("{\n\n", "{\n"));

    [Fact]
    public Task A_parameter_is_used_itself_and_nothing_is_left_to_empty() => BecomesAsync("""
        class Middleware
        {
            private readonly RequestDelegate _next;
            private HttpContext? _context;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                {|LCA4002:_context = context|};
                await _next(context);
                Log();
                _context = null;
            }

            private void Log() => Console.WriteLine(_context!.Response.StatusCode);
        }
        """, """
        class Middleware
        {
            private readonly RequestDelegate _next;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                await _next(context);
                Log(context);
            }

            private void Log(HttpContext context) => Console.WriteLine(context.Response.StatusCode);
        }
        """);

    [Theory]
    [InlineData("public int Code() => _response!.StatusCode;")]
    [InlineData("private int Code() => _response!.StatusCode; public int Last() => Code();")]
    [InlineData("private int Code() => _response!.StatusCode; public Func<int> Asker => Code;")]
    [InlineData("private void Swap(HttpResponse other) => {|LCA4002:_response = other|}; private int Code() => _response!.StatusCode;")]
    public Task Nothing_is_offered_where_others_reach_it(string members) => BecomesAsync($$"""
        class Middleware
        {
            private readonly RequestDelegate _next;
            private HttpResponse? _response;

            public Middleware(RequestDelegate next) => _next = next;

            public async Task InvokeAsync(HttpContext context)
            {
                {|LCA4002:_response = context.Response|};
                await _next(context);
                Console.WriteLine(Code());
            }

            {{members}}
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
