using System.Net.Sockets;
#if !NET
using System.Reflection;
#endif

namespace LifecycleAnalyzers.Runtime;

/// <summary>The socket under a network stream.</summary>
internal static class NetworkStreams
{
#if NET
    public static Socket? SocketOf(NetworkStream stream) => stream.Socket;
#else
    // Documented, but only for derived classes before .NET 5: https://learn.microsoft.com/dotnet/api/system.net.sockets.networkstream.socket
    private static readonly Func<NetworkStream, Socket?>? s_socket = (Func<NetworkStream, Socket?>?)typeof(NetworkStream)
        .GetProperty("Socket", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)?
        .GetGetMethod(nonPublic: true)?
        .CreateDelegate(typeof(Func<NetworkStream, Socket?>));

    public static Socket? SocketOf(NetworkStream stream) => s_socket?.Invoke(stream);
#endif
}
