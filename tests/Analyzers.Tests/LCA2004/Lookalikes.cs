namespace LifecycleAnalyzers.Tests.LCA2004;

/// <summary>What takes several senders, and what is no connection at all.</summary>
public class Lookalikes
{
    [Theory]
    [InlineData("MemoryStream", "WriteAsync(data, 0, 1)")]
    [InlineData("FileStream", "WriteAsync(data, 0, 1)")]
    [InlineData("StringWriter", "WriteAsync(\"x\")")]
    [InlineData("Socket", "SendAsync(data)")]
    [InlineData("WireClient", "SendAsync(\"x\")")]
    public Task Takes_several(string type, string call) => Case.SilentAsync($$"""
        class Feed({{type}} target)
        {
            public async Task SayAsync(byte[] data) { var a = target.{{call}}; var b = target.{{call}}; await a; await b; Console.WriteLine(data); }
        }
        """);

    [Fact]
    public Task A_namesake_of_a_framework_type() => Case.SilentAsync("""
        namespace Mine
        {
            class WebSocket { public Task SendAsync(byte[] b) => Task.CompletedTask; }
            class SslStream { public Task WriteAsync(byte[] b) => Task.CompletedTask; }

            class Shop(WebSocket web, SslStream tls)
            {
                public Task SellAsync(byte[] b) => Task.WhenAll(web.SendAsync(b), web.SendAsync(b), tls.WriteAsync(b), tls.WriteAsync(b));
            }
        }
        """);
}
