using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime.Tests.Lifetime;

public sealed class LivenessTests
{
    [Fact]
    public async Task A_silent_peer_is_alive()
    {
        using var pair = await SocketPair.CreateAsync();
        AssertAll(pair.Near, Liveness.Alive);
        Assert.True(pair.Near.Blocking);
    }

    [Fact]
    public async Task An_end_that_has_arrived_is_seen_though_Connected_still_says_true()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Far.Dispose();
        await Until(() => pair.Near.GetLiveness() == Liveness.Closed, "the FIN has arrived");
        Assert.True(pair.Near.Connected);
        AssertAll(pair.Near, Liveness.Closed);
    }

    [Fact]
    public async Task A_peer_that_closed_only_its_sending_side_looks_closed()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Far.Shutdown(SocketShutdown.Send);
        await Until(() => pair.Near.GetLiveness() == Liveness.Closed, "the FIN has arrived");
        Assert.True(pair.Near.TrySend([5]).IsSent); // And yet it can be sent to.
        Assert.Equal([5], await pair.ReceiveFarAsync(1));
    }

    [Fact]
    public async Task A_reset_that_has_arrived_is_seen()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.ResetFar();
        await Until(() => pair.Near.GetLiveness() == Liveness.Closed, "the RST has arrived");
        AssertAll(pair.Near, Liveness.Closed);
        AssertAll(pair.Near, Liveness.Closed); // Asking does not use up the error.
    }

    [Fact]
    public async Task Unread_data_is_told_apart_and_left_alone()
    {
        using var pair = await SocketPair.CreateAsync();
        await pair.Far.SendAsync(Bytes(3), Stop);
        await Until(() => pair.Near.Available == 3, "the data has arrived");

        AssertAll(pair.Near, Liveness.UnreadData);
        Assert.False(pair.Near.IsAlive());
        Assert.True(pair.Near.IsAlive(allowUnreadData: true));

        pair.Far.Dispose(); // The end is behind the data.
        AssertAll(pair.Near, Liveness.UnreadData);
        var got = new byte[8];
        Assert.Equal(3, await pair.Near.ReceiveAsync(got, Stop));
        Assert.Equal(Bytes(3), got[..3]);
        await Until(() => pair.Near.GetLiveness() == Liveness.Closed, "the FIN has arrived");
        Assert.False(pair.Near.IsAlive(allowUnreadData: true));
    }

    [Fact]
    public async Task A_socket_that_is_disposed_shut_down_or_was_never_connected_is_closed()
    {
        using var pair = await SocketPair.CreateAsync();
        pair.Near.Shutdown(SocketShutdown.Send);
        AssertAll(pair.Near, Liveness.Closed);
        pair.Near.Dispose();
        Assert.Equal(Liveness.Closed, pair.Near.GetLiveness());

        using var fresh = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        Assert.Equal(Liveness.Closed, fresh.GetLiveness());
        using var client = new TcpClient();
        Assert.Equal(Liveness.Closed, client.GetLiveness());
        client.Dispose();
        Assert.False(client.IsAlive());
    }

    [Fact]
    public async Task A_stream_that_is_disposed_is_closed_though_its_socket_is_not()
    {
        using var pair = await SocketPair.CreateAsync();
        var stream = new NetworkStream(pair.Near, ownsSocket: false);
        Assert.True(stream.IsAlive());
        await stream.DisposeAsync();
        Assert.False(stream.IsAlive());
        Assert.True(pair.Near.IsAlive());
    }

    [Fact]
    public async Task A_datagram_socket_has_no_peer_to_lose()
    {
        using var peer = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        peer.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        Assert.True(peer.IsAlive());
        await socket.SendToAsync(Bytes(1), peer.LocalEndPoint!, Stop);
        await Until(() => peer.GetLiveness() == Liveness.UnreadData, "the datagram has arrived");
        peer.Dispose();
        Assert.False(peer.IsAlive());
    }

    [Fact]
    public async Task It_never_waits_and_never_disturbs_a_reader()
    {
        using var pair = await SocketPair.CreateAsync();
        var receive = pair.Near.ReceiveAsync(new byte[8], SocketFlags.None, Stop).AsTask();
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(Liveness.Alive, pair.Near.GetLiveness());
        }

        await pair.Far.SendAsync(Bytes(5), Stop);
        Assert.Equal(5, await receive.Soon());
    }

    [Fact]
    public async Task A_web_socket_says_what_its_receive_has_learnt()
    {
        using var pair = await WebSocketPair.CreateAsync();
        Assert.True(pair.Near.IsAlive());
        Assert.Equal(Liveness.Alive, pair.Near.GetLiveness());

        var receive = pair.Near.ReceiveAsync(new ArraySegment<byte>(new byte[8]), Stop);
        pair.Sockets.ResetFar();
        await Assert.ThrowsAsync<WebSocketException>(() => receive.Soon());
        Assert.False(pair.Near.IsAlive());

        using var closing = await WebSocketPair.CreateAsync();
        await closing.Far.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        _ = await closing.Near.ReceiveAsync(new ArraySegment<byte>(new byte[8]), Stop);
        Assert.Equal(Liveness.Closed, closing.Near.GetLiveness());
    }

    [Fact]
    public void Null_is_a_mistake()
    {
        Assert.Throws<ArgumentNullException>(() => ((Socket)null!).IsAlive());
        Assert.Throws<ArgumentNullException>(() => ((TcpClient)null!).IsAlive());
        Assert.Throws<ArgumentNullException>(() => ((NetworkStream)null!).IsAlive());
        Assert.Throws<ArgumentNullException>(() => ((WebSocket)null!).IsAlive());
    }

    /// <summary>Socket, client and stream give the same answer.</summary>
    private static void AssertAll(Socket socket, Liveness expected)
    {
        // Neither is disposed: both would take the socket with them.
        var client = new TcpClient { Client = socket };
        Assert.Equal(expected, socket.GetLiveness());
        Assert.Equal(expected, client.GetLiveness());
        Assert.Equal(expected == Liveness.Alive, socket.IsAlive());
        Assert.Equal(expected == Liveness.Alive, client.IsAlive());
        if (socket.Connected)
        {
            var stream = new NetworkStream(socket, ownsSocket: false);
            Assert.Equal(expected, stream.GetLiveness());
            Assert.Equal(expected == Liveness.Alive, stream.IsAlive());
        }

        GC.SuppressFinalize(client);
    }
}
