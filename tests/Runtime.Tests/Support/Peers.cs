using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>Peers that do not answer.</summary>
internal static class Peers
{
    /// <summary>A port that is taken, so that nobody else gets it, and on which nobody listens: connecting is refused.</summary>
    public static Socket Refusing(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    /// <summary>A listener that never accepts and whose queue is full: further connects wait without an answer.</summary>
    public static async Task<IDisposable> SilentAsync(Action<int> port)
    {
        var all = new Sockets();
        var listener = all.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(0);
        for (var i = 0; i < 16; i++)
        {
            var filler = all.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            var connect = filler.ConnectAsync(listener.LocalEndPoint!);
            if (await Task.WhenAny(connect, Task.Delay(150, Stop)) != connect)
            {
                connect.Observe(static _ => { });
                port(((IPEndPoint)listener.LocalEndPoint!).Port);
                return all;
            }

            await connect;
        }

        all.Dispose();
        Assert.Skip("This operating system's queue of connections does not fill up.");
        return all;
    }

    private sealed class Sockets : IDisposable
    {
        private readonly List<Socket> _all = [];

        public Socket Add(Socket socket)
        {
            _all.Add(socket);
            return socket;
        }

        public void Dispose() => _all.ForEach(static s => s.Dispose());
    }
}
