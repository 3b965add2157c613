using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Asks whether the peer of a connection is still there, without reading from it and without waiting.</summary>
/// <remarks>
/// <para><see cref="Socket.Connected"/> tells the state as of the last operation
/// (https://learn.microsoft.com/dotnet/api/system.net.sockets.socket.connected); these members ask the operating system now, and so see an
/// end (FIN) or a reset (RST) that has arrived. They cost one system call, two if something is waiting.</para>
/// <para>A socket that was shut down here, in either direction, is <see cref="Liveness.Closed"/>: it is of no use for another exchange.
/// A peer that only closed its sending side looks closed too; TCP does not tell the two apart.</para>
/// <para>They never throw for a connection that is closed, disposed or was never open. They may be called from any thread, but ask
/// while nobody is receiving: a receive that takes the waiting data at that very moment can make it look like the end.</para>
/// <para><c>IsAlive()</c> is for a connection that was kept and is to be used again; there unread data means that it is out of step.
/// Where data is expected, as in a loop that reads, say <c>IsAlive(allowUnreadData: true)</c>.</para>
/// </remarks>
public static class LivenessExtensions
{
    /// <summary>Says whether the peer of a socket is still there.</summary>
    /// <param name="socket">The socket. Of a datagram socket, which has no peer to lose, only that it is open and whether data waits.</param>
    /// <returns>What this machine knows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public static Liveness GetLiveness(this Socket socket)
    {
        Check.NotNull(socket);
        try
        {
            var isStream = socket.SocketType == SocketType.Stream;
            if (isStream && !socket.Connected)
            {
                return Liveness.Closed;
            }

            if (!socket.Poll(0, SelectMode.SelectRead))
            {
                return Liveness.Alive;
            }

            // Readable without data is the end or an error; of a datagram socket, an empty datagram or an error of an earlier one.
            if (!isStream || socket.Available > 0)
            {
                return Liveness.UnreadData;
            }

            // Data may have arrived between the two questions above.
            return socket.Available > 0 ? Liveness.UnreadData : Liveness.Closed;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            return Liveness.Closed;
        }
    }

    /// <summary>Says whether the peer of a client is still there.</summary>
    /// <param name="client">The client.</param>
    /// <returns>What this machine knows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public static Liveness GetLiveness(this TcpClient client)
    {
        Check.NotNull(client);
        return TcpClients.SocketOf(client) is { } socket ? socket.GetLiveness() : Liveness.Closed;
    }

    /// <summary>Says whether the peer of a network stream is still there.</summary>
    /// <param name="stream">The stream.</param>
    /// <returns>What this machine knows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public static Liveness GetLiveness(this NetworkStream stream)
    {
        Check.NotNull(stream);
        if (!stream.CanRead && !stream.CanWrite)
        {
            return Liveness.Closed;
        }

        return NetworkStreams.SocketOf(stream) is { } socket ? socket.GetLiveness() : Liveness.Closed;
    }

    /// <summary>Says whether the peer of a web socket is still there.</summary>
    /// <remarks>
    /// A web socket does not show its transport: the answer is its <see cref="WebSocket.State"/>, which learns of the peer's end from a
    /// receive. Keep a receive outstanding, as a reader of messages does anyway, and set a keep-alive timeout. Never
    /// <see cref="Liveness.UnreadData"/>.
    /// </remarks>
    /// <param name="webSocket">The web socket.</param>
    /// <returns><see cref="Liveness.Alive"/> if it is open, else <see cref="Liveness.Closed"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="webSocket"/> is <see langword="null"/>.</exception>
    public static Liveness GetLiveness(this WebSocket webSocket)
    {
        Check.NotNull(webSocket);
        return webSocket.State == WebSocketState.Open ? Liveness.Alive : Liveness.Closed;
    }

    /// <summary>Says whether a kept socket may be used again.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="allowUnreadData">
    /// What to answer if data of the peer is waiting: <see langword="false"/> (the default) for a connection that is to be used again,
    /// <see langword="true"/> where data is expected.
    /// </param>
    /// <returns>Whether the peer is still there, as far as this machine knows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="socket"/> is <see langword="null"/>.</exception>
    public static bool IsAlive(this Socket socket, bool allowUnreadData = false) => Answer(socket.GetLiveness(), allowUnreadData);

    /// <summary>Says whether a kept client may be used again.</summary>
    /// <param name="client">The client.</param>
    /// <param name="allowUnreadData">
    /// What to answer if data of the peer is waiting: <see langword="false"/> (the default) for a connection that is to be used again,
    /// <see langword="true"/> where data is expected.
    /// </param>
    /// <returns>Whether the peer is still there, as far as this machine knows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="client"/> is <see langword="null"/>.</exception>
    public static bool IsAlive(this TcpClient client, bool allowUnreadData = false) => Answer(client.GetLiveness(), allowUnreadData);

    /// <summary>Says whether a kept network stream may be used again.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="allowUnreadData">
    /// What to answer if data of the peer is waiting: <see langword="false"/> (the default) for a connection that is to be used again,
    /// <see langword="true"/> where data is expected.
    /// </param>
    /// <returns>Whether the peer is still there, as far as this machine knows.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="stream"/> is <see langword="null"/>.</exception>
    public static bool IsAlive(this NetworkStream stream, bool allowUnreadData = false) => Answer(stream.GetLiveness(), allowUnreadData);

    /// <summary>Says whether a kept web socket may be used again.</summary>
    /// <remarks>The answer is the web socket's state; see <see cref="GetLiveness(WebSocket)"/>.</remarks>
    /// <param name="webSocket">The web socket.</param>
    /// <returns>Whether it is open.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="webSocket"/> is <see langword="null"/>.</exception>
    public static bool IsAlive(this WebSocket webSocket) => webSocket.GetLiveness() == Liveness.Alive;

    private static bool Answer(Liveness liveness, bool allowUnreadData) =>
        liveness == Liveness.Alive || (allowUnreadData && liveness == Liveness.UnreadData);
}
