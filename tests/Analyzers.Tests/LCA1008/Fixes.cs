using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1008BoundConnectFix>;

namespace LifecycleAnalyzers.Tests.LCA1008;

/// <summary>The token in scope, or one that is cancelled after a while.</summary>
public class Fixes
{
    private static string Dialler(string parameters, string body, string field = "") => $$"""
        class Dialler
        {
            private readonly TcpClient _client = new();
            {{field}}
            public async Task GoAsync({{parameters}})
            {
                {{body}}
            }
        }
        """;

    [Theory]
    [InlineData("await {|LCA1008:_client.ConnectAsync(\"\", 1)|};", "await _client.ConnectAsync(\"\", 1, stop);")]
    [InlineData("await {|LCA1008:_client.ConnectAsync(\"\", 1)|}.ConfigureAwait(false);", "await _client.ConnectAsync(\"\", 1, stop).ConfigureAwait(false);")]
    [InlineData("await {|LCA1008:_client.ConnectAsync(\"\", 1, CancellationToken.None)|};", "await _client.ConnectAsync(\"\", 1, stop);")]
    [InlineData("await {|LCA1008:new ClientWebSocket().ConnectAsync(new Uri(\"\"), default)|};", "await new ClientWebSocket().ConnectAsync(new Uri(\"\"), stop);")]
    [InlineData("using var pipe = new System.IO.Pipes.NamedPipeClientStream(\"p\"); await {|LCA1008:pipe.ConnectAsync()|};", "using var pipe = new System.IO.Pipes.NamedPipeClientStream(\"p\"); await pipe.ConnectAsync(stop);")]
    [InlineData("var wire = new Wires.WireClient(); await {|LCA1008:wire.OpenAsync()|};", "var wire = new Wires.WireClient(); await wire.OpenAsync(stop);")]
    [InlineData("await {|LCA1008:_client.ConnectAsync(\"\", 1)|}; await {|LCA1008:_client.ConnectAsync(\"\", 2)|};", "await _client.ConnectAsync(\"\", 1, stop); await _client.ConnectAsync(\"\", 2, stop);")]
    public Task The_token_of_the_method(string body, string becomes) => Fix.BecomesAsync(Dialler("CancellationToken stop", body), Dialler("CancellationToken stop", becomes));

    [Theory]
    [InlineData("private readonly CancellationToken _stop = new(false);", "_stop")]
    [InlineData("private readonly CancellationTokenSource _stop = new();", "_stop.Token")]
    public Task The_token_of_the_type(string field, string token) => Fix.BecomesAsync(
        Dialler("", "await {|LCA1008:_client.ConnectAsync(\"\", 1)|};", field), Dialler("", $"await _client.ConnectAsync(\"\", 1, {token});", field));

    [Fact]
    public Task A_token_of_its_own() => Fix.BecomesAsync(
        Dialler("string timeout", """
            // the peer may be away
                    await {|LCA1008:_client.ConnectAsync(timeout, 1)|}; // now
            """), Dialler("string timeout", """
            // the peer may be away
                    using var connectTimeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
                    await _client.ConnectAsync(timeout, 1, connectTimeout.Token); // now
            """));

    [Theory]
    // What is awaited later would outlive the source; a task of another kind would not fit.
    [InlineData("", "Task connecting = {|LCA1008:_client.ConnectAsync(\"\", 1)|}; await connecting;")]
    [InlineData("CancellationToken stop", "Task connecting = {|LCA1008:_client.ConnectAsync(\"\", 1)|}; await connecting;")]
    public Task Nothing_is_offered(string parameters, string body) => Fix.StaysAsync(Dialler(parameters, body));

    /// <summary>Who answers with the connect's task awaits it, and its callers do not see that.</summary>
    [Theory]
    [InlineData("public Task OpenAsync(ClientWebSocket ws, Uri to) => {|LCA1008:ws.ConnectAsync(to, CancellationToken.None)|};", "public async Task OpenAsync(ClientWebSocket ws, Uri to)\n    {\n        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));\n        await ws.ConnectAsync(to, timeout.Token);\n    }")]
    [InlineData("public Task OpenAsync(TcpClient client, CancellationToken stop) => {|LCA1008:client.ConnectAsync(\"peer\", 80)|};", "public async Task OpenAsync(TcpClient client, CancellationToken stop)\n    {\n        await client.ConnectAsync(\"peer\", 80, stop);\n    }")]
    [InlineData("public Task OpenAsync(TcpClient client, CancellationToken stop)\n    {\n        return {|LCA1008:client.ConnectAsync(\"peer\", 80)|}; // now\n    }", "public async Task OpenAsync(TcpClient client, CancellationToken stop)\n    {\n        await client.ConnectAsync(\"peer\", 80, stop); // now\n    }")]
    [InlineData("public async Task OpenAsync(Socket socket, System.Net.EndPoint to, CancellationToken stop)\n    {\n        await {|LCA1008:socket.ConnectAsync(remoteEP: to)|};\n    }", "public async Task OpenAsync(Socket socket, System.Net.EndPoint to, CancellationToken stop)\n    {\n        await socket.ConnectAsync(remoteEP: to, cancellationToken: stop);\n    }")]
    public Task A_method_that_hands_the_task_on(string before, string after) =>
        FixCase<CodeFixes.Creation.LCA1008BoundConnectFix>.BecomesAsync("class Opener\n{\n    " + before + "\n}", "class Opener\n{\n    " + after + "\n}");
}
