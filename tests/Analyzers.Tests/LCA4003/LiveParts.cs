namespace LifecycleAnalyzers.Tests.LCA4003;

/// <summary>A part that is read at once is a copy, unless it ends with the request itself.</summary>
public class LiveParts
{
    private const string Import = """
        private async Task ImportAsync(HttpRequest request) { using var reader = new System.IO.StreamReader(request.Body); await _audit.WriteAsync(await reader.ReadToEndAsync()); }
        private async Task HeadersAsync(HttpRequest request) { var headers = request.Headers; await Task.Delay(1); await _audit.WriteAsync(headers["a"]); }
        private async Task PathAsync(HttpRequest request) { var path = request.Path; await Task.Delay(1); await _audit.WriteAsync(path); }
        private async Task HeaderAsync(HttpRequest request) { var header = request.Headers["a"]; await Task.Delay(1); await _audit.WriteAsync(header); }
        private async Task TriedAsync(HttpRequest request) { request.Headers.TryGetValue("a", out var header); await Task.Delay(1); await _audit.WriteAsync(header); }
        """;

    [Theory]
    [InlineData("_ = ImportAsync({|LCA4003:context.Request|});")]
    [InlineData("_ = HeadersAsync({|LCA4003:context.Request|});")]
    public Task The_body_and_the_headers_go_on_to_be_the_requests(string body) => Case.HoldsAsync(Reports.Middleware(body, Import));

    [Theory]
    [InlineData("_ = PathAsync(context.Request);")]
    [InlineData("_ = HeaderAsync(context.Request);")]
    [InlineData("_ = TriedAsync(context.Request);")]
    public Task What_is_read_at_once_is_copied(string body) => Case.SilentAsync(Reports.Middleware(body, Import));
}
