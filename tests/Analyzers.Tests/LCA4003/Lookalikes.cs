namespace LifecycleAnalyzers.Tests.LCA4003;

/// <summary>Types that merely share a name with a framework's.</summary>
public class Lookalikes
{
    [Fact]
    public Task A_context_of_ones_own() => Case.SilentAsync("""
        class HttpContext { public string Path => ""; }

        class Handler
        {
            public void Handle(HttpContext context) { _ = Task.Run(() => Console.WriteLine(context.Path)); }
        }
        """);

    [Fact]
    public Task A_run_that_is_no_tasks() => Case.SilentAsync("""
        using Microsoft.AspNetCore.Http;

        class Runner { public void Run(Action work) => work(); }

        class Handler
        {
            private readonly Runner _runner = new();
            public void Handle(HttpContext context) => _runner.Run(() => context.Abort());
        }
        """);
}
