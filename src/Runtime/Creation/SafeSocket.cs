using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>Creates TCP and Unix domain sockets that are connected, or disposed: none is left behind by a connect that failed.</summary>
/// <remarks>
/// <para>Every failure is a <see cref="SocketException"/> that names the endpoint, each address that was tried and its error, also
/// in <see cref="Exception.Data"/> as <c>server.address</c> and <c>server.port</c>. Its code is that of the last address. A
/// connect that took too long is one with <see cref="SocketError.TimedOut"/>, like a timeout of the operating system, so that there is
/// one exception to handle.</para>
/// <para>Of a host all addresses are tried in the order of the resolver, each with an equal share of the time that is left: an
/// address that never answers does not use up the time of the others. Resolving the name counts towards the time.</para>
/// <para>The time limit is 15 s unless given; <see cref="Timeout.InfiniteTimeSpan"/> means none. Cancellation by the caller is
/// no failure: it throws <see cref="OperationCanceledException"/> from all members, those with a handler and the <c>Try…</c> ones too, and
/// the socket is disposed then as well.</para>
/// <para>Thread-safe. The socket that comes back belongs to the caller, and has the platform's defaults (blocking, with Nagle's
/// algorithm).</para>
/// </remarks>
public static class SafeSocket
{
    /// <summary>The time limit where none is given: 15 seconds.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Connects to a host.</summary>
    /// <param name="host">The name or the address of the host.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="timeout">The time limit for everything; 15 s if not given.</param>
    /// <param name="timeProvider">Tells the time; the system's clock if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="host"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port or the time limit is out of its range.</exception>
    /// <exception cref="SocketException">Connecting failed or took too long; the message names the endpoint.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<Socket> ConnectAsync(
        string host, int port, TimeSpan? timeout = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        var result = await Attempt(host, port, timeout, timeProvider, cancellationToken).RunAsync().ConfigureAwait(false);
        return result.Socket ?? throw result.Exception!;
    }

    /// <summary>Connects to a host, within 15 s.</summary>
    /// <param name="host">The name or the address of the host.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="host"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port is out of its range.</exception>
    /// <exception cref="SocketException">Connecting failed or took too long; the message names the endpoint.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<Socket> ConnectAsync(string host, int port, CancellationToken cancellationToken) =>
        ConnectAsync(host, port, null, null, cancellationToken);

    /// <summary>Connects to an endpoint.</summary>
    /// <param name="endPoint">An address and port, a host's name and port (<see cref="DnsEndPoint"/>), or a Unix domain socket's path.</param>
    /// <param name="timeout">The time limit for everything; 15 s if not given.</param>
    /// <param name="timeProvider">Tells the time; the system's clock if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is out of its range.</exception>
    /// <exception cref="SocketException">Connecting failed or took too long; the message names the endpoint.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<Socket> ConnectAsync(
        EndPoint endPoint, TimeSpan? timeout = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        var result = await Attempt(endPoint, timeout, timeProvider, cancellationToken).RunAsync().ConfigureAwait(false);
        return result.Socket ?? throw result.Exception!;
    }

    /// <summary>Connects to an endpoint, within 15 s.</summary>
    /// <param name="endPoint">An address and port, a host's name and port (<see cref="DnsEndPoint"/>), or a Unix domain socket's path.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    /// <exception cref="SocketException">Connecting failed or took too long; the message names the endpoint.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<Socket> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken) =>
        ConnectAsync(endPoint, null, null, cancellationToken);

    /// <summary>Connects to a host; a failure goes to the handler.</summary>
    /// <param name="host">The name or the address of the host.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="onError">Gets the failure, once, before the task completes. What it throws comes out of the task.</param>
    /// <param name="timeout">The time limit for everything; 15 s if not given.</param>
    /// <param name="timeProvider">Tells the time; the system's clock if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket, or <see langword="null"/> after the handler was called.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="host"/> or <paramref name="onError"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port or the time limit is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the handler is not called.</exception>
    public static async Task<Socket?> ConnectAsync(
        string host, int port, Action<Exception> onError, TimeSpan? timeout = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        Check.NotNull(onError);
        return Told(await Attempt(host, port, timeout, timeProvider, cancellationToken).RunAsync().ConfigureAwait(false), onError);
    }

    /// <summary>Connects to an endpoint; a failure goes to the handler.</summary>
    /// <param name="endPoint">An address and port, a host's name and port (<see cref="DnsEndPoint"/>), or a Unix domain socket's path.</param>
    /// <param name="onError">Gets the failure, once, before the task completes. What it throws comes out of the task.</param>
    /// <param name="timeout">The time limit for everything; 15 s if not given.</param>
    /// <param name="timeProvider">Tells the time; the system's clock if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket, or <see langword="null"/> after the handler was called.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> or <paramref name="onError"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; the handler is not called.</exception>
    public static async Task<Socket?> ConnectAsync(
        EndPoint endPoint, Action<Exception> onError, TimeSpan? timeout = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default)
    {
        Check.NotNull(onError);
        return Told(await Attempt(endPoint, timeout, timeProvider, cancellationToken).RunAsync().ConfigureAwait(false), onError);
    }

    /// <summary>Connects to a host; a failure is in the result.</summary>
    /// <param name="host">The name or the address of the host.</param>
    /// <param name="port">The port, 1 to 65535.</param>
    /// <param name="timeout">The time limit for everything; 15 s if not given.</param>
    /// <param name="timeProvider">Tells the time; the system's clock if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket, or the failure.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="host"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The port or the time limit is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<ConnectResult> TryConnectAsync(
        string host, int port, TimeSpan? timeout = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        Attempt(host, port, timeout, timeProvider, cancellationToken).RunAsync().AsTask();

    /// <summary>Connects to an endpoint; a failure is in the result.</summary>
    /// <param name="endPoint">An address and port, a host's name and port (<see cref="DnsEndPoint"/>), or a Unix domain socket's path.</param>
    /// <param name="timeout">The time limit for everything; 15 s if not given.</param>
    /// <param name="timeProvider">Tells the time; the system's clock if not given.</param>
    /// <param name="cancellationToken">Cancels the connect.</param>
    /// <returns>The connected socket, or the failure.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endPoint"/> is <see langword="null"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is out of its range.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static Task<ConnectResult> TryConnectAsync(
        EndPoint endPoint, TimeSpan? timeout = null, TimeProvider? timeProvider = null, CancellationToken cancellationToken = default) =>
        Attempt(endPoint, timeout, timeProvider, cancellationToken).RunAsync().AsTask();

    private static ConnectAttempt Attempt(string host, int port, TimeSpan? timeout, TimeProvider? timeProvider, CancellationToken cancellationToken)
    {
        Check.NotNull(host);
        if (port is < 1 or > IPEndPoint.MaxPort)
        {
            throw new ArgumentOutOfRangeException(nameof(port), port, "A port to connect to is 1 to 65535.");
        }

        var limit = timeout ?? DefaultTimeout;
        Check.TimeLimit(limit, nameof(timeout));
        return new ConnectAttempt(host, port, limit, timeProvider ?? TimeProvider.System, cancellationToken);
    }

    private static ConnectAttempt Attempt(EndPoint endPoint, TimeSpan? timeout, TimeProvider? timeProvider, CancellationToken cancellationToken)
    {
        Check.NotNull(endPoint);
        var limit = timeout ?? DefaultTimeout;
        Check.TimeLimit(limit, nameof(timeout));
        return new ConnectAttempt(endPoint, limit, timeProvider ?? TimeProvider.System, cancellationToken);
    }

    private static Socket? Told(ConnectResult result, Action<Exception> onError)
    {
        if (result.Exception is { } failure)
        {
            onError(failure);
        }

        return result.Socket;
    }
}
