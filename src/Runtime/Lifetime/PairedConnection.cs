using System.Net.Security;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>One connection of a pair, whatever its type. It is closed by its pair alone.</summary>
internal sealed class PairedConnection(IDisposable connection)
{
    private Stream? _stream;

    /// <summary>The stream; asking for it may fail, if the connection is no longer open.</summary>
    /// <remarks>One object for both directions: some types make a new one each time.</remarks>
    public Stream Stream => _stream ??= connection switch
    {
        Socket socket => new NetworkStream(socket, ownsSocket: false),
        TcpClient client => client.GetStream(),
        _ => (Stream)connection,
    };

    /// <summary>Gets whether the peer was told that nothing more will come, and so knows that what it has is all.</summary>
    public bool IsTold { get; private set; }

    private Socket? Socket => connection switch
    {
        Socket socket => socket,
        TcpClient client => TcpClients.SocketOf(client),
        NetworkStream stream => NetworkStreams.SocketOf(stream),
        _ => null,
    };

    /// <summary>Tells the peer that nothing more will come.</summary>
    /// <returns>Whether this connection can say that and still receive.</returns>
    public async ValueTask<bool> TryEndSendingAsync()
    {
        if (Socket is { } socket)
        {
            socket.Shutdown(SocketShutdown.Send);
            IsTold = true;
            return true;
        }

#if NET
        if (connection is SslStream secure)
        {
            await secure.ShutdownAsync().ConfigureAwait(false);
            IsTold = true;
            return true;
        }
#else
        await Task.CompletedTask.ConfigureAwait(false);
#endif
        return false;
    }

    /// <summary>Ends what is under way on it.</summary>
    /// <remarks>
    /// A socket that is to be closed in good order is only shut down here: to dispose it under a read that is under way resets it. That
    /// read ends by the shutdown, and <see cref="Close"/> follows.
    /// </remarks>
    public void End(bool reset)
    {
        if (Socket is not { } socket)
        {
            connection.Dispose();
            return;
        }

        try
        {
            if (reset && socket.ProtocolType == ProtocolType.Tcp)
            {
                socket.LingerState = new LingerOption(true, 0);
                connection.Dispose();
            }
            else
            {
                socket.Shutdown(SocketShutdown.Both);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Not connected any more: there is nothing left to end in good order.
            connection.Dispose();
        }
    }

    public void Close() => connection.Dispose();
}
