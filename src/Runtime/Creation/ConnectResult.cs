using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>The answer of <c>SafeSocket.TryConnectAsync</c>: a connected socket, or why there is none.</summary>
/// <remarks>Immutable and therefore thread-safe. The socket belongs to the caller, who disposes it.</remarks>
public readonly struct ConnectResult : IEquatable<ConnectResult>
{
    internal ConnectResult(Socket? socket, Exception? exception)
    {
        Socket = socket;
        Exception = exception;
    }

    /// <summary>Gets the connected socket, or <see langword="null"/> if connecting failed.</summary>
    public Socket? Socket { get; }

    /// <summary>
    /// Gets why connecting failed, a <see cref="SocketException"/> that names the endpoint; or <see langword="null"/> if it did not.
    /// </summary>
    public Exception? Exception { get; }

    /// <summary>Gets whether there is a connected socket.</summary>
    [MemberNotNullWhen(true, nameof(Socket))]
    public bool IsConnected => Socket is not null;

    /// <summary>Compares two results.</summary>
    /// <param name="left">One result.</param>
    /// <param name="right">The other result.</param>
    /// <returns>Whether both have the same socket and exception objects.</returns>
    public static bool operator ==(ConnectResult left, ConnectResult right) => left.Equals(right);

    /// <summary>Compares two results.</summary>
    /// <param name="left">One result.</param>
    /// <param name="right">The other result.</param>
    /// <returns>Whether they differ in the socket or exception object.</returns>
    public static bool operator !=(ConnectResult left, ConnectResult right) => !left.Equals(right);

    /// <summary>Takes the result apart.</summary>
    /// <param name="socket">The connected socket, or <see langword="null"/>.</param>
    /// <param name="exception">Why connecting failed, or <see langword="null"/>.</param>
    public void Deconstruct(out Socket? socket, out Exception? exception)
    {
        socket = Socket;
        exception = Exception;
    }

    /// <inheritdoc/>
    public bool Equals(ConnectResult other) => ReferenceEquals(Socket, other.Socket) && ReferenceEquals(Exception, other.Exception);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is ConnectResult other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (Socket?.GetHashCode() ?? 0) ^ (Exception?.GetHashCode() ?? 0);
}
