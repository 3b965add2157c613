// A pool of sockets for a client that speaks HTTP/1.1. The server says `Connection: close` in its answer and ends the
// connection with it. Nobody reads that header: the pool asks the socket whether it is connected, and the socket answers
// how the last operation ended.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Incidents.KeepAlive.Connected;

public sealed class SocketPool(IPEndPoint server) : ISocketPool
{
    private readonly ConcurrentStack<Socket> _idle = new();

    public int Opened { get; private set; }

    public Socket Rent()
    {
        while (_idle.TryPop(out var kept))
        {
            if (kept.Connected) return kept; //! LCA2003
            kept.Dispose();
        }

        Opened++;
        return OrderClient.Open(server);
    }

    public void Return(Socket connection) => _idle.Push(connection);

    public void Dispose()
    {
        while (_idle.TryPop(out var connection)) connection.Dispose();
    }
}
