using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Creation;

public sealed class SafeSocketTests
{
    [Fact]
    public async Task Connects_to_a_host_and_to_an_endpoint()
    {
        using var listener = Listen(out var port);

        using var byName = await SafeSocket.ConnectAsync("localhost", port, Stop).Soon();
        using var byAddress = await SafeSocket.ConnectAsync("127.0.0.1", port, cancellationToken: Stop).Soon();
        using var byEndPoint = await SafeSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Stop).Soon();
        using var byDns = await SafeSocket.ConnectAsync(new DnsEndPoint("localhost", port), cancellationToken: Stop).Soon();
        using var byMapped = await SafeSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback.MapToIPv6(), port), Stop).Soon();

        Assert.All([byName, byAddress, byEndPoint, byDns, byMapped], s => Assert.True(s.Connected));
        using var accepted = await listener.AcceptAsync(Stop);
        Assert.True(byName.TrySend([7]).IsSent);
        var got = new byte[1];
        Assert.Equal(1, await accepted.ReceiveAsync(got, Stop));
        Assert.Equal(7, got[0]);
    }

    [Fact]
    public async Task Connects_to_a_Unix_domain_socket()
    {
        var path = Path.Combine(Path.GetTempPath(), "la-" + Guid.NewGuid().ToString("N")[..12]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        try
        {
            using var socket = await SafeSocket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken: Stop).Soon();
            Assert.True(socket.Connected);
            Assert.Equal(Liveness.Alive, socket.GetLiveness());
        }
        finally
        {
            File.Delete(path);
        }

        var (none, failure) = await SafeSocket.TryConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken: Stop).Soon();
        Assert.Null(none);
        Assert.Contains(path, failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refused_is_a_socket_exception_with_its_code_and_the_endpoint()
    {
        using var taken = Peers.Refusing(out var port);

        var failure = await Assert.ThrowsAnyAsync<SocketException>(() => SafeSocket.ConnectAsync("127.0.0.1", port, Stop));

        Assert.Equal(SocketError.ConnectionRefused, failure.SocketErrorCode);
        Assert.Equal(new SocketException((int)SocketError.ConnectionRefused).ErrorCode, failure.ErrorCode);
        Assert.Contains($"127.0.0.1:{port}", failure.Message, StringComparison.Ordinal);
        Assert.Contains("ConnectionRefused", failure.Message, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1", failure.Data["server.address"]);
        Assert.Equal(port, failure.Data["server.port"]);
        Assert.Contains("--->", failure.ToString(), StringComparison.Ordinal);
        Assert.True(Replay.IsSafe(failure));
    }

    [Fact]
    public async Task Every_address_of_the_host_is_tried_and_named()
    {
        using var taken = Peers.Refusing(out var port);
        var addresses = await Dns.GetHostAddressesAsync("localhost", Stop);

        var (socket, failure) = await SafeSocket.TryConnectAsync("localhost", port, cancellationToken: Stop).Soon();

        Assert.Null(socket);
        Assert.Contains($"localhost:{port}", failure!.Message, StringComparison.Ordinal);
        Assert.All(addresses, a => Assert.Contains(new IPEndPoint(a, port).ToString(), failure.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_next_address_is_tried_after_a_refusal_and_after_its_share_of_the_time()
    {
        var port = 0;
        using var silent = await Peers.SilentAsync(p => port = p);
        using var live = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            live.Bind(new IPEndPoint(IPAddress.Parse("127.0.0.2"), port));
        }
        catch (SocketException)
        {
            Assert.Skip("This operating system has one loopback address only.");
        }

        live.Listen();
        IPAddress[] addresses = [IPAddress.Parse("127.0.0.3"), IPAddress.Loopback, IPAddress.Parse("127.0.0.2")];
        var time = new ManualTime();

        // Without an answer, then there: of 9 s the first of two gets 4.5 s.
        var connect = new ConnectAttempt("host", addresses[1..], port, TimeSpan.FromSeconds(9), time, Stop).RunAsync().AsTask();
        await Until(() => time.Pending == 1, "the silent address is tried");
        time.Advance(TimeSpan.FromSeconds(4.4));
        Assert.NotSame(connect, await Task.WhenAny(connect, Task.Delay(50, Stop)));
        time.Advance(TimeSpan.FromSeconds(0.1));
        using var socket = (await connect.Soon()).Socket;
        Assert.Equal("127.0.0.2", ((IPEndPoint)socket!.RemoteEndPoint!).Address.ToString());

        // Refused, without an answer, refused: all are tried and told.
        live.Dispose();
        var all = new ConnectAttempt("host", addresses, port, TimeSpan.FromMilliseconds(300), TimeProvider.System, Stop);
        var failure = (await all.RunAsync().AsTask().Soon()).Exception!;
        Assert.Equal(SocketError.ConnectionRefused, ((SocketException)failure).SocketErrorCode);
        Assert.Contains($"127.0.0.3:{port} ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("TimedOut", failure.Message, StringComparison.Ordinal);
        Assert.Contains($"127.0.0.2:{port} ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_has_no_address_is_told_like_a_failed_connect()
    {
        var name = new string('a', 64) + ".invalid"; // Longer than a label may be: no resolver asks anybody.

        var (socket, failure) = await SafeSocket.TryConnectAsync(name, 80, cancellationToken: Stop).Soon();

        Assert.Null(socket);
        var error = Assert.IsAssignableFrom<SocketException>(failure);
        Assert.Contains(name + ":80", error.Message, StringComparison.Ordinal);
        Assert.True(Replay.IsSafe(error));
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_is_a_timeout_of_the_given_length()
    {
        var port = 0;
        using var silent = await Peers.SilentAsync(p => port = p);
        var time = new ManualTime();

        var connect = SafeSocket.TryConnectAsync("127.0.0.1", port, timeProvider: time, cancellationToken: Stop);
        await Until(() => time.Pending == 1, "the limit is set");
        time.Advance(SafeSocket.DefaultTimeout - TimeSpan.FromMilliseconds(1));
        Assert.NotSame(connect, await Task.WhenAny(connect, Task.Delay(50, Stop)));
        time.Advance(TimeSpan.FromMilliseconds(1));
        var result = await connect.Soon();

        Assert.False(result.IsConnected);
        var error = Assert.IsAssignableFrom<SocketException>(result.Exception);
        Assert.Equal(SocketError.TimedOut, error.SocketErrorCode);
        Assert.Contains($"127.0.0.1:{port}", error.Message, StringComparison.Ordinal);
        Assert.True(Replay.IsSafe(error));
        Assert.Equal(0, time.Pending);
    }

    [Fact]
    public async Task Cancellation_in_the_middle_throws_from_every_form_and_calls_no_handler()
    {
        var port = 0;
        using var silent = await Peers.SilentAsync(p => port = p);
        using var cancel = new CancellationTokenSource();
        var told = 0;

        var plain = SafeSocket.ConnectAsync("127.0.0.1", port, cancel.Token);
        var trying = SafeSocket.TryConnectAsync("127.0.0.1", port, cancellationToken: cancel.Token);
        var handled = SafeSocket.ConnectAsync("127.0.0.1", port, _ => told++, cancellationToken: cancel.Token);
        await cancel.CancelAsync();

        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => plain.Soon())).CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trying.Soon());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handled.Soon());
        Assert.Equal(0, told);
    }

    [Fact]
    public async Task Cancelled_before_it_begins()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => SafeSocket.ConnectAsync("127.0.0.1", 9, new CancellationToken(true)));
    }

    [Fact]
    public async Task The_handler_gets_the_failure_once_and_the_caller_null()
    {
        using var taken = Peers.Refusing(out var port);
        using var listener = Listen(out var open);
        var told = new List<Exception>();

        Assert.Null(await SafeSocket.ConnectAsync("127.0.0.1", port, told.Add, cancellationToken: Stop).Soon());
        Assert.Null(await SafeSocket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), told.Add, cancellationToken: Stop).Soon());
        using var socket = await SafeSocket.ConnectAsync("127.0.0.1", open, told.Add, cancellationToken: Stop).Soon();

        Assert.Equal(2, told.Count);
        Assert.All(told, e => Assert.IsAssignableFrom<SocketException>(e));
        Assert.NotNull(socket);
    }

    [Fact]
    public async Task Failures_leave_no_socket_behind()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Counts the file handles of the process where Linux shows them.");
        var port = 0;
        using var silent = await Peers.SilentAsync(p => port = p);
        using var taken = Peers.Refusing(out var refused);
        var before = Handles();

        for (var i = 0; i < 100; i++)
        {
            Assert.False((await SafeSocket.TryConnectAsync("localhost", refused, cancellationToken: Stop).Soon()).IsConnected);
            Assert.False((await SafeSocket.TryConnectAsync("127.0.0.1", port, TimeSpan.FromMilliseconds(1), cancellationToken: Stop).Soon()).IsConnected);
            using var cancel = new CancellationTokenSource();
            var connect = SafeSocket.TryConnectAsync("127.0.0.1", port, cancellationToken: cancel.Token);
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connect.Soon());
        }

        // Without a collection: what is counted is what was disposed, not what a finalizer found.
        Assert.InRange(Handles() - before, -1000, 20);

        static int Handles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
    }

    [Fact]
    public void Arguments_are_checked_at_once()
    {
        Assert.Throws<ArgumentNullException>(() => { _ = SafeSocket.TryConnectAsync((string)null!, 1, cancellationToken: Stop); });
        Assert.Throws<ArgumentNullException>(() => { _ = SafeSocket.TryConnectAsync((EndPoint)null!, cancellationToken: Stop); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = SafeSocket.TryConnectAsync("h", 0, cancellationToken: Stop); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = SafeSocket.TryConnectAsync("h", 65536, cancellationToken: Stop); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = SafeSocket.TryConnectAsync("h", 1, TimeSpan.Zero, cancellationToken: Stop); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = SafeSocket.TryConnectAsync("h", 1, TimeSpan.FromDays(100), cancellationToken: Stop); });
    }

    [Fact]
    public async Task Is_measured_with_the_conventional_names()
    {
        using var taken = Peers.Refusing(out var port);
        using var listener = Listen(out var open);
        using var measured = new Measurements();

        _ = await SafeSocket.TryConnectAsync("127.0.0.1", port, cancellationToken: Stop).Soon();
        using var socket = await SafeSocket.ConnectAsync("127.0.0.1", open, Stop).Soon();

        var connects = measured.All.Where(m => m.Name == "lifecycle.connect.duration").ToList();
        Assert.Equal(2, connects.Count);
        Assert.Equal("connection_refused", connects[0].Tags["error.type"]);
        Assert.Equal("127.0.0.1", connects[0].Tags["server.address"]);
        Assert.Equal(port, connects[0].Tags["server.port"]);
        Assert.Equal("tcp", connects[0].Tags["network.transport"]);
        Assert.False(connects[1].Tags.ContainsKey("error.type"));
    }

    private static Socket Listen(out int port)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        port = ((IPEndPoint)listener.LocalEndPoint!).Port;
        return listener;
    }
}
