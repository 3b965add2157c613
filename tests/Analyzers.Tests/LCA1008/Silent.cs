namespace LifecycleAnalyzers.Tests.LCA1008;

/// <summary>Something bounds the connect, or there is nothing to bound.</summary>
public class Silent
{
    [Theory]
    [InlineData("await _client.ConnectAsync(_host, 80, stop);")]
    [InlineData("var token = CancellationToken.None; if (stop.CanBeCanceled) token = stop; await _client.ConnectAsync(_host, 80, token);")]
    [InlineData("var token = new CancellationTokenSource(1000).Token; await _client.ConnectAsync(_host, 80, token);")]
    [InlineData("using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop); limit.CancelAfter(1000); await _client.ConnectAsync(_host, 80, limit.Token);")]
    [InlineData("await _client.ConnectAsync(_host, 80).WaitAsync(TimeSpan.FromSeconds(5));")]
    [InlineData("await _client.ConnectAsync(_host, 80).WaitAsync(stop).ConfigureAwait(false);")]
    [InlineData("var connecting = _client.ConnectAsync(_host, 80); if (await Task.WhenAny(connecting, Task.Delay(1000)) != connecting) _client.Dispose();")]
    [InlineData("if (!_client.ConnectAsync(_host, 80).Wait(1000)) _client.Dispose();")]
    [InlineData("await Limited(_client.ConnectAsync(_host, 80), TimeSpan.FromSeconds(1));")]
    [InlineData("stop.Register(() => _client.Dispose()); await _client.ConnectAsync(_host, 80);")]
    [InlineData("using var timer = new Timer(_ => _client.Dispose(), null, 1000, -1); await _client.ConnectAsync(_host, 80);")]
    [InlineData("using var pipe = new System.IO.Pipes.NamedPipeClientStream(\"p\"); await pipe.ConnectAsync(1000);")]
    [InlineData("using var web = new ClientWebSocket(); await web.ConnectAsync(new Uri(_host), stop);")]
    [InlineData("using var udp = new UdpClient(); udp.Connect(_host, 53);")]
    [InlineData("using var socket = new Socket(SocketType.Dgram, ProtocolType.Udp); await socket.ConnectAsync(_host, 53);")]
    // Nothing to pass.
    [InlineData("_client.Connect(_host, 80);")]
    [InlineData("new TcpClient(_host, 80).Dispose();")]
    [InlineData("_client.BeginConnect(_host, 80, null, null);")]
    // Waits for others, or connects nothing.
    [InlineData("using var listener = new TcpListener(System.Net.IPAddress.Any, 1); listener.Start(); using var accepted = await listener.AcceptTcpClientAsync();")]
    [InlineData("using var http = new HttpClient(); await http.GetStringAsync(_host);")]
    public Task It_is_bounded(string body) => Case.SilentAsync($$"""
        class Dialler
        {
            private readonly TcpClient _client = new();
            private readonly string _host = "";
            public async Task OpenAsync(CancellationToken stop) { await Task.Yield(); {{body}} }
            private static Task Limited(Task task, TimeSpan limit) => task.WaitAsync(limit);
        }
        """);

    [Theory]
    // It bounds itself, or has nothing to pass.
    [InlineData("public TimeSpan ConnectTimeout { get; set; }", "public Task OpenAsync(CancellationToken stop = default) => Task.Delay(1, stop);")]
    [InlineData("", "public async Task OpenAsync(CancellationToken stop = default) { using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop); limit.CancelAfter(1000); await Task.Delay(1, limit.Token); }")]
    [InlineData("", "public Task OpenAsync() => Task.CompletedTask;")]
    public Task An_own_type(string member, string open) => Case.SilentAsync($$"""
        class PriceLink
        {
            {{member}}
            {{open}}
            public bool IsOpen { get; private set; }
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() => IsOpen = false;
        }

        class Desk
        {
            public async Task StartAsync(PriceLink link) => await link.OpenAsync();
        }
        """);

    [Fact]
    public Task The_short_form_of_an_own_connect() => Case.SilentAsync("""
        class PriceLink
        {
            public Task OpenAsync() => OpenAsync(CancellationToken.None);
            public Task OpenAsync(CancellationToken stop) => Task.Delay(1, stop);
            public bool IsOpen { get; private set; }
            public void Send(string text) { if (!IsOpen) throw new InvalidOperationException(); Console.WriteLine(text); }
            public void Close() => IsOpen = false;
        }
        """);

    [Fact]
    public Task A_client_that_bounds_it_by_itself() => Case.SilentAsync("""
        class Store
        {
            public async Task OpenAsync(System.Data.Common.DbConnection connection) => await connection.OpenAsync();
        }
        """);
}
