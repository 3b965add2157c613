// The scenario: the peer does not read and the transport fills up; the peer reads on, the transport drains and
// the next message's key is asked for; while the key is on its way the stream begins to close.
using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Incidents.DrainStale;

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
        var mayRead = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var receiving = ReceiveAsync(listener, mayRead.Task, deadline.Token);

        int sent, unsent;
        using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8 * 1024 })
        {
            await socket.ConnectAsync(IPAddress.Loopback, port, deadline.Token);
            using var transport = new SocketMessageStream(socket);
            var keys = new KeyService();
            var stream = new SealedMessageStream(transport, keys);

            for (var id = 0; id < Messages; id++) stream.Enqueue(Message(id));
            await stream.StartAsync();
            Console.WriteLine($"taken {stream.Sent}");
            Console.WriteLine($"full {(transport.IsFull ? 1 : 0)}");

            var asked = keys.HoldNext();
            mayRead.SetResult();
            await asked.WaitAsync(deadline.Token);
            stream.Close();
            Console.WriteLine($"status {transport.State}");
            keys.Release();

            if (!transport.WaitUntilWritten(TimeSpan.FromSeconds(8))) Console.WriteLine("writing timed-out");
            await stream.Sending.WaitAsync(deadline.Token);
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

    /// <summary>A key service that can be slow: from <see cref="HoldNext"/> to <see cref="Release"/> nobody gets a key.</summary>
    private sealed class KeyService : IKeyService
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile bool _holding;

        public Task HoldNext()
        {
            _holding = true;
            return _asked.Task;
        }

        public void Release()
        {
            _holding = false;
            _released.SetResult();
        }

        public async Task<uint> KeyForAsync(int message)
        {
            if (_holding)
            {
                _asked.TrySetResult();
                await _released.Task;
            }

            return Key(message);
        }
    }

    private static uint Key(int message) => (uint)message * 2246822519u + 374761393u;

    /// <summary>The peer: opens every message with the key that is due and gives the numbers found in them.</summary>
    private static async Task<List<int>> ReceiveAsync(TcpListener listener, Task mayRead, CancellationToken stop)
    {
        using var peer = await listener.AcceptSocketAsync(stop);
        await mayRead.WaitAsync(stop);
        using var stream = new NetworkStream(peer);
        var received = new List<int>();
        var frame = new byte[MessageLength];
        while (await stream.ReadAtLeastAsync(frame, frame.Length, throwOnEndOfStream: false, stop) == frame.Length)
        {
            received.Add(BinaryPrimitives.ReadInt32BigEndian(Seal.Apply(Key(received.Count), frame)));
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
