using System.Net.Sockets;

namespace Incidents.ProxyAtFullSize;

/// <summary>One side of a relay, and how to tell it that nothing more comes.</summary>
public sealed record RelaySide(Stream Stream, Func<Task> EndAsync);

public static class Relay
{
    /// <summary>Copies both ways until both sides have ended. One side's end is passed on; its failure, and silence, end both.</summary>
    public static async Task RunAsync(RelaySide near, RelaySide far, TimeSpan idle, CancellationToken stop)
    {
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(stop);
        silence.CancelAfter(idle);
        try
        {
            await Task.WhenAll(CopyAsync(near, far), CopyAsync(far, near));
        }
        catch (Exception end) when (end is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            Log.Trace($"a relay ends: {end.Message}");
        }

        async Task CopyAsync(RelaySide from, RelaySide to)
        {
            var ended = false;
            try
            {
                var buffer = new byte[4096];
                for (var count = await from.Stream.ReadAsync(buffer, silence.Token); count > 0; count = await from.Stream.ReadAsync(buffer, silence.Token))
                {
                    await to.Stream.WriteAsync(buffer.AsMemory(0, count), silence.Token);
                    silence.CancelAfter(idle);
                }

                await to.EndAsync();
                ended = true;
            }
            finally
            {
                if (!ended)
                {
                    await near.Stream.DisposeAsync();
                    await far.Stream.DisposeAsync();
                }
            }
        }
    }
}
