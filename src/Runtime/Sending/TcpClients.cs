using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>The socket of a client, which some platforms take away when the client is disposed.</summary>
internal static class TcpClients
{
    public static Socket? SocketOf(TcpClient client)
    {
        try
        {
            return client.Client;
        }
        catch (ObjectDisposedException)
        {
            return null;
        }
    }
}
