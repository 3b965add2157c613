namespace LifecycleAnalyzers.Tests.LCA3001;

/// <summary>A client and the stream or writer over it, kept side by side and filled by one null check.</summary>
public class FilledTogether
{
    private static string Driver(string body, string open = "_client = new TcpClient(host, 502); _stream = _client.GetStream();") => $$"""
        class Driver(string host)
        {
            private TcpClient? _client;
            private NetworkStream? _stream;
            private void Fill() { {{open}} }
            public void Ask(byte[] question) { {{body}} }
        }
        """;

    [Theory]
    [InlineData("if (_client == null) { _client = new TcpClient(host, 502); _stream = _client.GetStream(); } {|LCA3001:_stream!.Write(question)|};")]
    [InlineData("if (_client is null) Fill(); {|LCA3001:_stream!.Write(question)|};")]
    public Task The_one_is_asked_for_and_the_other_used(string body) => Case.HoldsAsync(Driver(body));

    [Theory]
    [InlineData("if (_client == null || _client.Client.Poll(0, SelectMode.SelectRead)) Fill(); _stream!.Write(question);")]
    [InlineData("try { if (_client == null) Fill(); _stream!.Write(question); } catch (IOException) { _client?.Dispose(); _client = null; throw; }")]
    public Task Asked_or_evicted_by_way_of_the_other(string body) => Case.SilentAsync(Driver(body));

    [Fact]
    public Task Opened_for_as_long_as_its_owner_lives() => Case.SilentAsync("""
        class Driver
        {
            private TcpClient? _client;
            private NetworkStream? _stream;
            public void Connect(string host) { if (_client != null) return; _client = new TcpClient(host, 502); _stream = _client.GetStream(); }
            public void Ask(byte[] question) => _stream!.Write(question);
        }
        """);
}
