using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Sending;

public sealed class SocketSendTests
{
    [Fact]
    public async Task Sends_everything_in_every_form()
    {
        using var pair = await SocketPair.CreateAsync();
        var bytes = Bytes(100);

        Assert.Equal(SendResult.Sent, pair.Near.TrySend(bytes));
        Assert.Equal(SendResult.Sent, pair.Near.TrySend(bytes, 10, 20));
        Assert.Equal(SendResult.Sent, await pair.Near.TrySendAsync(bytes, Stop));
        Assert.Equal(SendResult.Sent, await pair.Near.TrySendAsync(bytes, SocketFlags.None, Stop));

        byte[] expected = [.. bytes, .. bytes[10..30], .. bytes, .. bytes];

        Assert.Equal(expected, await pair.ReceiveFarAsync(320));
    }

    [Fact]
    public async Task A_buffer_larger_than_the_systems_goes_whole()
    {
        using var pair = await SocketPair.CreateAsync();
        var bytes = Bytes(8 << 20);

        var received = pair.ReceiveFarAsync(bytes.Length);
        Assert.True((await pair.Near.TrySendAsync(bytes, Stop).AsTask().Soon()).IsSent);
        Assert.True((await received.Soon()).AsSpan().SequenceEqual(bytes));

        received = pair.ReceiveFarAsync(bytes.Length);
        Assert.True((await Task.Run(() => pair.Near.TrySend(bytes), Stop).Soon()).IsSent);
        Assert.True((await received.Soon()).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task An_empty_buffer_is_sent()
    {
        using var pair = await SocketPair.CreateAsync();
        Assert.True(pair.Near.TrySend([]).IsSent);
        Assert.True((await pair.Near.TrySendAsync(default(ReadOnlyMemory<byte>), Stop)).IsSent);
    }

    [Fact]
    public async Task A_disposed_socket_is_an_answer()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Near.Dispose();

        Assert.Equal(SendOutcome.NotOpen, pair.Near.TrySend([1]).Outcome);
        Assert.Equal(SendOutcome.NotOpen, pair.Near.TrySend([1], 0, 1).Outcome);
        Assert.Equal(SendOutcome.NotOpen, (await pair.Near.TrySendAsync(Bytes(1), Stop)).Outcome);
        pair.Near.Dispose();
        Assert.True(pair.Near.TrySend([1]).ProvablyNotSent);
    }

    [Fact]
    public async Task A_socket_that_was_never_connected_is_an_answer()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.True(socket.TrySend([1]).ProvablyNotSent);
        Assert.True((await socket.TrySendAsync(Bytes(1), Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task A_socket_that_was_shut_down_is_an_answer()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Near.Shutdown(SocketShutdown.Send);
        Assert.True(pair.Near.TrySend([1]).ProvablyNotSent);
        Assert.True((await pair.Near.TrySendAsync(Bytes(1), Stop)).ProvablyNotSent);
    }

    [Fact]
    public async Task After_a_reset_the_first_send_is_unknown_and_the_next_ones_provably_not_sent()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.ResetFar();
        await Until(() => !pair.Near.IsAlive(), "the reset has arrived");

        var first = pair.Near.TrySend([1]);
        Assert.Equal(SendOutcome.Unknown, first.Outcome);
        Assert.IsType<SocketException>(first.Exception);

        var second = pair.Near.TrySend([1]);
        Assert.Equal(SendOutcome.NotOpen, second.Outcome);
        Assert.Null(second.Exception);
    }

    [Fact]
    public async Task After_a_reset_the_asynchronous_send_is_unknown_too()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.ResetFar();
        await Until(() => !pair.Near.IsAlive(), "the reset has arrived");

        var first = await pair.Near.TrySendAsync(Bytes(1), Stop);
        Assert.Equal(SendOutcome.Unknown, first.Outcome);
        Assert.IsAssignableFrom<SocketException>(first.Exception);
        Assert.False(first.ProvablyNotSent);
    }

    [Fact]
    public async Task Cancelled_before_it_begins_throws_and_sends_nothing()
    {
        using var pair = await SocketPair.CreateAsync();
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pair.Near.TrySendAsync(Bytes(1), cancel.Token));

        Assert.Equal(cancel.Token, thrown.CancellationToken);
        Assert.True(pair.Near.TrySend([9]).IsSent);
        Assert.Equal([9], await pair.ReceiveFarAsync(1));
    }

    [Fact]
    public async Task Cancelled_in_the_middle_is_unknown()
    {
#if RUNTIME_NETSTANDARD
        Assert.Skip("The netstandard2.0 build cannot cancel a send that has begun, and says so.");
#endif
        using var pair = await SocketPair.CreateAsync();
        using var cancel = new CancellationTokenSource();

        var send = pair.Near.TrySendAsync(Bytes(64 << 20), cancel.Token).AsTask(); // Nobody reads.
        Assert.False(send.IsCompleted);
        await cancel.CancelAsync();
        var result = await send.Soon();

        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.IsAssignableFrom<OperationCanceledException>(result.Exception);
    }

    [Fact]
    public async Task Disposed_in_the_middle_is_unknown()
    {
        using var pair = await SocketPair.CreateAsync();

        var asynchronous = pair.Near.TrySendAsync(Bytes(64 << 20), Stop).AsTask();
        Assert.False(asynchronous.IsCompleted);
        pair.Near.Dispose();
        var result = await asynchronous.Soon();
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.NotNull(result.Exception);

        using var other = await SocketPair.CreateAsync();
        var blocking = Task.Run(() => other.Near.TrySend(Bytes(64 << 20)), Stop);
        await Until(() => other.Far.Available > 0, "the send has begun");
        other.Near.Dispose();
        result = await blocking.Soon();
        Assert.Equal(SendOutcome.Unknown, result.Outcome);
        Assert.NotNull(result.Exception);
    }

    [Fact]
    public async Task A_send_that_races_with_the_close_never_throws()
    {
        for (var i = 0; i < 300; i++)
        {
            using var pair = await SocketPair.CreateAsync();
            var sends = Task.Run(
                () =>
                {
                    var outcomes = new List<SendOutcome>();
                    do
                    {
                        outcomes.Add(pair.Near.TrySend([1, 2, 3]).Outcome);
                    }
                    while (outcomes[^1] == SendOutcome.Sent && outcomes.Count < 10_000);
                    return outcomes;
                },
                Stop);
            if (i % 2 == 0)
            {
                pair.Near.Dispose();
            }
            else
            {
                pair.ResetFar();
            }

            Assert.NotEqual(SendOutcome.Sent, (await sends.Soon())[^1]);
        }
    }

    [Fact]
    public async Task A_datagram_goes_whole_or_provably_not_at_all()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(peer.LocalEndPoint!, Stop);

        Assert.True(socket.TrySend([1, 2]).IsSent);
        var tooLong = socket.TrySend(Bytes(70_000));
        Assert.Equal(SendOutcome.NotOpen, tooLong.Outcome);
        Assert.Equal(SocketError.MessageSize, Assert.IsType<SocketException>(tooLong.Exception).SocketErrorCode);
        Assert.True((await socket.TrySendAsync(Bytes(70_000), Stop)).ProvablyNotSent);
        Assert.True(socket.TrySend([3]).IsSent);

        var got = new byte[10];
        Assert.Equal(2, await peer.ReceiveAsync(got, Stop));
        Assert.Equal(1, await peer.ReceiveAsync(got, Stop));
        Assert.Equal(3, got[0]);
    }

    [Fact]
    public async Task A_client_is_guarded_like_its_socket()
    {
        using var pair = await SocketPair.CreateAsync();
        using var client = new TcpClient { Client = pair.Near };

        Assert.True(client.TrySend([1]).IsSent);
        Assert.True((await client.TrySendAsync(Bytes(2), Stop)).IsSent);
        byte[] expected = [1, .. Bytes(2)];
        Assert.Equal(expected, await pair.ReceiveFarAsync(3));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await client.TrySendAsync(Bytes(1), new CancellationToken(true)));

        client.Dispose();
        Assert.True(client.TrySend([1]).ProvablyNotSent);
        Assert.True((await client.TrySendAsync(Bytes(1), Stop)).ProvablyNotSent);

        using var fresh = new TcpClient();
        Assert.True(fresh.TrySend([1]).ProvablyNotSent);
    }

    [Fact]
    public async Task Mistakes_of_the_caller_stay_exceptions()
    {
        using var pair = await SocketPair.CreateAsync();
        Assert.Throws<ArgumentNullException>(() => ((Socket)null!).TrySend([1]));
        Assert.Throws<ArgumentNullException>(() => ((TcpClient)null!).TrySend([1]));
        Assert.Throws<ArgumentNullException>(() => pair.Near.TrySend(null!, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => pair.Near.TrySend(Bytes(3), 2, 2));
        Assert.Throws<ArgumentNullException>(() => { _ = ((Socket)null!).TrySendAsync(Bytes(1), Stop); });
    }

    [Fact]
    public async Task Only_what_was_not_sent_is_counted()
    {
        using var pair = await SocketPair.CreateAsync();
        using var measured = new Measurements();

        Assert.True(pair.Near.TrySend([1]).IsSent);
        pair.Near.Dispose();
        Assert.False(pair.Near.TrySend([1]).IsSent);

        var (name, value, tags) = Assert.Single(measured.All);
        Assert.Equal("lifecycle.send.failures", name);
        Assert.Equal(1, value);
        Assert.Equal("not_open", tags["lifecycle.send.outcome"]);
        Assert.Equal("tcp", tags["network.transport"]);
    }
}
