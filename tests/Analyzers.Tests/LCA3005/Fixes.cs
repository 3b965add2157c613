using LifecycleAnalyzers.CodeFixes.Reuse;
using LifecycleAnalyzers.Testing;
using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Reuse.LCA3005DoNotRepeatWrittenRequestFix>;

namespace LifecycleAnalyzers.Tests.LCA3005;

/// <summary>The clause takes only what proves that nothing was written.</summary>
public class Fixes
{
    private static string Api(string body, string usings = "using LifecycleAnalyzers.Runtime;\n") => $$"""
        using System.Data.Common;
        using System.Net.Http;
        {{usings}}
        class Api(HttpClient http, DbCommand command)
        {
            public async Task<HttpResponseMessage?> Use(string url, HttpContent content, int limit)
            {
                await Task.CompletedTask;
                {{body}}
                return null;
            }

            public void Keep() => _ = command;
        }
        """;

    [Theory]
    // In the clause
    [InlineData("try { return await http.PostAsync(url, content); } catch (HttpRequestException) { return await {|LCA3005:http.PostAsync(url, content)|}; }",
        "try { return await http.PostAsync(url, content); } catch (HttpRequestException e) when (Replay.IsSafe(e)) { return await http.PostAsync(url, content); }")]
    [InlineData("try { return await http.PostAsync(url, content); } catch { return await {|LCA3005:http.PostAsync(url, content)|}; }",
        "try { return await http.PostAsync(url, content); } catch (Exception e) when (Replay.IsSafe(e)) { return await http.PostAsync(url, content); }")]
    [InlineData("try { command.ExecuteNonQuery(); } catch (DbException failed) { Console.WriteLine(failed); {|LCA3005:command.ExecuteNonQuery()|}; }",
        "try { command.ExecuteNonQuery(); } catch (DbException failed) when (Replay.IsSafe(failed)) { Console.WriteLine(failed); command.ExecuteNonQuery(); }")]
    [InlineData("try { return await http.PostAsync(url, content); } catch (Exception x) when (x is IOException or HttpRequestException) { return await {|LCA3005:http.PostAsync(url, content)|}; }",
        "try { return await http.PostAsync(url, content); } catch (Exception x) when (x is IOException or HttpRequestException && Replay.IsSafe(x)) { return await http.PostAsync(url, content); }")]
    [InlineData("try { return await http.PostAsync(url, content); } catch (Exception x) when (x is IOException || x is HttpRequestException) { return await {|LCA3005:http.PostAsync(url, content)|}; }",
        "try { return await http.PostAsync(url, content); } catch (Exception x) when ((x is IOException || x is HttpRequestException) && Replay.IsSafe(x)) { return await http.PostAsync(url, content); }")]
    // In a loop
    [InlineData("for (var i = 0; i < limit; i++) { try { return await {|LCA3005:http.PostAsync(url, content)|}; } catch (HttpRequestException) { await Task.Delay(10); } }",
        "for (var i = 0; i < limit; i++) { try { return await http.PostAsync(url, content); } catch (HttpRequestException e) when (Replay.IsSafe(e)) { await Task.Delay(10); } }")]
    [InlineData("for (var i = 0; ; i++) { try { return await {|LCA3005:http.PostAsync(url, content)|}; } catch (HttpRequestException) when (i < limit) { } }",
        "for (var i = 0; ; i++) { try { return await http.PostAsync(url, content); } catch (HttpRequestException e) when (i < limit && Replay.IsSafe(e)) { } }")]
    [InlineData("while (limit-- > 0) { try { return await {|LCA3005:http.PostAsync(url, content)|}; } catch (HttpRequestException) { } catch (IOException) { } catch (FormatException) { throw; } }",
        "while (limit-- > 0) { try { return await http.PostAsync(url, content); } catch (HttpRequestException e) when (Replay.IsSafe(e)) { } catch (IOException e) when (Replay.IsSafe(e)) { } catch (FormatException) { throw; } }")]
    // Behind the try
    [InlineData("try { return await http.PostAsync(url, content); } catch (HttpRequestException) { }\n        return await {|LCA3005:http.PostAsync(url, content)|};",
        "try { return await http.PostAsync(url, content); } catch (HttpRequestException e) when (Replay.IsSafe(e)) { }\n        return await http.PostAsync(url, content);")]
    // The name is taken
    [InlineData("var e = url; try { return await http.PostAsync(e, content); } catch (HttpRequestException) { return await {|LCA3005:http.PostAsync(e, content)|}; }",
        "var e = url; try { return await http.PostAsync(e, content); } catch (HttpRequestException ex) when (Replay.IsSafe(ex)) { return await http.PostAsync(e, content); }")]
    public Task A_filter_asks(string body, string becomes) => Fix.BecomesAsync(Api(body), Api(becomes));

    [Fact]
    public Task Comments_and_lines_stay() => Fix.BecomesAsync(Api("""
        try
                {
                    return await http.PostAsync(url, content);
                }
                catch (HttpRequestException) // once more
                {
                    return await {|LCA3005:http.PostAsync(url, content)|};
                }
        """, ""), Api("""
        try
                {
                    return await http.PostAsync(url, content);
                }
                catch (HttpRequestException e) when (Replay.IsSafe(e)) // once more
                {
                    return await http.PostAsync(url, content);
                }
        """, "").Replace("using System.Data.Common;", "using System.Data.Common;").Replace("using System.Net.Http;\n", "using System.Net.Http;\nusing LifecycleAnalyzers.Runtime;\n"));

    [Fact]
    public async Task Nothing_is_offered_without_the_runtime_package()
    {
        var source = Api("try { return await http.PostAsync(url, content); } catch (HttpRequestException) { return await {|LCA3005:http.PostAsync(url, content)|}; }", "");
        await Fix.Of(source, source, runtime: false).RunAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public Task A_helper_that_repeats_is_left_to_its_author() => Fix.StaysAsync("""
        using System.Net.Http;

        class Api(HttpClient http)
        {
            public Task<HttpResponseMessage> Use(string url) => Again.TwiceAsync(() => {|LCA3005:http.PostAsync(url, null)|});
        }

        static class Again
        {
            public static async Task<T> TwiceAsync<T>(Func<Task<T>> action) { try { return await action(); } catch (HttpRequestException) { return await action(); } }
        }
        """);
}
