using Fix = LifecycleAnalyzers.Tests.FixCase<LifecycleAnalyzers.CodeFixes.Creation.LCA1005HandleCallbackFailureFix>;

namespace LifecycleAnalyzers.Tests.LCA1005;

/// <summary>The body stands in a try that catches what its I/O throws.</summary>
public class Fixes
{
    [Fact]
    public Task A_method() => Fix.BecomesAsync("""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Start() => _socket.BeginReceive(new byte[1], 0, 1, SocketFlags.None, OnReceived, null);

            private void OnReceived(IAsyncResult result)
            {
                // how much came
                var read = {|LCA1005:_socket.EndReceive(result)|};
                Console.WriteLine(read);
            }
        }
        """, """
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            public void Start() => _socket.BeginReceive(new byte[1], 0, 1, SocketFlags.None, OnReceived, null);

            private void OnReceived(IAsyncResult result)
            {
                try
                {
                    // how much came
                    var read = _socket.EndReceive(result);
                    Console.WriteLine(read);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    System.Diagnostics.Trace.TraceError(e.ToString());
                }
            }
        }
        """);

    [Fact]
    public Task A_wait_that_can_be_given_up() => Fix.BecomesAsync("""
        class Dialler
        {
            private readonly TcpClient _client = new();

            public async void Start(CancellationToken stop)
            {
                await {|LCA1005:_client.ConnectAsync("", 1, stop)|};
            }
        }
        """, """
        class Dialler
        {
            private readonly TcpClient _client = new();

            public async void Start(CancellationToken stop)
            {
                try
                {
                    await _client.ConnectAsync("", 1, stop);
                }
                catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
                {
                    System.Diagnostics.Trace.TraceError(e.ToString());
                }
            }
        }
        """);

    [Fact]
    public Task What_it_calls_counts_and_the_logger_is_used() => Fix.BecomesAsync("""
        using Microsoft.Extensions.Logging;
        class Dialler(ILogger log)
        {
            private readonly TcpClient _client = new();

            public async void Start() => await {|LCA1005:OpenAsync()|};

            private async Task OpenAsync()
            {
                await _client.ConnectAsync("", 1);
                await _client.GetStream().ReadAsync(new byte[1]);
                log.LogInformation("open");
            }
        }
        """, """
        using Microsoft.Extensions.Logging;
        class Dialler(ILogger log)
        {
            private readonly TcpClient _client = new();

            public async void Start()
            {
                try
                {
                    await OpenAsync();
                }
                catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
                {
                    log.LogError(e, "the connection failed");
                }
            }

            private async Task OpenAsync()
            {
                await _client.ConnectAsync("", 1);
                await _client.GetStream().ReadAsync(new byte[1]);
                log.LogInformation("open");
            }
        }
        """);

    [Fact]
    public Task Lambdas_and_a_throw() => Fix.BecomesAsync("""
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();
            public void Start()
            {
                new Thread(() => {|LCA1005:_socket.Receive(new byte[1])|}).Start();
                _args.Completed += (_, e) =>
                {
                    if (e.SocketError != SocketError.Success) {|LCA1005:throw new SocketException((int)e.SocketError);|}
                };
            }
        }
        """, """
        class Receiver
        {
            private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
            private readonly SocketAsyncEventArgs _args = new();
            public void Start()
            {
                new Thread(() =>
                {
                    try
                    {
                        _socket.Receive(new byte[1]);
                    }
                    catch (Exception e) when (e is SocketException or ObjectDisposedException)
                    {
                        System.Diagnostics.Trace.TraceError(e.ToString());
                    }
                }).Start();
                _args.Completed += (_, e) =>
                {
                    try
                    {
                        if (e.SocketError != SocketError.Success) throw new SocketException((int)e.SocketError);
                    }
                    catch (SocketException exception)
                    {
                        System.Diagnostics.Trace.TraceError(exception.ToString());
                    }
                };
            }
        }
        """);

    [Fact]
    public Task The_using_is_added() => Fix.BecomesAsync("""
        class Dialler
        {
            public async void Start(System.IO.Pipes.NamedPipeClientStream pipe, ClientWebSocket web)
            {
                await web.ConnectAsync(new Uri("x"), default);
            }
        }
        """.Replace("web.ConnectAsync(new Uri(\"x\"), default)", "{|LCA1005:web.ConnectAsync(new Uri(\"x\"), default)|}"), """
        class Dialler
        {
            public async void Start(System.IO.Pipes.NamedPipeClientStream pipe, ClientWebSocket web)
            {
                try
                {
                    await web.ConnectAsync(new Uri("x"), default);
                }
                catch (Exception e) when (e is WebSocketException or ObjectDisposedException)
                {
                    System.Diagnostics.Trace.TraceError(e.ToString());
                }
            }
        }
        """);
}
