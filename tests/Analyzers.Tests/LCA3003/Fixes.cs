using LifecycleAnalyzers.CodeFixes.Reuse;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3003KeepConnectionsOpenFix>;

namespace LifecycleAnalyzers.Tests.LCA3003;

/// <summary>What the fix takes out, and where it leaves everything.</summary>
public class Fixes
{
    private static string Api(string body, string members = "") => $$"""
        using System.Net.Http;

        class Api
        {
            private static readonly HttpClient Shared = new();

            public async Task Use(string url, bool close)
            {
                await Task.CompletedTask;
                {{body}}
            }
            {{members}}
        }
        """;

    [Theory]
    // A statement
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.Add(\"Connection\", \"close\")|};\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.Connection.Add(\"close\")|};\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    [InlineData("_ = {|LCA3003:Shared.DefaultRequestHeaders.TryAddWithoutValidation(\"Connection\", \"close\")|};\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    [InlineData("// one request each\n        {|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};\n        await Shared.GetAsync(url);", "// one request each\n        await Shared.GetAsync(url);")]
    [InlineData("var r = new HttpRequestMessage(HttpMethod.Get, url);\n        {|LCA3003:r.Headers.ConnectionClose = true|};\n        await Shared.SendAsync(r);", "var r = new HttpRequestMessage(HttpMethod.Get, url);\n        await Shared.SendAsync(r);")]
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|}; // as they asked\n        await Shared.GetAsync(url);", "// as they asked\n        await Shared.GetAsync(url);")]
    // Two of them
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};\n        {|LCA3003:Shared.DefaultRequestHeaders.Connection.Add(\"close\")|};\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    // And what would be left empty
    [InlineData("if (close) {|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    [InlineData("if (close)\n        {\n            {|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};\n        }\n        await Shared.GetAsync(url);", "await Shared.GetAsync(url);")]
    [InlineData("if (close) await Shared.GetAsync(url); else {|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};\n        await Shared.GetAsync(url);", "if (close) await Shared.GetAsync(url);\n        await Shared.GetAsync(url);")]
    [InlineData("if (close) {|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|}; else await Shared.GetAsync(url);\n        await Shared.GetAsync(url);", "if (!(close)) await Shared.GetAsync(url);\n        await Shared.GetAsync(url);")]
    // An initialiser's member
    [InlineData("await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { {|LCA3003:ConnectionClose = true|} } });", "await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url));")]
    [InlineData("await Shared.SendAsync(new HttpRequestMessage { Headers = { {|LCA3003:ConnectionClose = true|} } });", "await Shared.SendAsync(new HttpRequestMessage());")]
    [InlineData("await Shared.SendAsync(new() { Headers = { {|LCA3003:ConnectionClose = true|} } });", "await Shared.SendAsync(new());")]
    [InlineData("await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { {|LCA3003:ConnectionClose = true|}, Host = url } });", "await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = url } });")]
    [InlineData("await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = url, {|LCA3003:ConnectionClose = true|} } });", "await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Headers = { Host = url } });")]
    [InlineData("await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Content = null, Headers = { Connection = { {|LCA3003:\"close\"|} } } });", "await Shared.SendAsync(new HttpRequestMessage(HttpMethod.Get, url) { Content = null });")]
    public Task The_setting_goes(string body, string becomes) => Fix.BecomesAsync(Api(body), Api(becomes));

    [Theory]
    [InlineData("static void Harden(HttpClient c) => {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|};", "static void Harden(HttpClient c)\n    {\n    }")]
    [InlineData("static void Harden(HttpClient c)\n    {\n        {|LCA3003:c.DefaultRequestHeaders.ConnectionClose = true|};\n    }", "static void Harden(HttpClient c)\n    {\n    }")]
    public Task An_own_method_stays(string member, string becomes) => Fix.BecomesAsync(Api("Harden(Shared);", member), Api("Harden(Shared);", becomes));

    [Theory]
    // The value is used, or there are others
    [InlineData("var added = {|LCA3003:Shared.DefaultRequestHeaders.TryAddWithoutValidation(\"Connection\", \"close\")|}; if (added) await Shared.GetAsync(url);")]
    [InlineData("if ({|LCA3003:Shared.DefaultRequestHeaders.TryAddWithoutValidation(\"Connection\", \"close\")|}) await Shared.GetAsync(url);")]
    [InlineData("{|LCA3003:Shared.DefaultRequestHeaders.Add(\"Connection\", new[] { \"close\", \"te\" })|};")]
    // The condition does something
    [InlineData("if (Interlocked.Exchange(ref _once, 1) == 0) {|LCA3003:Shared.DefaultRequestHeaders.ConnectionClose = true|};")]
    public Task Nothing_is_offered(string body) => Fix.StaysAsync(Api(body, "private int _once;"));
}
