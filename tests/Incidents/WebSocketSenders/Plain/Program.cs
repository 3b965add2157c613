using System.Net.Sockets;

namespace Incidents.WebSocketSenders.Plain;

public static class Program
{
    public static async Task<int> Main()
    {
        using var transport = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = OpenAsync });
        return await Commands.RunAsync("ws", () => new DeviceClient(transport));
    }

    /// <summary>Little room on the way: a message waits in the client until the server reads.</summary>
    private static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8 * 1024, NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
