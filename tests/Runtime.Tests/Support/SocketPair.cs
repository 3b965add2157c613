using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>Two ends of one real TCP connection over loopback.</summary>
internal sealed class SocketPair : IDisposable
{
    private SocketPair(Socket near, Socket far)
    {
        Near = near;
        Far = far;
    }

    /// <summary>The end under test.</summary>
    public Socket Near { get; }

    /// <summary>The peer.</summary>
    public Socket Far { get; }

    public static async Task<SocketPair> CreateAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var near = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await near.ConnectAsync(listener.LocalEndPoint!, Stop);
        return new SocketPair(near, await listener.AcceptAsync(Stop));
    }

    /// <summary>The peer closes with an RST instead of a FIN.</summary>
    public void ResetFar()
    {
        Far.LingerState = new LingerOption(true, 0);
        Far.Dispose();
    }

    /// <summary>Reads from the peer's end until so many bytes are there.</summary>
    public async Task<byte[]> ReceiveFarAsync(int count)
    {
        var bytes = new byte[count];
        for (var read = 0; read < count;)
        {
            var n = await Far.ReceiveAsync(bytes.AsMemory(read), SocketFlags.None, Stop);
            Assert.True(n > 0, "The connection ended early");
            read += n;
        }

        return bytes;
    }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
    }
}
