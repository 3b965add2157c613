namespace LifecycleAnalyzers.Tests.LCA3003;

/// <summary>A client that others use too, and a request to close its connection.</summary>
public class Reports
{
    private static string Api(string body, string members = "") => $$"""
        using System.Net.Http;
        using System.Net.Http.Headers;

        class Api(HttpClient injected)
        {
            private static readonly HttpClient Shared = new();
            private readonly HttpClient _http = injected;
            private readonly SocketsHttpHandler _handler = new();
            private HttpClient? _lazy;

            public async Task Use(string url) { await Task.CompletedTask; {{body}} }
            {{members}}
        }
        """;

    [Theory]
    // The client's own headers, in every spelling
    [InlineData("{|LCA3003:_http.DefaultRequestHeaders.ConnectionClose = true|};")]
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};")]
    [InlineData("{|LCA3003:injected.DefaultRequestHeaders.ConnectionClose = true|};")]
    [InlineData("{|LCA3003:_http.DefaultRequestHeaders.Connection.Add(\"close\")|};")]
    [InlineData("{|LCA3003:_http.DefaultRequestHeaders.Connection.ParseAdd(\"Close\")|};")]
    [InlineData("{|LCA3003:_http.DefaultRequestHeaders.Add(\"Connection\", \"close\")|};")]
    [InlineData("{|LCA3003:_http.DefaultRequestHeaders.Add(\"connection\", new[] { \"close\" })|};")]
    [InlineData("{|LCA3003:_http.DefaultRequestHeaders.TryAddWithoutValidation(\"Connection\", \"close\")|};")]
    [InlineData("var headers = _http.DefaultRequestHeaders; {|LCA3003:headers.ConnectionClose = true|};")]
    [InlineData("var client = _http; {|LCA3003:client.DefaultRequestHeaders.ConnectionClose = true|};")]
    // Clients that stay for others
    [InlineData("_lazy ??= new HttpClient { DefaultRequestHeaders = { {|LCA3003:ConnectionClose = true|} } };")]
    [InlineData("var client = new HttpClient(); {|LCA3003:client.DefaultRequestHeaders.ConnectionClose = true|}; _lazy = client;")]
    [InlineData("using var client = new HttpClient(_handler, false); {|LCA3003:client.DefaultRequestHeaders.ConnectionClose = true|}; await client.GetAsync(url);")]
    [InlineData("using var client = Create(); await client.GetAsync(url);", "HttpClient Create() { var c = new HttpClient(_handler, false); {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|}; return c; }")]
    [InlineData("_lazy = Create();", "static HttpClient Create() { var c = new HttpClient(); {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|}; return c; }")]
    [InlineData("await L.Value.GetAsync(url);", "private static readonly Lazy<HttpClient> L = new(() => { var c = new HttpClient(); {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|}; return c; });")]
    // Requests
    [InlineData("using var r = new HttpRequestMessage(HttpMethod.Get, url); {|LCA3003:r.Headers.ConnectionClose = true|}; await _http.SendAsync(r);")]
    [InlineData("var r = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { {|LCA3003:ConnectionClose = true|} } }; await Shared.SendAsync(r);")]
    [InlineData("var r = new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Connection = { {|LCA3003:\"close\"|} } } }; await Shared.SendAsync(r);")]
    [InlineData("await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { {|LCA3003:ConnectionClose = true|} } });")]
    [InlineData("await Shared.SendAsync(Make(url));", "static HttpRequestMessage Make(string u) { var r = new HttpRequestMessage(HttpMethod.Get, u); {|LCA3003:r.Headers.ConnectionClose = true|}; return r; }")]
    [InlineData("var r = new HttpRequestMessage(); Prepare(r); await Shared.SendAsync(r);", "static void Prepare(HttpRequestMessage r) => {|LCA3003:r.Headers.Connection.Add(\"close\")|};")]
    [InlineData("var r = new HttpRequestMessage(); {|LCA3003:r.Headers.ConnectionClose = true|}; await Send(r);", "Task<HttpResponseMessage> Send(HttpRequestMessage r) => _http.SendAsync(r);")]
    // Helpers: the callers decide
    [InlineData("Harden(_http);", "static void Harden(HttpClient c) => {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|};")]
    [InlineData("Harden(_http.DefaultRequestHeaders);", "static void Harden(HttpRequestHeaders h) => {|LCA3003:h.ConnectionClose = true|};")]
    [InlineData("using var own = new HttpClient(); Harden(own); Harden(Shared);", "static void Harden(HttpClient c) => {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|};")]
    public Task On_a_shared_client(string body, string members = "") => Case.HoldsAsync(Api(body, members));

    [Fact]
    public Task In_a_handler_of_the_pipeline() => Case.HoldsAsync("""
        using System.Net.Http;

        class Closing : DelegatingHandler
        {
            protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
            {
                {|LCA3003:request.Headers.ConnectionClose = true|};
                return base.SendAsync(request, ct);
            }
        }
        """);

    [Fact]
    public Task In_a_callers_file() => Case.FilesHoldAsync(
    [
        "using System.Net.Http; static class Setup { public static void Harden(HttpClient c) => {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|}; }",
        "using System.Net.Http; class Api(HttpClient http) { public void Start() => Setup.Harden(http); }",
    ]);

    [Fact]
    public Task The_message_names_the_client_or_the_request() => Case.HoldsAsync(
        Api("{|#0:_http.DefaultRequestHeaders.ConnectionClose = true|}; var ask = new HttpRequestMessage(); {|#1:ask.Headers.ConnectionClose = true|}; await _http.SendAsync(ask);"),
        Case.Diagnostic("LCA3003").WithLocation(0).WithMessage("'Connection: close' on '_http', whose client is shared: each request has to connect anew, and the closed connections wait in TIME_WAIT"),
        Case.Diagnostic("LCA3003").WithLocation(1).WithMessage("'Connection: close' on 'ask', whose client is shared: each request has to connect anew, and the closed connections wait in TIME_WAIT"));
}
