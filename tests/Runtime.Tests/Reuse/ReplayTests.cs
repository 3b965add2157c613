using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime.Tests.Reuse;

public sealed class ReplayTests
{
    public static TheoryData<Exception> Safe() =>
    [
        new NotSentException(),
        Socket(SocketError.ConnectionRefused),
        Socket(SocketError.NotConnected),
        Socket(SocketError.HostNotFound),
        new IOException("wrapped", Socket(SocketError.ConnectionRefused)),
        new WebSocketException("wrapped", new HttpRequestException("wrapped", Socket(SocketError.ConnectionRefused))),
        new AggregateException(Socket(SocketError.ConnectionRefused), new NotSentException()),
#if !RUNTIME_NETSTANDARD
        new HttpRequestException(HttpRequestError.NameResolutionError, "x"),
        new HttpRequestException(HttpRequestError.SecureConnectionError, "x", new IOException()),
        new HttpRequestException(HttpRequestError.ConnectionError, "x", Socket(SocketError.TimedOut)),
        new HttpRequestException("x", new HttpProtocolException(0x7, "REFUSED_STREAM", null)),
#endif
    ];

    public static TheoryData<Exception> Unsafe() =>
    [
        Socket(SocketError.ConnectionReset),
        Socket(SocketError.TimedOut),
        Socket(SocketError.Shutdown),
        Socket(SocketError.HostUnreachable),
        new IOException("response ended"),
        new IOException("wrapped", Socket(SocketError.ConnectionReset)),
        new TimeoutException(),
        new OperationCanceledException(),
        new TaskCanceledException("x", Socket(SocketError.ConnectionRefused)),
        new ObjectDisposedException("x"),
        new InvalidOperationException("x", new NotSentException()),
        new AggregateException(),
        new AggregateException(Socket(SocketError.ConnectionRefused), new IOException()),
        new HttpRequestException("x"),
        new WebSocketException(WebSocketError.InvalidState),
        new HttpRequestException(HttpRequestError.ResponseEnded, "x"),
        new HttpRequestException(HttpRequestError.ConnectionError, "x", new IOException()),
        new HttpRequestException("x", new HttpProtocolException(0x8, "CANCEL", null)),
    ];

    [Theory]
    [MemberData(nameof(Safe), DisableDiscoveryEnumeration = true)]
    public void Proves_that_nothing_was_written(Exception exception) => Assert.True(Replay.IsSafe(exception));

    [Theory]
    [MemberData(nameof(Unsafe), DisableDiscoveryEnumeration = true)]
    public void Proves_nothing(Exception exception) => Assert.False(Replay.IsSafe(exception));

    [Fact]
    public async Task A_real_refused_request_is_safe()
    {
        using var taken = Peers.Refusing(out var port);
        using var client = new HttpClient();
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => client.PostAsync($"http://127.0.0.1:{port}/", null, Stop));
        Assert.True(Replay.IsSafe(failure));
    }

    [Fact]
    public async Task A_real_request_that_was_read_and_not_answered_is_not()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var client = new HttpClient();
        var post = client.PostAsync($"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}/", new StringContent("order"), Stop);
        using (var peer = await listener.AcceptSocketAsync(Stop))
        {
            Assert.True(await peer.ReceiveAsync(new byte[4096], Stop) > 0);
            peer.LingerState = new LingerOption(true, 0);
        }

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => post.Soon());
        Assert.False(Replay.IsSafe(failure));
    }

    [Fact]
    public void Null_is_a_mistake() => Assert.Throws<ArgumentNullException>(() => Replay.IsSafe(null!));

    private static SocketException Socket(SocketError error) => new((int)error);
}
