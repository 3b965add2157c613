namespace LifecycleAnalyzers.Tests.LCA3005;

/// <summary>Repeatable, proven unwritten, keyed, another request, or not repeated at all.</summary>
public class Silent
{
    [Fact]
    public Task Another_message_tells_of_the_failure() => Case.SilentAsync("""
        class Responder(IConnectionFactory factory)
        {
            private readonly IChannel _channel = factory.Open();
            public async Task AnswerAsync(string to, Func<byte[]> work)
            {
                try { var message = work(); await _channel.BasicPublishAsync("", to, message); }
                catch (Exception e) { var message = System.Text.Encoding.UTF8.GetBytes(e.Message); await _channel.BasicPublishAsync("", to, message); throw; }
            }
        }

        interface IConnectionFactory { IChannel Open(); }
        interface IChannel { Task BasicPublishAsync(string exchange, string key, byte[] body); bool IsOpen { get; } void Close(); }
        """);

    /// <summary>What is said while a connection is opened ends with it.</summary>
    [Fact]
    public Task A_handshake_is_made_on_a_new_connection() => Case.SilentAsync("""
        class Locator
        {
            private Link _link = null!;
            public async Task ReopenAsync()
            {
                for (var i = 0; ; i++)
                {
                    try { _link = await Link.CreateAsync(); break; }
                    catch (Exception) when (i < 3) { }
                }
            }
        }

        class Link
        {
            public bool IsOpen => true;
            public static async Task<Link> CreateAsync() { var link = new Link(); await link.PublishAsync("hello"); return link; }
            public Task PublishAsync(string text) => Task.CompletedTask;
            public void Close() { }
        }
        """);

    [Theory]
    // Reads, and what may be done twice
    [InlineData("try { return await http.GetAsync(url, ct); } catch (HttpRequestException) { return await http.GetAsync(url, ct); }")]
    [InlineData("try { return await http.PutAsync(url, content, ct); } catch (HttpRequestException) { return await http.PutAsync(url, content, ct); }")]
    [InlineData("for (var i = 0; i < 3; i++) { var r = new HttpRequestMessage(HttpMethod.Get, url); try { return await http.SendAsync(r, ct); } catch (HttpRequestException) { } }")]
    [InlineData("for (var i = 0; i < 3; i++) { var (r, limit) = Prepare(url); try { return await http.SendAsync(r, limit.Token); } catch (HttpRequestException) { } }", "private static (HttpRequestMessage, CancellationTokenSource) Prepare(string u) { var r = new HttpRequestMessage(HttpMethod.Put, u); return (r, new CancellationTokenSource(1000)); }")]
    // Of the two that come out, the other one is the POST.
    [InlineData("for (var i = 0; i < 3; i++) { var (_, r) = Both(url); try { return await http.SendAsync(r, ct); } catch (HttpRequestException) { } }", "private static (HttpRequestMessage, HttpRequestMessage) Both(string u) => (new HttpRequestMessage(HttpMethod.Post, u), new HttpRequestMessage(HttpMethod.Get, u));")]
    [InlineData("try { command.ExecuteScalar(); } catch (DbException) { command.ExecuteScalar(); }")]
    // The failure proves it
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.ConnectionError) { } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused }) { } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) when (e.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable) { } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) when (LifecycleAnalyzers.Runtime.Replay.IsSafe(e)) { } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) { if (e.StatusCode != HttpStatusCode.TooManyRequests) throw; } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) when (Refused(e)) { } }", "static bool Refused(HttpRequestException e) => e.HttpRequestError is HttpRequestError.NameResolutionError;")]
    [InlineData("for (var i = 0; ; i++) { try { command.ExecuteNonQuery(); break; } catch (DbException e) when (e.SqlState == \"40001\") { } }")]
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException e) { if (LifecycleAnalyzers.Runtime.Replay.IsSafe(e)) return await http.PostAsync(url, content, ct); throw; }")]
    [InlineData("for (var i = 0; ; i++) { try { return await http.PostAsync(url, content, ct); } catch (ObjectDisposedException) { } }")]
    // A key
    [InlineData("for (var i = 0; i < 3; i++) { var r = new HttpRequestMessage(HttpMethod.Post, url); r.Headers.Add(\"Idempotency-Key\", \"1\"); try { return await http.SendAsync(r, ct); } catch (HttpRequestException) { } }")]
    // Not repeated
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { throw; }")]
    [InlineData("for (var i = 0; i < 3; i++) { try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { return null; } }")]
    [InlineData("for (var i = 0; i < 3; i++) { try { await http.PostAsync(url, content, ct); } catch (HttpRequestException) { } }")]
    [InlineData("while (!ct.IsCancellationRequested) { try { await http.PostAsync(url, content, ct); } catch (HttpRequestException) { } await Task.Delay(10); }")]
    [InlineData("try { await http.PostAsync(url, content, ct); } catch (HttpRequestException) { } await http.PostAsync(url, content, ct);")]
    // Another request, or another server
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { return await http.PostAsync(\"errors\", content, ct); }")]
    [InlineData("foreach (var server in new[] { \"a\", \"b\" }) { try { return await http.PostAsync(server + url, content, ct); } catch (HttpRequestException) { } }")]
    [InlineData("foreach (var one in new[] { \"a\", \"b\" }) { try { await http.PostAsync(one, content, ct); } catch (HttpRequestException) { continue; } if (url == one) return null; }")]
    // Helpers
    [InlineData("return await Again.RunAsync(() => http.GetAsync(url, ct));")]
    [InlineData("return await Once(() => http.PostAsync(url, content, ct));", "static async Task<T> Once<T>(Func<Task<T>> action) { try { return await action(); } catch (Exception e) { Console.WriteLine(e); throw; } }")]
    [InlineData("return await Refused(() => http.PostAsync(url, content, ct));", "static async Task<T> Refused<T>(Func<Task<T>> action) { while (true) { try { return await action(); } catch (HttpRequestException e) when (e.StatusCode == HttpStatusCode.ServiceUnavailable) { } } }")]
    public Task When(string body, string members = "") => Case.SilentAsync(Reports.Api(body, members));

    [Fact]
    public Task A_handler_that_asks_for_the_method() => Case.SilentAsync("""
        using System.Net.Http;

        class Retrying : DelegatingHandler
        {
            protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
            {
                for (var i = 0; ; i++)
                {
                    try { return await base.SendAsync(request, ct); }
                    catch (HttpRequestException) when (i < 3 && request.Method == HttpMethod.Get) { }
                }
            }
        }
        """);

    [Theory]
    [InlineData("new ResiliencePipelineBuilder().AddTimeout(TimeSpan.FromSeconds(1)).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().HandleResult(503) }).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(e => e.HttpRequestError == HttpRequestError.ConnectionError) }).Build()")]
    [InlineData("new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<ArgumentException>() }).Build()")]
    public Task A_pipeline_that_does_not(string pipeline) => Case.SilentAsync($$"""
        using System.Net.Http;
        using Polly;

        class Api(HttpClient http)
        {
            private readonly ResiliencePipeline _pipeline = {{pipeline}};
            public Task<HttpResponseMessage> Use(CancellationToken stop) => _pipeline.ExecuteAsync(ct => http.PostAsync("x", null, ct), stop);
        }
        """ + Reports.Polly);

    [Fact]
    public Task The_server_says_that_it_did_nothing() => Case.SilentAsync(Upgrade("upgrade mode"));

    [Fact]
    public Task A_timeout_in_the_message_proves_nothing() => Case.HoldsAsync(Upgrade("Timeout expired").Replace("command.ExecuteNonQuery()", "{|LCA3005:command.ExecuteNonQuery()|}"));

    private static string Upgrade(string words) => $$"""
        using System.Data.Common;

        class Upgrade
        {
            public void Run(DbCommand command)
            {
                while (true)
                {
                    try { command.ExecuteNonQuery(); return; }
                    catch (DbException e) { if (e.Message.Contains("{{words}}")) Thread.Sleep(99); else throw; }
                }
            }
        }
        """;

    // What is thrown inside the task is not seen by a policy that does not wait for it.
    [Theory]
    [InlineData("await _retry.Execute(async () => await http.PostAsync(\"x\", null))")]
    [InlineData("await _retry.Execute(() => http.PostAsync(\"x\", null))")]
    public Task A_policy_that_does_not_wait(string call) => Case.SilentAsync(Policies(call));

    [Fact]
    public Task A_policy_that_waits() => Case.HoldsAsync(Policies("await _retry.ExecuteAsync(() => {|LCA3005:http.PostAsync(\"x\", null)|})"));

    private static string Policies(string call) => $$"""
        using System.Net.Http;
        using Polly;

        namespace Polly
        {
            public class PolicyBuilder { public RetryPolicy Retry(int times) => new(); }
            public static class Policy { public static PolicyBuilder Handle<T>() where T : Exception => new(); }
            public class RetryPolicy { public T Execute<T>(Func<T> work) => work(); public Task<T> ExecuteAsync<T>(Func<Task<T>> work) => work(); }
        }

        class Hook(HttpClient http)
        {
            private readonly RetryPolicy _retry = Policy.Handle<Exception>().Retry(3);
            public async Task Tell() { {{call}}; }
        }
        """;

    [Theory]
    [InlineData("class A { HttpClient h = new(); async Task M() { try { await h.PostAsync(\"x\", null); } catch (HttpRequestException) { await h.PostAsync(")]
    [InlineData("class A { HttpClient h = new(); async Task M() { while (true) { try { await h.PostAsync(\"x\", null); return; } catch (Missing) { } } } }")]
    [InlineData("class A { HttpClient h = new(); async Task M() { while (true) { try { await h.PostAsync(\"x\", null); return; } catch (Exception e) when ( { } } } }")]
    public Task Half_written(string source) => Case.Broken("using System.Net.Http;\n" + source).RunAsync();

    [Theory]
    [InlineData("again: try { await http.PostAsync(url, content, ct); } catch (HttpRequestException) { } await Task.Delay(100, ct); if (!ct.IsCancellationRequested) return null; goto again;")]
    [InlineData("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { } if (ct.IsCancellationRequested) return null; goto failed; failed: return null;")]
    public Task What_follows_the_catch_goes_on(string body) => Case.SilentAsync(Reports.Api(body));

    [Fact]
    public Task The_catch_jumps_on() => Case.SilentAsync(
        Reports.Api("try { return await http.PostAsync(url, content, ct); } catch (HttpRequestException) { goto failed; } failed: return null;"));

    private static string Pusher(string then) => $$"""
        class Pusher(HttpClient http, Func<HttpContent> collect)
        {
            public async Task RunAsync(CancellationToken stopping)
            {
                var done = false;
                while (true)
                {
                    try { var answer = await {|LCA3005:http.PostAsync("metrics", collect())|}; done = answer.IsSuccessStatusCode; }
                    catch (Exception e) when (e is not OperationCanceledException) { Console.WriteLine(e); }
                    {{then}}
                    await Task.Delay(1000, stopping);
                }
            }
        }
        """;

    /// <summary>A loop that goes on until somebody stops it sends in each round what is then.</summary>
    [Theory]
    [InlineData("if (stopping.IsCancellationRequested) break;")]
    [InlineData("if (stopping is { IsCancellationRequested: true }) return;")]
    public Task The_next_round_is_no_repetition(string then) => Case.SilentAsync(Pusher(then).Replace("{|LCA3005:http.PostAsync(\"metrics\", collect())|}", "http.PostAsync(\"metrics\", collect())", StringComparison.Ordinal));

    [Theory]
    [InlineData("if (done) break;")]
    [InlineData("if (stopping.IsCancellationRequested) break; if (done) return;")]
    public Task A_loop_that_ends_when_it_has_worked(string then) => Case.HoldsAsync(Pusher(then));

    private static string Retried(string question, string work) => $$"""
        using System.Data.Common;

        class Store(DbConnection connection, DbCommand command)
        {
            private static readonly HashSet<int> Transient = [4060, 40501, 49918];
            public Task<int> SaveAsync() => Retry({{question}}, async () => { {{work}} });
            private static async Task<T> Retry<T>(Func<ServerException, bool> again, Func<Task<T>> work)
            {
                for (var i = 0; i < 3; i++)
                {
                    try { return await work(); }
                    catch (ServerException e) { if (!again(e)) throw; }
                }

                throw new InvalidOperationException();
            }

            public DbConnection Connection => connection;
            public DbCommand Command => command;
        }

        class ServerException : DbException { public int Number => 1; }
        """;

    /// <summary>Done again only after what the server said, or within a transaction that each attempt begins anew.</summary>
    [Theory]
    [InlineData("e => Transient.Contains(e.Number)", "return await command.ExecuteNonQueryAsync();")]
    [InlineData("e => true", "await using var t = await connection.BeginTransactionAsync(); var n = await command.ExecuteNonQueryAsync(); await t.CommitAsync(); return n;")]
    public Task A_refusal_or_a_transaction_of_its_own(string question, string work) => Case.SilentAsync(Retried(question, work));

    [Fact]
    public Task A_helper_that_repeats_after_anything() => Case.HoldsAsync(Retried("e => e.InnerException is TimeoutException", "return await {|LCA3005:command.ExecuteNonQueryAsync()|};"));

    /// <summary>The verb is an argument of the helper; and a loop that jumps back however its round has ended repeats nothing.</summary>
    [Theory]
    [InlineData("again: try { await SendAsync(HttpMethod.Get, url, content); } catch (HttpRequestException) { goto again; }")]
    [InlineData("round: try { await SendAsync(HttpMethod.Post, url, content); if (!ct.IsCancellationRequested) goto round; } catch (HttpRequestException) { goto round; }")]
    public Task A_question_or_the_next_round(string body) => Case.SilentAsync(Reports.Api(body, Sending));

    [Fact]
    public Task A_verb_that_writes() => Case.HoldsAsync(Reports.Api("again: try { await {|LCA3005:SendAsync(HttpMethod.Post, url, content)|}; } catch (HttpRequestException) { goto again; }", Sending));

    private const string Sending = "private Task<HttpResponseMessage> SendAsync(HttpMethod verb, string url, HttpContent content) => http.SendAsync(new HttpRequestMessage(verb, url) { Content = content });";

    /// <summary>A connect that failed; what fails on the way lies one level deeper.</summary>
    [Theory]
    [InlineData("catch (HttpRequestException e) when (e.InnerException is SocketException) { await Task.Delay(9, ct); }")]
    [InlineData("catch (HttpRequestException e) { if (e.InnerException is SocketException s) await Task.Delay(s.ErrorCode, ct); else throw; }")]
    public Task A_connect_that_failed(string clause) => Case.SilentAsync(Reports.Api($"for (var i = 0; i < 3; i++) {{ try {{ return await http.PostAsync(url, content, ct); }} {clause} }}"));

    [Fact]
    public Task A_connection_that_broke() => Case.HoldsAsync(Reports.Api("for (var i = 0; i < 3; i++) { try { return await {|LCA3005:http.PostAsync(url, content, ct)|}; } catch (HttpRequestException e) when (e.InnerException is IOException) { await Task.Delay(9, ct); } }"));

    /// <summary>A client of one's own: what it is given here counts, not what somebody else gives it.</summary>
    [Theory]
    [InlineData("new(HttpMethod.Get, url)", "{0}")]
    [InlineData("new(HttpMethod.Post, url)", "{{|LCA3005:{0}|}}")]
    public Task An_own_client(string message, string call) => Case.HoldsAsync($$"""
        class OwnClient : HttpClient
        {
            public new HttpResponseMessage Send(HttpRequestMessage request) => Send(request, default);
            public override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken stop) => base.Send(request, stop);
        }

        class Updater
        {
            public HttpResponseMessage? Fetch(string url)
            {
                using var client = new OwnClient();
                for (var i = 0; i < 3; i++)
                {
                    try { using HttpRequestMessage message = {{message}}; return {{string.Format(System.Globalization.CultureInfo.InvariantCulture, call, "client.Send(message)")}}; }
                    catch (Exception e) { Console.WriteLine(e.Message); }
                }
                return null;
            }

            public void Report(string url)
            {
                using var client = new OwnClient();
                using HttpRequestMessage message = new(HttpMethod.Post, url);
                client.Send(message);
            }
        }
        """);
}
