// A pool of sockets for a client that speaks HTTP/1.1. The server says `Connection: close` in its answer and ends the
// connection with it. Nobody reads that header, and the pool does not ask the connection that it hands out whether its
// peer is still there.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Incidents.KeepAlive.Unchecked;

public sealed class SocketPool(IPEndPoint server) : ISocketPool
{
    private readonly ConcurrentStack<Socket> _idle = new();

    public int Opened { get; private set; }

    public Socket Rent()
    {
        if (_idle.TryPop(out var kept)) return kept; //! LCA3004
        Opened++;
        return OrderClient.Open(server);
    }

    public void Return(Socket connection) => _idle.Push(connection);

    public void Dispose()
    {
        while (_idle.TryPop(out var connection)) connection.Dispose();
    }
}
