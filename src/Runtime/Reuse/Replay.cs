using System.Net.Http;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Says whether a failed request may be sent again without the danger of doing it twice.</summary>
/// <remarks>Static and without state; thread-safe.</remarks>
public static class Replay
{
    // HTTP/2 REFUSED_STREAM (RFC 9113, section 7) and HTTP/3 H3_REQUEST_REJECTED (RFC 9114, section 8.1): the server did not process it.
    private const long RefusedStream = 0x7;
    private const long RequestRejected = 0x10b;

    /// <summary>Says whether the failure proves that the request was not written, or that the peer did not process it.</summary>
    /// <remarks>
    /// <para>These prove it: <see cref="NotSentException"/>; a connect that failed (<see cref="SafeSocket"/>'s exception whatever its code;
    /// <see cref="SocketError.ConnectionRefused"/>, <see cref="SocketError.NotConnected"/>, a name that could not be resolved); an
    /// <see cref="HttpRequestException"/> that says that resolving, connecting, the proxy's tunnel or the TLS handshake failed; an
    /// HTTP/2 stream refused (REFUSED_STREAM) or HTTP/3 request rejected. An exception of these kinds inside an
    /// <see cref="IOException"/>, <see cref="HttpRequestException"/> or <see cref="WebSocketException"/> counts; inside an
    /// <see cref="AggregateException"/> all must.</para>
    /// <para>Everything else proves nothing, and the answer is <see langword="false"/>: a reset, a broken pipe, a timeout, a
    /// cancellation, an object disposed meanwhile. The netstandard2.0 build cannot read the reason of an
    /// <see cref="HttpRequestException"/> and looks at its inner exception alone.</para>
    /// </remarks>
    /// <param name="exception">The failure of the request.</param>
    /// <returns>Whether it is safe to send it again.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="exception"/> is <see langword="null"/>.</exception>
    public static bool IsSafe(Exception exception)
    {
        Check.NotNull(exception);
        for (var current = exception; current is not null; current = current.InnerException)
        {
            switch (current)
            {
                case NotSentException or ConnectFailedException:
                    return true;
                case SocketException socket:
                    return ProvesNothingWritten(socket.SocketErrorCode);
                case AggregateException aggregate:
                    return aggregate.InnerExceptions.Count > 0 && aggregate.InnerExceptions.All(IsSafe);
#if NET
                case HttpProtocolException protocol:
                    return protocol.ErrorCode is RefusedStream or RequestRejected;
                case HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError }:
                    return true;
                case HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: SocketException }:
                    return true;
#endif
                case IOException or HttpRequestException or WebSocketException:
                    // Wrappers: what they wrap decides.
                    continue;
                default:
                    return false;
            }
        }

        return false;
    }

    // Unreachable hosts and networks are not here: a connection that was open can end with them, after something was written.
    private static bool ProvesNothingWritten(SocketError error) => error is
        SocketError.ConnectionRefused or SocketError.NotConnected or
        SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoRecovery or SocketError.NoData;
}
