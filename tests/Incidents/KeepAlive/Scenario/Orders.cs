// The scenario: a thousand times two orders, the second when the first is answered and its connection has been ended by the
// server, as the answer said. The server counts what arrives, by order.
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Incidents.KeepAlive;

public static class Orders
{
    private const int Pairs = 1000;

    // An order is posted only when the end of the last connection has been sent: the incident is a FIN that has arrived already.
    private static readonly SemaphoreSlim _ended = new(0);

    /// <summary>Posts them by a client over the pool, and says what became of them.</summary>
    public static async Task<int> PostAsync(Func<IPEndPoint, ISocketPool> open)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = (IPEndPoint)listener.LocalEndpoint;
        var received = new ConcurrentQueue<string>();
        var serving = Task.Factory.StartNew(() => Serve(listener, received), TaskCreationOptions.LongRunning);

        int answered = 0, first = 0, second = 0, opened;
        string[] sent;
        using (var client = new OrderClient(open(server), server))
        {
            for (var pair = 1; pair <= Pairs; pair++)
            {
                if (TryPost(client, $"order {pair} first")) answered++;
                else first++;
                if (TryPost(client, $"order {pair} second")) answered++;
                else second++;
            }

            sent = [.. client.Sent];
            opened = client.ConnectionsOpened;
        }

        listener.Stop();
        await serving;

        var twice = received.Count - received.Distinct().Count();
        var lost = sent.Except(received).Count();
        var sockets = await OpenSocketsAsync(server.Port);
        Console.WriteLine($"answered {answered}");
        Console.WriteLine($"failed first {first}");
        Console.WriteLine($"failed second {second}");
        Console.WriteLine($"sent {sent.Length}");
        Console.WriteLine($"received {received.Count}");
        Console.WriteLine($"twice {twice}");
        Console.WriteLine($"lost {lost}");
        Console.WriteLine($"connections {opened}");
        Console.WriteLine($"open-sockets {sockets}");

        var healthy = answered == 2 * Pairs && sent.Length == 2 * Pairs && received.Count == 2 * Pairs && twice == 0 && lost == 0 && sockets == 0;
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    private static bool TryPost(OrderClient client, string order)
    {
        try
        {
            var answer = client.Post(order);
            return _ended.Wait(TimeSpan.FromSeconds(20)) && answer == $"took {order}";
        }
        catch (NoAnswerException)
        {
            return false;
        }
    }

    /// <summary>One connection after another, one order on each.</summary>
    private static void Serve(TcpListener listener, ConcurrentQueue<string> received)
    {
        try
        {
            while (true)
            {
                using var peer = listener.AcceptSocket();
                AnswerAndEnd(peer, received);
            }
        }
        catch (SocketException end)
        {
            Console.Error.WriteLine($"trace: the server ends: {end.SocketErrorCode}");
        }
    }

    private static void AnswerAndEnd(Socket peer, ConcurrentQueue<string> received)
    {
        if (HttpText.Read(peer) is not { } order) return;
        received.Enqueue(order);
        var answer = $"took {order}";

        // Answer and FIN in one segment, as servers do that know it is their last: the client has both, or none of them.
        if (OperatingSystem.IsLinux()) peer.SetRawSocketOption(6 /* IPPROTO_TCP */, 3 /* TCP_CORK */, BitConverter.GetBytes(1));
        HttpText.Write(peer, $"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");
        peer.Shutdown(SocketShutdown.Send);
        _ended.Release();
    }

    /// <summary>Connections of this program that the operating system still knows as open, on either side, once it settled.</summary>
    private static async Task<int> OpenSocketsAsync(int port)
    {
        var open = Count();
        for (var wait = 0; wait < 1000 && open > 0; wait++, open = Count()) await Task.Delay(20);
        return open;

        int Count() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            (connection.LocalEndPoint.Port == port || connection.RemoteEndPoint.Port == port)
            && connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived);
    }
}
