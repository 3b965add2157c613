using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>What a socket knows about itself without asking the operating system.</summary>
internal static class SocketState
{
    /// <summary>
    /// Whether a send may be tried. <see cref="Socket.Connected"/> is no proof that the peer is there, but its <see langword="false"/>
    /// is proof that a stream socket was never connected, was shut down, disposed, or failed. A datagram socket may recover from an
    /// error, so it is always tried.
    /// </summary>
    public static bool MaySend(Socket socket) => socket.SocketType != SocketType.Stream || socket.Connected;

    /// <summary>The transport as the semantic conventions name it.</summary>
    public static string Transport(Socket socket) => socket.AddressFamily == AddressFamily.Unix
        ? "unix"
        : socket.ProtocolType == ProtocolType.Udp ? "udp" : "tcp";

    /// <summary>
    /// Whether an error before the first byte proves that nothing was sent. A datagram goes whole or not at all. Of a stream only
    /// "never connected" proves it: any other error may have followed a part that the platform does not report.
    /// </summary>
    public static bool ProvesNotSent(Socket socket, SocketError error) =>
        socket.SocketType == SocketType.Dgram || error is SocketError.NotConnected;
}
