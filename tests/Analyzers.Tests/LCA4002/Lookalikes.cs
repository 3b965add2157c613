namespace LifecycleAnalyzers.Tests.LCA4002;

/// <summary>Types that merely share a name with a framework's.</summary>
public class Lookalikes
{
    [Fact]
    public Task A_context_of_ones_own() => Case.SilentAsync("""
        class HttpContext { public string Path => ""; }
        delegate Task RequestDelegate(HttpContext context);

        class Middleware
        {
            private readonly RequestDelegate _next;
            private HttpContext? _context;
            public Middleware(RequestDelegate next) => _next = next;
            public async Task InvokeAsync(HttpContext context) { _context = context; await _next(context); Console.WriteLine(_context.Path); }
        }
        """);
}
