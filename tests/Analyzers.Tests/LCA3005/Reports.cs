namespace LifecycleAnalyzers.Tests.LCA3005;

/// <summary>A request that changes something, and a failure that says nothing about it.</summary>
public class Reports
{
    internal static string Api(string body, string members = "") => $$"""
        using System.Data.Common;
        using System.Net;
        using System.Net.Http;

        class Api(HttpClient http, WireClient wire, DbCommand command)
        {
            public async Task<HttpResponseMessage?> Use(string url, HttpContent content, CancellationToken ct)
            {
                await Task.CompletedTask;
                {{body}}
                return null;
            }

            public void Keep() { wire.Send(""); _ = command; _ = http; }
            {{members}}
        }

        interface IBusClient { bool IsConnected { get; } Task PublishAsync(string topic, byte[] body); Task CloseAsync(); }
        static class Again
        {
            public static async Task<T> RunAsync<T>(Func<Task<T>> action)
            {
                for (var i = 0; ; i++)
                {
                    try { return await action(); }
                    catch (Exception) when (i < 3) { await Task.Delay(10); }
                }
            }

            public static Task<T> OuterAsync<T>(Func<Task<T>> action) => RunAsync(action);
            public static async Task<T> TwiceAsync<T>(Func<Task<T>> action) { try { return await action(); } catch (HttpRequestException) { return await action(); } }
        }
        """;

    [Theory]
    // In the catch
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { return await {|LCA3005:http.PostAsync(url, content, ct)|}; }")]
    [InlineData("try { return await http.PatchAsync(url, content, ct); } catch (Exception e) { Console.WriteLine(e); return await {|LCA3005:http.PatchAsync(url, content)|}; }")]
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch { return await {|LCA3005:http.PostAsync(url, content, ct)|}; }")]
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (Exception e) when (e is IOException or HttpRequestException) { return await {|LCA3005:http.PostAsync(url, content, ct)|}; }")]
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (TaskCanceledException) when (!ct.IsCancellationRequested) { return await {|LCA3005:http.PostAsync(url, content, ct)|}; }")]
    [InlineData("try { command.ExecuteNonQuery(); } catch (DbException) { {|LCA3005:command.ExecuteNonQuery()|}; }")]
    [InlineData("command.CommandText = \"select purge_ledger()\"; try { command.ExecuteNonQuery(); } catch (DbException) { {|LCA3005:command.ExecuteNonQuery()|}; }")]
    [InlineData("try { await Once(url); } catch (IOException) { await {|LCA3005:Once(url)|}; }", "private Task<HttpResponseMessage> Once(string u) => http.PostAsync(u, null);")]
    [InlineData("try { return await http.SendAsync(new HttpRequestMessage(HttpMethod.Post, url), ct); } catch (HttpRequestException) { return await {|LCA3005:http.SendAsync(new HttpRequestMessage(HttpMethod.Post, url), ct)|}; }")]
    // Behind the try
    [InlineData("var again = false; try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { again = true; } if (again) return await {|LCA3005:http.PostAsync(url, content, ct)|};")]
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) { Console.WriteLine(e); } return await {|LCA3005:http.PostAsync(url, content, ct)|};")]
    // In a loop
    [InlineData("for (var i = 0; i < 3; i++) { try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException) { await Task.Delay(10); } }")]
    [InlineData("while (true) { try { await {|LCA3005:http.PostAsync(url, content, ct)|}; break; } catch (IOException) { } }")]
    [InlineData("var done = false; while (!done) { try { await {|LCA3005:http.PostAsync(url, content, ct)|}; done = true; } catch (TimeoutException) { } }")]
    [InlineData("HttpResponseMessage? answer = null; do { try { answer = await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException) { } } while (answer == null);")]
    [InlineData("foreach (var wait in new[] { 1, 2 }) { try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException) { await Task.Delay(wait); } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException) { if (i < 3) continue; throw; } }")]
    [InlineData("foreach (var one in new[] { \"a\", \"b\" }) for (var i = 0; i < 3; i++) { try { await {|LCA3005:http.PostAsync(one, content, ct)|}; break; } catch (HttpRequestException) { } }")]
    [InlineData("for (var i = 0; i < 3; i++) { var r = new HttpRequestMessage(HttpMethod.Post, url); try { return await {|LCA3005:http.SendAsync(r, ct)|}; } catch (HttpRequestException) { } }")]
    [InlineData("for (var i = 0; i < 3; i++) { var r = Make(HttpMethod.Patch, url); try { return await {|LCA3005:http.SendAsync(r, ct)|}; } catch (HttpRequestException) { } }", "static HttpRequestMessage Make(HttpMethod m, string u) => new(m, u);")]
    // The request comes with its limit, or with its name.
    [InlineData("for (var i = 0; i < 3; i++) { var (r, limit) = Prepare(url); try { return await {|LCA3005:http.SendAsync(r, limit.Token)|}; } catch (HttpRequestException) { } }", "private static (HttpRequestMessage, CancellationTokenSource) Prepare(string u) { var r = new HttpRequestMessage(HttpMethod.Post, u); return (r, new CancellationTokenSource(1000)); }")]
    [InlineData("HttpRequestMessage r; string name; for (var i = 0; i < 3; i++) { (name, r) = (url, new HttpRequestMessage(HttpMethod.Patch, url)); try { return await {|LCA3005:http.SendAsync(r, ct)|}; } catch (HttpRequestException) { Console.WriteLine(name); } }")]
    // Not the failures that prove it
    [InlineData("for (var i = 0; ; i++) { try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.GatewayTimeout) { } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset }) { } }")]
    // A helper that does it
    [InlineData("return await Again.RunAsync(() => {|LCA3005:http.PostAsync(url, content, ct)|});")]
    [InlineData("return await Again.OuterAsync(() => {|LCA3005:http.PostAsync(url, content, ct)|});")]
    [InlineData("return await Again.TwiceAsync(async () => await {|LCA3005:http.PostAsync(url, content, ct)|});")]
    [InlineData("return await Again.RunAsync({|LCA3005:Once|});", "private Task<HttpResponseMessage> Once() => http.PostAsync(\"x\", null);")]
    public Task It_is_sent_again(string body, string members = "") => Case.HoldsAsync(Api(body, members));

    [Fact]
    public Task By_calling_itself() => Case.HoldsAsync(Api("", """
        public async Task<HttpResponseMessage> Attach(string url, int attempt = 0)
        {
            try { return await http.PostAsync(url, null); }
            catch (IOException) when (attempt < 2) { return await {|LCA3005:Attach(url, attempt + 1)|}; }
        }
        """));

    [Fact]
    public Task A_publication() => Case.HoldsAsync(Api("", """
        public async Task Tell(IBusClient bus, byte[] body)
        {
            try { await bus.PublishAsync("t", body); }
            catch (IOException) { await {|LCA3005:bus.PublishAsync("t", body)|}; }
        }
        """));

    [Fact]
    public Task In_a_handler_that_asks_for_no_method() => Case.HoldsAsync("""
        using System.Net.Http;

        class Retrying : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
            {
                for (var i = 0; ; i++)
                {
                    try { return await {|LCA3005:base.SendAsync(request, ct)|}; }
                    catch (HttpRequestException) when (i < 3) { }
                }
            }
        }
        """);

    internal const string Polly = """

        namespace Polly
        {
            public class PredicateBuilder { public PredicateBuilder Handle<T>() where T : Exception => this; public PredicateBuilder Handle<T>(Func<T, bool> p) where T : Exception => this; public PredicateBuilder HandleResult(int r) => this; }
            public class RetryStrategyOptions { public PredicateBuilder? ShouldHandle { get; set; } }
            public class ResiliencePipeline { public Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> f, CancellationToken c) => f(c); }
            public class ResiliencePipelineBuilder
            {
                public ResiliencePipelineBuilder AddRetry(RetryStrategyOptions o) => this;
                public ResiliencePipelineBuilder AddTimeout(TimeSpan t) => this;
                public ResiliencePipeline Build() => new();
            }
        }
        """;

    [Theory]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions()).AddTimeout(TimeSpan.FromSeconds(1)).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(1)).AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() }).Build()")]
    public Task By_a_pipeline(string pipeline) => Case.HoldsAsync($$"""
        using System.Net.Http;
        using Polly;

        class Api(HttpClient http)
        {
            private readonly ResiliencePipeline _pipeline = {{pipeline}};
            public Task<HttpResponseMessage> Use(CancellationToken stop) => _pipeline.ExecuteAsync(ct => {|LCA3005:http.PostAsync("x", null, ct)|}, stop);
        }
        """ + Polly);

    [Fact]
    public Task The_message_names_request_and_failure() => Case.HoldsAsync(
        Api("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { return await {|#0:http.PostAsync(url, content, ct)|}; }"),
        Case.Diagnostic("LCA3005").WithLocation(0).WithMessage("'PostAsync' is sent again after 'HttpRequestException', which can come when the request has already been written: it may be done twice"));

    [Theory]
    [InlineData("var left = 3; again: try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException) { if (left-- == 0) throw; } await Task.Delay(100, ct); goto again;")]
    [InlineData("var isFirst = true; again: try { using var answer = await {|LCA3005:http.PostAsync(url, content, ct)|}; return null; } catch (IOException) { if (!isFirst) return null; isFirst = false; } goto again;")]
    public Task What_follows_the_catch_jumps_back(string body) => Case.HoldsAsync(Api(body));

    [Theory]
    [InlineData("try { return await SendAsync(); } catch (HttpRequestException) { return await {|LCA3005:SendAsync()|}; } Task<HttpResponseMessage> SendAsync() => http.PostAsync(url, content, ct);")]
    [InlineData("while (true) { try { return await {|LCA3005:SendAsync()|}; } catch (IOException) { await Task.Delay(100, ct); } } async Task<HttpResponseMessage> SendAsync() { await Task.Yield(); return await http.PostAsync(url, content, ct); }")]
    [InlineData("try { return await GetAsync(); } catch (HttpRequestException) { return await GetAsync(); } Task<HttpResponseMessage> GetAsync() => http.GetAsync(url, ct);")]
    public Task Sent_by_a_local_function(string body) => Case.HoldsAsync(Api(body));

    [Fact]
    public Task The_catch_jumps_back() => Case.HoldsAsync(
        Api("var left = 3; again: try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException) when (left-- > 0) { goto again; }"));
}
