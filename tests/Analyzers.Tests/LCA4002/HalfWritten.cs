namespace LifecycleAnalyzers.Tests.LCA4002;

/// <summary>Code that is being written: nothing is said of it, and nothing breaks.</summary>
public class HalfWritten
{
    [Theory]
    [InlineData("class M { RequestDelegate _next; HttpContext _c; public async Task InvokeAsync(HttpContext context) { _c = context; await _next(")]
    [InlineData("class M { System.Net.Sockets.Socket _s; async Task A(System.Net.Sockets.Socket s) { _s = ; await _s. } }")]
    [InlineData("class")]
    public Task Is_left_alone(string source) => Case.Broken(source).RunAsync();
}
