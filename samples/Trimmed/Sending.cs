using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using LifecycleAnalyzers.Runtime;

namespace LifecycleAnalyzers.Samples.Trimmed;

internal static class Sending
{
    public static async Task TrySendAsync()
    {
        var (near, far) = await Expect.ConnectedAsync();
        using var owned = far;
        using var client = new TcpClient { Client = near };
        Stream stream = client.GetStream();
        var pipe = new Pipe();
        Expect.That(near.TrySend([1]).IsSent && client.TrySend([2]).IsSent && stream.TryWrite([3]).IsSent, "sent");
        Expect.That((await near.TrySendAsync(new byte[1])).IsSent && (await stream.TryWriteAsync(new byte[1])).IsSent, "sent, too");
        Expect.That((await pipe.Writer.TryWriteAsync(new byte[1])).IsSent, "written to the pipe");

        client.Dispose();
        await pipe.Reader.CompleteAsync();
        Expect.That(near.TrySend([1]).Outcome == SendOutcome.NotOpen, "an answer, no exception");
        Expect.That((await stream.TryWriteAsync(new byte[1])).ProvablyNotSent, "provably not sent");
        Expect.That(!(await pipe.Writer.TryWriteAsync(new byte[1])).IsSent, "nobody reads the pipe");
    }

    public static async Task GuardedAsync()
    {
        var link = new Link();
        Expect.That(link.TrySend(static l => l.IsOpen, static l => l.Send(1)).IsSent, "sent while open");
        link.Close();
        var late = await link.TrySendAsync(2, static l => l.IsOpen, static (l, value, _) => l.SendAsync(value));
        Expect.That(late.Outcome == SendOutcome.NotOpen && link.Sent == 1, "not called after the close");
    }

    public static async Task SendGateAsync()
    {
        using var gate = new SendGate(new SendGateOptions { Name = "trimmed", Logger = new Lines() });
        var order = new List<int>();
        Task[] senders;
        using (await gate.EnterAsync())
        {
            senders = [.. Enumerable.Range(0, 4).Select(i => gate.TrySendAsync(i, (value, _) =>
            {
                order.Add(value);
                return default;
            }).AsTask())];
            Expect.That(gate.Waiting == 4, "one sends, the others wait");
        }

        await Task.WhenAll(senders);
        Expect.That(order.SequenceEqual([0, 1, 2, 3]), "first in, first out");
        Expect.That(await gate.ExchangeAsync(20, static (half, _) => new ValueTask<int>(2 * half)) == 40, "an answer");

        try
        {
            await gate.ExchangeAsync<int>(static _ => throw new IOException("cut"));
        }
        catch (IOException)
        {
            // It closes the gate: the rest of its answer may still come.
        }

        Expect.That(!gate.IsOpen && (await gate.TrySendAsync(static _ => default)).Outcome == SendOutcome.NotOpen, "closed by the failure");
        Expect.That(gate.Reopen() && gate.IsOpen, "open again");
    }

    public static async Task WebSocketSenderAsync()
    {
        var (near, far) = await Expect.ConnectedAsync();
        using var here = WebSocket.CreateFromStream(new NetworkStream(near, ownsSocket: true), new WebSocketCreationOptions { IsServer = true });
        using var there = WebSocket.CreateFromStream(new NetworkStream(far, ownsSocket: true), new WebSocketCreationOptions());
        await using var sender = new WebSocketSender(here);
        Expect.That((await sender.TrySendAsync("hello")).IsSent && here.IsAlive(), "sent");
        var buffer = new byte[16];
        Expect.That((await there.ReceiveAsync(buffer.AsMemory(), CancellationToken.None)).Count == 5, "arrived");
        Expect.That((await there.TrySendAsync(new byte[1], WebSocketMessageType.Binary, true)).IsSent, "and back");

        await sender.CloseAsync();
        Expect.That((await sender.TrySendAsync("late")).Outcome == SendOutcome.NotOpen, "closed");
    }

    public static async Task BufferLeaseAsync()
    {
        using var buffer = BufferLease.Rent(16, clear: true);
        await using var stream = new MemoryStream([1, 2, 3]);
        Expect.That(await buffer.Track(stream.ReadAsync(buffer.Memory)) == 3 && buffer.Array[2] == 3, "read");
    }
}
