using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1001AttachErrorHandlerFix>;

namespace LifecycleAnalyzers.Tests.LCA1001;

/// <summary>The subscription stands before the opening.</summary>
public class Fixes
{
    [Fact]
    public Task A_late_one_moves() => Fix.BecomesAsync(Feed("""
                var client = new WireClient();
                {|LCA1001:client.Open()|};
                // what goes wrong
                client.Error += OnError;
                _client = client;
        """), Feed("""
                var client = new WireClient();
                // what goes wrong
                client.Error += OnError;
                client.Open();
                _client = client;
        """));

    [Fact]
    public Task Where_there_is_none_one_is_written() => Fix.BecomesAsync(Feed("""
                _client = new WireClient();
                {|LCA1001:_client.Open()|};
        """, handler: ""), Feed("""
                _client = new WireClient();
                _client.Error += (_, _) => System.Diagnostics.Trace.TraceError("client failed");
                _client.Open();
        """, handler: ""));

    private static string Feed(string body, string handler = "    private void OnError(object? sender, EventArgs e) => Console.WriteLine(e);\n") => $$"""
        class Feed
        {
            private Wires.WireClient? _client;

        {{handler}}
            public void Start()
            {
        {{body.Replace("new WireClient", "new Wires.WireClient")}}
            }

            public bool IsThere => _client is not null;
        }
        """;
}
