using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Soak;

/// <summary>Echoes messages of a fixed size; some of its connections it resets, ends or leaves without an answer.</summary>
internal sealed class UnsteadyServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private int _messages;

    public UnsteadyServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var accepted = await _listener.AcceptAsync(stop);
                EchoAsync(accepted, stop).Observe(static e => Console.Error.WriteLine("The server failed: " + e));
            }
        }
        catch (OperationCanceledException)
        {
            // The soak is over.
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task EchoAsync(Socket client, CancellationToken stop)
    {
        using (client)
        {
            var message = new byte[Message.Size];
            try
            {
                while (await Message.ReadAsync(client, message, stop))
                {
                    switch (Interlocked.Increment(ref _messages) % 97)
                    {
                        case 0:
                            client.LingerState = new LingerOption(true, 0);
                            return;
                        case 31:
                            return;
                        case 62:
                            // The answer comes when nobody waits for it any more.
                            await Task.Delay(Message.Patience * 2, stop);
                            break;
                    }

                    await client.TrySendAsync(message, stop);
                }
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException)
            {
                // The client has gone, or the soak is over.
            }
        }
    }
}
