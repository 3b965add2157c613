namespace LifecycleAnalyzers.Tests.LCA3003;

/// <summary>A client for one request, another header, another value, the other side.</summary>
public class Silent
{
    private static string Api(string body, string members = "") => $$"""
        using System.Net.Http;
        using System.Net.Http.Headers;

        class Api(HttpClient injected)
        {
            private readonly HttpClient _http = injected;

            public async Task Use(string url, bool last) { await Task.CompletedTask; {{body}} }
            {{members}}
        }
        """;

    [Fact]
    public Task The_template_with_the_shared_client_is_reported() => Case.HoldsAsync(Api("{|LCA3003:_http.DefaultRequestHeaders.ConnectionClose = true|};"));

    [Theory]
    // Created and disposed of right here
    [InlineData("using var c = new HttpClient(); c.DefaultRequestHeaders.ConnectionClose = true; await c.GetAsync(url);")]
    [InlineData("using (var c = new HttpClient { DefaultRequestHeaders = { ConnectionClose = true } }) await c.GetAsync(url);")]
    [InlineData("var c = new HttpClient(); try { c.DefaultRequestHeaders.Connection.Add(\"close\"); await c.GetAsync(url); } finally { c.Dispose(); }")]
    [InlineData("using var h = new SocketsHttpHandler(); using var c = new HttpClient(h); c.DefaultRequestHeaders.ConnectionClose = true; await c.GetAsync(url);")]
    [InlineData("using var c = new HttpClient(); var r = new HttpRequestMessage(); r.Headers.ConnectionClose = true; await c.SendAsync(r);")]
    [InlineData("using var c = new HttpClient(); Harden(c);", "static void Harden(HttpClient c) => c.DefaultRequestHeaders.ConnectionClose = true;")]
    [InlineData("using var c = Make(); await c.GetAsync(url);", "static HttpClient Make() { var c = new HttpClient(); c.DefaultRequestHeaders.ConnectionClose = true; return c; }")]
    // Nobody is known to pass a shared one
    [InlineData("", "public static void Harden(HttpClient c) => c.DefaultRequestHeaders.ConnectionClose = true;")]
    [InlineData("", "public static HttpRequestMessage Make() { var r = new HttpRequestMessage(); r.Headers.ConnectionClose = true; return r; }")]
    // Other values and headers
    [InlineData("_http.DefaultRequestHeaders.ConnectionClose = false;")]
    [InlineData("_http.DefaultRequestHeaders.ConnectionClose = null;")]
    [InlineData("_http.DefaultRequestHeaders.ConnectionClose = last;")]
    [InlineData("_http.DefaultRequestHeaders.Connection.Add(\"keep-alive\");")]
    [InlineData("_http.DefaultRequestHeaders.Add(\"X-Connection\", \"close\");")]
    [InlineData("_http.DefaultRequestHeaders.Add(\"Connection\", \"upgrade\");")]
    [InlineData("if (_http.DefaultRequestHeaders.ConnectionClose == true) return;")]
    [InlineData("using var answer = await _http.GetAsync(url); answer.Headers.ConnectionClose = true;")]
    public Task When(string body, string members = "") => Case.SilentAsync(Api(body, members));

    [Fact]
    public Task A_namesake_of_the_property() => Case.SilentAsync("""
        class Headers { public bool? ConnectionClose { get; set; } public void Add(string name, string value) => ConnectionClose = value == "close"; }
        class Client { public Headers DefaultRequestHeaders { get; } = new(); }
        class Api(Client client) { public void Use() { client.DefaultRequestHeaders.ConnectionClose = true; client.DefaultRequestHeaders.Add("Connection", "close"); } }
        """);

    [Theory]
    [InlineData("class Api { private HttpClient _c = new(); void M() { _c.DefaultRequestHeaders.ConnectionClose = ")]
    [InlineData("class Api { private HttpClient _c = new(); void M() { _c.DefaultRequestHeaders.Add(\"Connection\", ")]
    [InlineData("class Api { void M() { missing.DefaultRequestHeaders.ConnectionClose = true; } }")]
    [InlineData("class Api { void M(Missing r) { r.Headers.ConnectionClose = true; Send(r); } }")]
    public Task Half_written(string source) => Case.Broken("using System.Net.Http;\n" + source).RunAsync();

    [Fact]
    public Task Switched_off() => Case.WithConfig(Api("_http.DefaultRequestHeaders.ConnectionClose = true;"), "dotnet_diagnostic.LCA3003.severity = none").RunAsync();
}
