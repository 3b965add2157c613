// The scenario: the peer does not read, the transport fills up, the stream begins to close, and only then
// the peer reads on, so that `Drained` comes while the stream is closing.
using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Incidents.DrainInBase;

public static class Program
{
    private const int Messages = 20;
    private const int MessageLength = 64 * 1024;

    public static async Task<int> Main()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(8));
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Server.ReceiveBufferSize = 8 * 1024;
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        var closing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiving = ReceiveAsync(listener, closing.Task, deadline.Token);

        int sent, unsent;
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8 * 1024 })
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
            using var transport = new SocketMessageStream(socket);
            var stream = new SealedMessageStream(transport);

            for (var id = 0; id < Messages; id++) stream.Send(Message(id));
            Console.WriteLine($"accepted {Messages}");
            Console.WriteLine($"full {(stream.IsFull ? 1 : 0)}");

            stream.Close();
            Console.WriteLine($"status {stream.State}");
            closing.SetResult();

            if (!transport.WaitUntilWritten(TimeSpan.FromSeconds(8))) Console.WriteLine("writing timed-out");
            sent = stream.Sent;
            unsent = stream.Unsent;
        }

        var received = await receiving;
        var twice = received.Count - received.Distinct().Count();
        var lost = Enumerable.Range(0, sent).Except(received).Count();
        var strangers = received.Count(id => id < 0 || id >= sent);
        listener.Stop();
        var sockets = OpenSockets(port);

        Console.WriteLine($"sent {sent}");
        Console.WriteLine($"unsent {unsent}");
        Console.WriteLine($"received {received.Count}");
        Console.WriteLine($"twice {twice}");
        Console.WriteLine($"lost {lost}");
        Console.WriteLine($"open-sockets {sockets}");

        var healthy = sent > 0 && unsent > 0 && sent + unsent == Messages
            && twice == 0 && lost == 0 && strangers == 0 && sockets == 0;
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    /// <summary>The peer: opens every message with the number it expects and gives the numbers found in them.</summary>
    private static async Task<List<int>> ReceiveAsync(TcpListener listener, Task mayRead, CancellationToken stop)
    {
        using var peer = await listener.AcceptSocketAsync(stop);
        await mayRead.WaitAsync(stop);
        using var stream = new NetworkStream(peer);
        var received = new List<int>();
        var frame = new byte[MessageLength];
        while (await stream.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, stop) == frame.Length)
        {
            received.Add(BinaryPrimitives.ReadInt32BigEndian(Seal.Apply(received.Count, frame)));
        }

        return received;
    }

    private static byte[] Message(int id)
    {
        var message = new byte[MessageLength];
        BinaryPrimitives.WriteInt32BigEndian(message, id);
        return message;
    }

    /// <summary>Connections of this program that the operating system still knows as open, on either side.</summary>
    private static int OpenSockets(int port) =>
        IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            (connection.LocalEndPoint.Port == port || connection.RemoteEndPoint.Port == port)
            && connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived);
}
