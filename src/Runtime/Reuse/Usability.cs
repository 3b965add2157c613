using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>How a kept connection is checked if nobody said otherwise.</summary>
internal static class Usability
{
    public static bool LooksUsable(object connection) => connection switch
    {
        Socket socket => socket.IsAlive(),
        TcpClient client => client.IsAlive(),
        NetworkStream stream => stream.IsAlive(),
        WebSocket webSocket => webSocket.IsAlive(),
        Stream stream => stream.CanWrite,
        DbConnection database => database.State == ConnectionState.Open,
        _ => true,
    };
}
