// The scenario: the server answers the first request and cuts the transport while its stream is still open;
// the requests that wait must go out on a fresh session. The server counts what arrives, by request.
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Incidents.CachedSession;

public static class Program
{
    private static readonly string[] Requests = ["request-1", "request-2", "request-3", "request-4"];

    public static async Task<int> Main()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = (IPEndPoint)listener.LocalEndpoint;
        var received = new ConcurrentQueue<string>();
        var serving = ServeAsync(listener, received, deadline.Token);

        var finished = new ConcurrentQueue<RequestStream>();
        var allFinished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] sent;
        int sessions;
        using (var client = new DispatchingClient(server))
        {
            client.Finished += (_, stream) =>
            {
                Console.WriteLine($"{stream.Id} {(stream.Completed ? "completed" : "interrupted")} after '{stream.Answer}'");
                finished.Enqueue(stream);
                if (finished.Count == Requests.Length) allFinished.SetResult();
            };
            foreach (var request in Requests) client.Enqueue(request);
            client.Start();
            await allFinished.Task.WaitAsync(deadline.Token);
            sent = [.. client.Sent];
            sessions = client.SessionsOpened;
        }

        listener.Stop();
        await serving;

        var twice = received.Count - received.Distinct().Count();
        var lost = sent.Except(received).Count();
        var answered = finished.Count(stream => stream.Answer == $"answer to {stream.Id}");
        var sockets = await OpenSocketsAsync(server.Port, deadline.Token);
        Console.WriteLine($"sent {sent.Length}");
        Console.WriteLine($"received {received.Count}");
        Console.WriteLine($"answered {answered}");
        Console.WriteLine($"twice {twice}");
        Console.WriteLine($"lost {lost}");
        Console.WriteLine($"sessions {sessions}");
        Console.WriteLine($"open-sockets {sockets}");

        var healthy = sent.SequenceEqual(Requests) && answered == Requests.Length
            && twice == 0 && lost == 0 && sessions == 2 && sockets == 0;
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    /// <summary>Serves one connection after another until the listener stops; only the first one is cut.</summary>
    private static async Task ServeAsync(TcpListener listener, ConcurrentQueue<string> received, CancellationToken stop)
    {
        var sessions = new List<Task>();
        try
        {
            while (true)
            {
                var peer = await listener.AcceptSocketAsync(stop);
                var cut = sessions.Count == 0;
                sessions.Add(Task.Run(() => ServeSession(peer, cut, received), stop));
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            await Task.WhenAll(sessions);
        }
    }

    private static void ServeSession(Socket peer, bool cut, ConcurrentQueue<string> received)
    {
        using (peer)
        {
            try
            {
                while (Frame.Read(peer) is var (stream, request))
                {
                    received.Enqueue(request);
                    peer.Send(Frame.Of(stream, $"answer to {request}"));
                    if (cut) return;
                    peer.Send(Frame.Of(stream, ""));
                }
            }
            catch (SocketException failure)
            {
                Console.Error.WriteLine($"trace: the server's side failed: {failure.Message}");
            }
        }
    }

    /// <summary>Connections of this program that the operating system still knows as open, on either side, once it settled.</summary>
    private static async Task<int> OpenSocketsAsync(int port, CancellationToken stop)
    {
        var open = Count();
        for (var wait = 0; wait < 50 && open > 0; wait++, open = Count()) await Task.Delay(20, stop);
        return open;

        int Count() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            (connection.LocalEndPoint.Port == port || connection.RemoteEndPoint.Port == port)
            && connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived);
    }
}
