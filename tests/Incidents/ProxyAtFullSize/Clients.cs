using System.Net.Security;
using System.Net.Sockets;
using System.Text;

namespace Incidents.ProxyAtFullSize;

/// <summary>What a client does.</summary>
public enum Manner
{
    /// <summary>Says something, wants it back, says that this was all, and waits for the end.</summary>
    Polite,

    /// <summary>The same inside TLS.</summary>
    Encrypted,

    /// <summary>Resets the connection when it has its answer.</summary>
    Resets,

    /// <summary>Says something and wants it back, and then neither speaks nor closes.</summary>
    HalfOpen,

    /// <summary>Speaks to the TLS door as if it had none.</summary>
    Garbage,

    /// <summary>Connects, and says nothing at all.</summary>
    Silent,
}

/// <summary>A client's connection through the proxy.</summary>
public static class Client
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(6);
    private static int _number;

    /// <summary>Whether the client got what it wanted, and in the end the proxy closed its connection.</summary>
    /// <param name="answered">Whether an answer is due.</param>
    public static async Task<bool> TalkAsync(int port, Manner manner, bool answered, CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(Patience);
        var number = Interlocked.Increment(ref _number);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var hasAnswer = false;
        try
        {
            await socket.ConnectAsync(Loopback.Of(number, port), limit.Token);
            using var plain = new NetworkStream(socket);
            if (manner == Manner.Encrypted)
            {
                using var stream = new SslStream(plain, leaveInnerStreamOpen: true, (_, _, _, _) => true);
                await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost" }, limit.Token);
                hasAnswer = await AskAsync(stream, $"message {number}", limit.Token);
                await stream.ShutdownAsync();
                socket.Shutdown(SocketShutdown.Send);
                await EndAsync(stream, limit.Token);
            }
            else
            {
                if (manner != Manner.Silent) hasAnswer = await AskAsync(plain, $"message {number}", limit.Token);
                if (manner == Manner.Resets)
                {
                    socket.LingerState = new LingerOption(true, 0);
                    return hasAnswer;
                }

                if (manner == Manner.Polite) socket.Shutdown(SocketShutdown.Send);
                await EndAsync(plain, limit.Token);
            }
        }
        catch (Exception end) when (end is IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // the proxy has cut it: an end, too
        }
        catch (OperationCanceledException)
        {
            return false;
        }

        return hasAnswer == answered;
    }

    private static async Task<bool> AskAsync(Stream stream, string message, CancellationToken stop)
    {
        var bytes = Encoding.ASCII.GetBytes(message);
        await stream.WriteAsync(bytes, stop);
        var answer = new byte[bytes.Length];
        return await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, stop) == bytes.Length && answer.SequenceEqual(bytes);
    }

    /// <summary>Reads until the other side has ended.</summary>
    private static async Task EndAsync(Stream stream, CancellationToken stop)
    {
        var rest = new byte[64];
        while (await stream.ReadAsync(rest, stop) > 0)
        {
        }
    }
}
