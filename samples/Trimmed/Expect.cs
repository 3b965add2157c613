using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Samples.Trimmed;

internal static class Expect
{
    public static void That(bool isSo, string what)
    {
        if (!isSo)
        {
            throw new InvalidOperationException("Not so: " + what);
        }
    }

    /// <summary>Two ends of one connection over loopback.</summary>
    public static async Task<(Socket Near, Socket Far)> ConnectedAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = await Runtime.SafeSocket.ConnectAsync(listener.LocalEndPoint!);
        try
        {
            return (near, await listener.AcceptAsync());
        }
        catch
        {
            near.Dispose();
            throw;
        }
    }

    /// <summary>Waits until the end has come to this side, which is when the socket can be read.</summary>
    public static async Task EndSeenAsync(Socket socket) => That(await socket.ReceiveAsync(new byte[1], SocketFlags.Peek) == 0, "the end is there");
}
