using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>Two ends of one web socket over a real TCP connection.</summary>
internal sealed class WebSocketPair : IDisposable
{
    private WebSocketPair(SocketPair sockets)
    {
        Sockets = sockets;
        Near = WebSocket.CreateFromStream(new NetworkStream(sockets.Near, ownsSocket: true), new WebSocketCreationOptions { IsServer = false });
        Far = WebSocket.CreateFromStream(new NetworkStream(sockets.Far, ownsSocket: true), new WebSocketCreationOptions { IsServer = true });
    }

    public SocketPair Sockets { get; }

    public WebSocket Near { get; }

    public WebSocket Far { get; }

    public static async Task<WebSocketPair> CreateAsync() => new(await SocketPair.CreateAsync());

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        Sockets.Dispose();
    }
}
