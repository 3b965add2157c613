using System.Net;
using System.Net.Sockets;
using LifecycleAnalyzers.Runtime;

namespace LifecycleAnalyzers.Samples.Trimmed;

internal static class Connecting
{
    public static async Task SafeSocketAsync()
    {
        // Taken, so that nobody else gets it, and nobody listens there.
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (socket, failure) = await SafeSocket.TryConnectAsync(taken.LocalEndPoint!);
        Expect.That(socket is null && failure is SocketException { SocketErrorCode: SocketError.ConnectionRefused }, "refused");

        Exception? heard = null;
        using var none = await SafeSocket.ConnectAsync("127.0.0.1", ((IPEndPoint)taken.LocalEndPoint!).Port, e => heard = e);
        Expect.That(none is null && heard is not null, "the handler hears it");
    }

    public static async Task ObserveAsync()
    {
        var seen = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        Task.FromException(new IOException("lost")).Observe(seen.SetResult);
        Expect.That(await seen.Task is IOException, "the failure is seen");

        var logger = new Lines();
        Task.FromException(new IOException("logged")).Observe(logger, "sending");
        Expect.That(logger.Any(static l => l.Contains("logged", StringComparison.Ordinal)), "the failure is logged");
    }

    public static async Task IsAliveAsync()
    {
        var (near, far) = await Expect.ConnectedAsync();
        using var client = new TcpClient { Client = near };
        await using var stream = client.GetStream();
        Expect.That(near.IsAlive() && client.IsAlive() && stream.IsAlive(), "alive");

        far.Dispose();
        await Expect.EndSeenAsync(near);
        Expect.That(!near.IsAlive() && !client.IsAlive() && stream.GetLiveness() == Liveness.Closed, "closed by the peer");
    }
}
