// Small helpers that the other files of this folder share.
using System.Net;
using System.Net.Sockets;

namespace Corpus.Creation.SocketHelpers;

public static class Quiet
{
    public static void Close(IDisposable? resource)
    {
        try
        {
            resource?.Dispose();
        }
        catch (Exception ex) when (ex is SocketException or IOException or ObjectDisposedException)
        {
            Console.Error.WriteLine(ex.Message);
        }
    }
}

public static class Sockets
{
    /// <summary>Made, tuned and handed over; the caller opens it.</summary>
    public static Socket NewTcp(AddressFamily family)
    {
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        return socket;
    }

    // ok LCA1003: closes when the connect fails, for whatever reason
    public static async Task<Socket> DialAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(remote, ct).ConfigureAwait(false);
        }
        catch
        {
            Quiet.Close(socket);
            throw;
        }
        return socket;
    }
}
