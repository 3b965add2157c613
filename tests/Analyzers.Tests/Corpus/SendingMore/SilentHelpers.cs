// Silent catches in helpers, local functions and delegates.
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Corpus.Sending.SilentHelpers;

public static class Quietly
{
    public static async Task SendQuietlyAsync(this WebSocket socket, ReadOnlyMemory<byte> frame)
    {
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception) { } //! LCA2005
    }

    public static readonly Action<Socket, byte[]> Shout = static (socket, frame) =>
    {
        try
        {
            socket.Send(frame, 0, frame.Length, SocketFlags.None);
        }
        catch //! LCA2005
        {
            // whoever shouts does not listen
        }
    };

    public static void WriteAll(IEnumerable<NetworkStream> streams, byte[] frame)
    {
        foreach (var stream in streams)
        {
            WriteOne(stream);
        }

        void WriteOne(Stream target)
        {
            try
            {
                target.Write(frame, 0, frame.Length);
            }
            catch (Exception _) //! LCA2005
            {
            }
        }
    }

    // ok LCA2005: what failed is handed to the caller
    public static async Task<Exception?> SendAndTellAsync(WebSocket socket, ReadOnlyMemory<byte> frame)
    {
        Exception? failure = null;
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, CancellationToken.None);
        }
        catch (Exception e)
        {
            failure = e;
        }

        return failure;
    }

    // ok LCA2005: cancellation alone is swallowed
    public static async Task SendUnlessCancelledAsync(WebSocket socket, ReadOnlyMemory<byte> frame, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Binary, true, ct);
        }
        catch (OperationCanceledException)
        {
        }
    }
}
