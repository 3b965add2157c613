using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Soak;

/// <summary>A request and its answer: 64 bytes, the first eight its number.</summary>
internal static class Message
{
    public const int Size = 64;

    /// <summary>How long a client waits for an answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    /// <summary>Reads a whole message; false when the peer has ended.</summary>
    public static async ValueTask<bool> ReadAsync(Socket socket, Memory<byte> message, CancellationToken stop)
    {
        for (var read = 0; read < message.Length;)
        {
            var count = await socket.ReceiveAsync(message[read..], SocketFlags.None, stop);
            if (count == 0) return false;
            read += count;
        }

        return true;
    }
}
