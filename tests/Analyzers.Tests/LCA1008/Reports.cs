namespace LifecycleAnalyzers.Tests.LCA1008;

/// <summary>A connect that nothing bounds.</summary>
public class Reports
{
    private static string Dialler(string body, string members = "") => $$"""
        class Dialler
        {
            private readonly TcpClient _client = new();
            private readonly string _host = "";

            public async Task OpenAsync(CancellationToken stop) { await Task.Yield(); {{body}} }

            {{members}}
        }
        """;

    [Theory]
    [InlineData("await {|LCA1008:_client.ConnectAsync(_host, 80)|};")]
    [InlineData("await {|LCA1008:_client.ConnectAsync(_host, 80, CancellationToken.None)|};")]
    [InlineData("await {|LCA1008:_client.ConnectAsync(_host, 80, default)|};")]
    [InlineData("var none = CancellationToken.None; await {|LCA1008:_client.ConnectAsync(_host, 80, none)|};")]
    [InlineData("await {|LCA1008:_client.ConnectAsync(_host, 80)|}.ConfigureAwait(false);")]
    [InlineData("var connecting = {|LCA1008:_client.ConnectAsync(_host, 80)|}; await connecting;")]
    [InlineData("await Task.WhenAll({|LCA1008:_client.ConnectAsync(_host, 80)|}, Task.Delay(10, stop));")]
    [InlineData("var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); await {|LCA1008:socket.ConnectAsync(_host, 80)|};")]
    [InlineData("using var web = new ClientWebSocket(); await {|LCA1008:web.ConnectAsync(new Uri(_host), CancellationToken.None)|};")]
    [InlineData("using var web = new ClientWebSocket(); await {|LCA1008:web.ConnectAsync(new Uri(_host), default)|};")]
    [InlineData("using var pipe = new System.IO.Pipes.NamedPipeClientStream(\"p\"); await {|LCA1008:pipe.ConnectAsync()|};")]
    [InlineData("using var pipe = new System.IO.Pipes.NamedPipeClientStream(\"p\"); await {|LCA1008:pipe.ConnectAsync(Timeout.Infinite)|};")]
    [InlineData("var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); var remote = new UnixDomainSocketEndPoint(_host); await {|LCA1008:socket.ConnectAsync(remote)|};")]
    // The token bounds something else.
    [InlineData("using var limit = new CancellationTokenSource(1000); await {|LCA1008:_client.ConnectAsync(_host, 80)|}; await Task.Delay(1, limit.Token);")]
    // These bound sends and receives, not the connect.
    [InlineData("_client.SendTimeout = 1000; _client.ReceiveTimeout = 1000; await {|LCA1008:_client.ConnectAsync(_host, 80)|};")]
    [InlineData("var wire = new WireClient(); await {|LCA1008:wire.OpenAsync()|};")]
    public Task The_connect(string body) => Case.HoldsAsync(Dialler(body));

    [Fact]
    public Task An_own_type_whose_overload_takes_a_token() => Case.HoldsAsync("""
        class PriceLink
        {
            public bool IsOpen { get; private set; }
            public Task OpenAsync() => OpenAsync(CancellationToken.None);
            public async Task OpenAsync(CancellationToken stop) { await Task.Delay(1, stop); IsOpen = true; }
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() => IsOpen = false;
        }

        class Desk
        {
            public async Task StartAsync(PriceLink link) => await {|LCA1008:link.OpenAsync()|};
        }
        """);

    [Fact]
    public Task The_message() => Case.HoldsAsync(
        Dialler("await {|#0:_client.ConnectAsync(_host, 80)|};"),
        Case.Diagnostic("LCA1008").WithLocation(0).WithMessage("Nothing bounds the time that 'ConnectAsync' of '_client' may take: pass a cancellation token or a timeout"));
}
