using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace LifecycleAnalyzers.Runtime.Tests.Lifetime;

public sealed class ConnectionPairTests
{
    [Fact]
    public async Task Relays_both_ways_and_passes_the_end_of_one_direction_on()
    {
        using var measured = new Measurements();
        var logger = new ListLogger();
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        using var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { Logger = logger, Name = "proxy" });
        var relay = pair.RelayAsync(Stop);

        // The server answers only after the client has said all it has to say.
        var request = Bytes(100_000);
        var sending = SendAndEndAsync(left.Far, request);
        Assert.Equal(request, await ReadToEndAsync(right.Far).Soon());
        await sending.Soon();
        Assert.False(relay.IsCompleted);
        await SendAndEndAsync(right.Far, "answer"u8.ToArray()).Soon();
        Assert.Equal("answer"u8.ToArray(), await ReadToEndAsync(left.Far).Soon());

        var result = await relay.Soon();
        Assert.Equal((RelayEndReason.Completed, RelayEnd.First), (result.Reason, result.EndedBy));
        Assert.Null(result.Exception);
        Assert.Equal((100_000, 6), (result.BytesFromFirst, result.BytesFromSecond));
        Assert.Equal((100_000, 6), (pair.BytesFromFirst, pair.BytesFromSecond));
        Assert.Contains("Completed by First", result.ToString(), StringComparison.Ordinal);
        AssertClosed(left.Near, right.Near);
        Assert.Single(logger.Entries, static e => e.Event == "Relayed");
        Assert.Single(measured.All, static m => m.Name == "lifecycle.relay.duration" && Equals(m.Tags["lifecycle.relay.name"], "proxy") && Equals(m.Tags["lifecycle.relay.end_reason"], "completed"));
        Assert.Equal(100_006, measured.All.Where(static m => m.Name == "lifecycle.relay.io" && Equals(m.Tags["lifecycle.relay.name"], "proxy")).Sum(static m => m.Value));
    }

    [Theory]
    [InlineData(RelayEnd.First, true)]
    [InlineData(RelayEnd.Second, true)]
    [InlineData(RelayEnd.First, false)]
    public async Task A_reset_of_one_end_ends_the_other(RelayEnd failing, bool reset)
    {
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        using var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { ResetWhenCut = reset });
        var relay = pair.RelayAsync(Stop);
        var (bad, good) = failing == RelayEnd.First ? (left, right) : (right, left);
        await bad.Far.SendAsync(new byte[3], Stop);
        await good.ReceiveFarAsync(3);

        bad.ResetFar();

        var result = await relay.Soon();
        Assert.Equal((RelayEndReason.Failed, failing), (result.Reason, result.EndedBy));
        Assert.NotNull(result.Exception);
        AssertClosed(left.Near, right.Near);
        await AssertEndsAsync(good.Far, reset);
    }

    [Fact]
    public async Task An_end_that_fails_after_the_other_has_ended_is_named()
    {
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        using var pair = new ConnectionPair(left.Near, right.Near);
        var relay = pair.RelayAsync(Stop);
        left.Far.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await right.Far.ReceiveAsync(new byte[1], Stop).AsTask().Soon());

        right.ResetFar();

        var result = await relay.Soon();
        Assert.Equal((RelayEndReason.Failed, RelayEnd.Second), (result.Reason, result.EndedBy));
        AssertClosed(left.Near, right.Near);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_that_is_not_open_closes_the_other(bool disposed)
    {
        using var left = await SocketPair.CreateAsync();
        using var never = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        if (disposed)
        {
            never.Dispose();
        }

        await using var pair = new ConnectionPair(left.Near, never);

        var result = await pair.RelayAsync(Stop).Soon();

        Assert.Equal((RelayEndReason.Failed, RelayEnd.Second), (result.Reason, result.EndedBy));
        AssertClosed(left.Near);
    }

    [Fact]
    public async Task Silence_ends_the_relay_and_a_byte_keeps_it()
    {
        var time = new ManualTime();
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        using var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { IdleTimeout = TimeSpan.FromSeconds(10), TimeProvider = time });
        var relay = pair.RelayAsync(Stop);
        time.Advance(TimeSpan.FromSeconds(9));
        await right.Far.SendAsync(new byte[1], Stop);
        await left.ReceiveFarAsync(1);
        await Until(() => pair.BytesFromSecond == 1, "the byte is counted");
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(relay.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));

        var result = await relay.Soon();
        Assert.Equal((RelayEndReason.Idle, RelayEnd.Neither, TimeSpan.FromSeconds(20)), (result.Reason, result.EndedBy, result.Duration));
        AssertClosed(left.Near, right.Near);
        Assert.Equal(0, time.Pending);
    }

    [Fact]
    public async Task A_peer_that_never_ends_its_direction_cannot_keep_a_half_closed_pair()
    {
        var time = new ManualTime();
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        await using var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { TimeProvider = time });
        var relay = pair.RelayAsync(Stop);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(0, time.Pending);
        left.Far.Shutdown(SocketShutdown.Send);
        await Until(() => time.Pending == 1, "the end of one direction is seen");
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.False(relay.IsCompleted);
        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(RelayEndReason.Idle, (await relay.Soon()).Reason);
        AssertClosed(left.Near, right.Near);
    }

    [Fact]
    public async Task A_slow_reader_slows_the_writer_and_loses_nothing()
    {
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        using var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { BufferSize = 1000 });
        var relay = pair.RelayAsync(Stop);
        var all = Bytes(32 << 20);
        var sending = SendAndEndAsync(left.Far, all);
        Assert.NotSame(sending, await Task.WhenAny(sending, Task.Delay(100, Stop)));
        right.Far.Shutdown(SocketShutdown.Send);

        Assert.Equal(all, await ReadToEndAsync(right.Far).Soon());
        await sending.Soon();
        Assert.Equal(all.Length, (await relay.Soon()).BytesFromFirst);
    }

    [Fact]
    public async Task Who_has_much_to_say_is_asked_with_a_large_buffer_and_all_others_with_a_small_one()
    {
        foreach (var (most, sizes) in new[] { (256 * 1024, new[] { 16_384, 16_384, 262_144, 262_144, 16_384 }), (1000, [1000, 1000, 1000, 1000, 1000]) })
        {
            using var right = await SocketPair.CreateAsync();
            var source = new Planned(100, 16_384, 20_000, 10_000, 0);
            await using var pair = new ConnectionPair(source, new NetworkStream(right.Near, ownsSocket: true), new ConnectionPairOptions { BufferSize = most });
            var relay = pair.RelayAsync(Stop);
            var all = await ReadToEndAsync(right.Far).Soon();
            right.Far.Shutdown(SocketShutdown.Send);

            Assert.Equal((RelayEndReason.Completed, all.Length), ((await relay.Soon()).Reason, (int)pair.BytesFromFirst));
            Assert.Equal(sizes, source.Sizes);
            Assert.Equal(source.Given, all.Length);
        }
    }

    [Fact]
    public async Task Cancelling_and_disposing_end_a_relay_and_close_both()
    {
        using var cancel = new CancellationTokenSource();
        foreach (var (end, reason, reset) in new (Func<ConnectionPair, Task>, RelayEndReason, bool)[]
        {
            (_ => cancel.CancelAsync(), RelayEndReason.Canceled, true),
            (static p => { p.Dispose(); p.Dispose(); return Task.CompletedTask; }, RelayEndReason.Disposed, false),
            (static p => p.DisposeAsync().AsTask(), RelayEndReason.Disposed, true),
        })
        {
            using var left = await SocketPair.CreateAsync();
            using var right = await SocketPair.CreateAsync();
            var pair = new ConnectionPair(left.Near, right.Near, new ConnectionPairOptions { ResetWhenCut = reset });
            var relay = pair.RelayAsync(reason == RelayEndReason.Canceled ? cancel.Token : Stop);
            await Task.Delay(5, Stop);
            Assert.False(relay.IsCompleted);

            await end(pair).Soon();

            var result = await relay.Soon();
            Assert.Equal((reason, RelayEnd.Neither), (result.Reason, result.EndedBy));
            AssertClosed(left.Near, right.Near);
            await AssertEndsAsync(left.Far, reset);
            await AssertEndsAsync(right.Far, reset);
            await Assert.ThrowsAsync<InvalidOperationException>(() => pair.RelayAsync(Stop));
            await pair.DisposeAsync();
        }

        using var late = await SocketPair.CreateAsync();
        using var other = await SocketPair.CreateAsync();
        Assert.Equal(RelayEndReason.Canceled, (await new ConnectionPair(late.Near, other.Near).RelayAsync(cancel.Token).Soon()).Reason);
        AssertClosed(late.Near, other.Near);
    }

    [Fact]
    public async Task Disposed_without_a_relay_it_closes_both()
    {
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        var pair = new ConnectionPair(left.Near, right.Near);
        await pair.DisposeAsync();
        AssertClosed(left.Near, right.Near);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => pair.RelayAsync(Stop));
        await pair.DisposeAsync();
    }

    [Fact]
    public async Task When_the_second_cannot_be_opened_the_first_is_closed()
    {
        using var refusing = Peers.Refusing(out var port);
        using var accepted = await SocketPair.CreateAsync();
        await Assert.ThrowsAsync<ConnectFailedException>(async () => await ConnectionPair.ConnectAsync(
            accepted.Near, async token => await SafeSocket.ConnectAsync("127.0.0.1", port, token), cancellationToken: Stop));
        AssertClosed(accepted.Near);
        Assert.Equal(0, await accepted.Far.ReceiveAsync(new byte[1], Stop));

        using var cancelled = await SocketPair.CreateAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await ConnectionPair.ConnectAsync(
            cancelled.Near, static _ => throw new InvalidOperationException("must not be called"), cancellationToken: new CancellationToken(true)));
        AssertClosed(cancelled.Near);

        using var none = await SocketPair.CreateAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await ConnectionPair.ConnectAsync(none.Near, static _ => new ValueTask<Socket>((Socket)null!)));
        AssertClosed(none.Near);

        // A mistake in the options leaves neither of them open.
        using var both = await SocketPair.CreateAsync();
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ConnectionPair.ConnectAsync(
            both.Near, _ => new ValueTask<Socket>(both.Far), new ConnectionPairOptions { BufferSize = 0 }));
        AssertClosed(both.Near, both.Far);
    }

    [Fact]
    public async Task A_connect_that_is_cancelled_in_its_middle_closes_the_first()
    {
        var port = 0;
        using var silent = await Peers.SilentAsync(p => port = p);
        using var accepted = await SocketPair.CreateAsync();
        using var cancel = new CancellationTokenSource();
        var connecting = ConnectionPair.ConnectAsync(
            accepted.Near, async token => await SafeSocket.ConnectAsync("127.0.0.1", port, token), cancellationToken: cancel.Token).AsTask();
        await Task.Delay(10, Stop);
        Assert.False(connecting.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.Soon());
        AssertClosed(accepted.Near);
    }

    [Fact]
    public async Task Clients_relay_too()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, Stop);
        var accepted = await listener.AcceptTcpClientAsync(Stop);
        await using var pair = await ConnectionPair.ConnectAsync(
            accepted,
            async token =>
            {
                var upstream = new TcpClient();
                try
                {
                    await upstream.ConnectAsync(IPAddress.Loopback, port, token);
                    return upstream;
                }
                catch
                {
                    upstream.Dispose();
                    throw;
                }
            },
            cancellationToken: Stop);
        using var server = await listener.AcceptTcpClientAsync(Stop);
        var relay = pair.RelayAsync(Stop);

        await SendAndEndAsync(client.Client, "hello"u8.ToArray());
        Assert.Equal("hello"u8.ToArray(), await ReadToEndAsync(server.Client).Soon());
        await SendAndEndAsync(server.Client, "you"u8.ToArray());
        Assert.Equal("you"u8.ToArray(), await ReadToEndAsync(client.Client).Soon());
        Assert.Equal((5, 3), ((await relay.Soon()).BytesFromFirst, pair.BytesFromSecond));
        Assert.Equal(Liveness.Closed, accepted.GetLiveness());
    }

    [Fact]
    public async Task A_stream_that_cannot_end_one_direction_alone_completes_the_relay()
    {
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        var plain = new Opaque(new NetworkStream(right.Near, ownsSocket: true));
        using var pair = new ConnectionPair(new NetworkStream(left.Near, ownsSocket: true), plain);
        var relay = pair.RelayAsync(Stop);

        await SendAndEndAsync(left.Far, "all"u8.ToArray());

        Assert.Equal("all"u8.ToArray(), await ReadToEndAsync(right.Far).Soon());
        var result = await relay.Soon();
        Assert.Equal((RelayEndReason.Completed, RelayEnd.First, 3L), (result.Reason, result.EndedBy, result.BytesFromFirst));
        AssertClosed(left.Near, right.Near);
    }

    [Fact]
    public async Task A_secure_stream_passes_the_end_of_one_direction_on()
    {
#if RUNTIME_NETSTANDARD
        Assert.Skip("The older build has no way to say it.");
#else
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var left = await SocketPair.CreateAsync();
        using var right = await SocketPair.CreateAsync();
        var near = new SslStream(new NetworkStream(left.Near, ownsSocket: true));
        await using var far = new SslStream(new NetworkStream(left.Far), false, static (_, _, _, _) => true);
        await Task.WhenAll(
            near.AuthenticateAsServerAsync(certificate), far.AuthenticateAsClientAsync("localhost")).Soon();
        await using var pair = new ConnectionPair(near, new NetworkStream(right.Near, ownsSocket: true));
        var relay = pair.RelayAsync(Stop);

        await SendAndEndAsync(right.Far, "whole answer"u8.ToArray());
        using var reader = new StreamReader(far, Encoding.UTF8, leaveOpen: true);
        Assert.Equal("whole answer", await reader.ReadToEndAsync(Stop).Soon());
        await far.WriteAsync("thanks"u8.ToArray(), Stop);
        Assert.Equal("thanks"u8.ToArray(), await right.ReceiveFarAsync(6));
        await far.ShutdownAsync();

        var result = await relay.Soon();
        Assert.Equal((RelayEndReason.Completed, RelayEnd.Second), (result.Reason, result.EndedBy));
#endif
    }

    [Fact]
    public async Task A_thousand_relays_that_end_in_every_way_leave_nothing_open()
    {
        var before = Handles();
        var results = await Task.WhenAll(Enumerable.Range(0, 1000).Select(async i =>
        {
            await Task.Yield();
            using var left = await SocketPair.CreateAsync();
            using var right = await SocketPair.CreateAsync();
            using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            await using var pair = new ConnectionPair(left.Near, right.Near);
            var relay = pair.RelayAsync(cancel.Token);
            var bytes = Bytes(1 + i * 7);
            await left.Far.SendAsync(bytes, Stop);
            Assert.Equal(bytes, await right.ReceiveFarAsync(bytes.Length));
            switch (i % 5)
            {
                case 0:
                    left.ResetFar();
                    break;
                case 1:
                    right.ResetFar();
                    break;
                case 2:
                    left.Far.Shutdown(SocketShutdown.Send);
                    right.Far.Shutdown(SocketShutdown.Send);
                    break;
                case 3:
                    await cancel.CancelAsync();
                    break;
                default:
                    pair.Dispose();
                    break;
            }

            var result = await relay;
            Assert.Equal(bytes.Length, result.BytesFromFirst);
            AssertClosed(left.Near, right.Near);
            return result.Reason;
        })).Soon();

        Assert.Equal(
            [(RelayEndReason.Completed, 200), (RelayEndReason.Failed, 400), (RelayEndReason.Canceled, 200), (RelayEndReason.Disposed, 200)],
            results.GroupBy(static r => r).OrderBy(static g => g.Key).Select(static g => (g.Key, g.Count())));
        Assert.InRange(Handles() - before, -1000, 20);

        static int Handles() => OperatingSystem.IsLinux() ? Directory.GetFileSystemEntries("/proc/self/fd").Length : 0;
    }

    [Fact]
    public async Task Arguments_are_checked()
    {
        using var sockets = await SocketPair.CreateAsync();
        Assert.Throws<ArgumentNullException>(() => new ConnectionPair(sockets.Near, null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionPair(sockets.Near, sockets.Far, new ConnectionPairOptions { IdleTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConnectionPair(sockets.Near, sockets.Far, new ConnectionPairOptions { HalfClosedIdleTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentNullException>(() => new ConnectionPair(sockets.Near, sockets.Far, new ConnectionPairOptions { TimeProvider = null! }));
        Assert.True(sockets.Near.IsAlive());
    }

    private static async Task SendAndEndAsync(Socket socket, byte[] bytes)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            sent += await socket.SendAsync(bytes.AsMemory(sent), Stop);
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static async Task<byte[]> ReadToEndAsync(Socket socket)
    {
        using var all = new MemoryStream();
        var buffer = new byte[4096];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, Stop)) > 0)
        {
            all.Write(buffer, 0, count);
        }

        return all.ToArray();
    }

    /// <summary>A reset is no end in good order, which would make a part look like the whole.</summary>
    private static async Task AssertEndsAsync(Socket peer, bool reset)
    {
        if (!reset)
        {
            Assert.Equal(0, await peer.ReceiveAsync(new byte[1], Stop));
            return;
        }

        var failure = await Assert.ThrowsAsync<SocketException>(async () => await peer.ReceiveAsync(new byte[1], Stop));
        Assert.Equal(SocketError.ConnectionReset, failure.SocketErrorCode);
    }

    private static void AssertClosed(params Socket[] sockets) => Assert.All(sockets, static s => Assert.True(s.SafeHandle.IsClosed));

    /// <summary>A stream of which nobody knows what is below it.</summary>
    private sealed class Opaque(Stream inner) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override void Flush() => inner.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => inner.Read(buffer, offset, count);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.ReadAsync(buffer, offset, count, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            inner.WriteAsync(buffer, offset, count, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            inner.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A stream that gives as much as is planned, and notes how much it was asked for.</summary>
    private sealed class Planned(params int[] reads) : MemoryStream
    {
        public List<int> Sizes { get; } = [];

        public int Given { get; private set; }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = Math.Min(reads[Sizes.Count], buffer.Length);
            Sizes.Add(buffer.Length);
            Given += read;
            return new ValueTask<int>(read);
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();
    }
}
