using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime;

/// <summary>
/// A <see cref="SocketException"/> that names the endpoint and keeps its cause. Internal: callers catch <see cref="SocketException"/>
/// and read its code as they always did; <see cref="Replay"/> knows by the type that nothing was connected, so nothing was sent.
/// </summary>
internal sealed class ConnectFailedException : SocketException
{
    private readonly Exception? _cause;

    public ConnectFailedException(SocketError error, string message, string address, int port, Exception? cause)
        : base((int)error)
    {
        Message = message;
        _cause = cause;
        Data["server.address"] = address;
        if (port > 0)
        {
            Data["server.port"] = port;
        }
    }

    public override string Message { get; }

    /// <summary>A socket exception cannot have an inner one, so the cause of the last attempt is told here.</summary>
    public override string ToString() => _cause is null
        ? base.ToString()
        : base.ToString() + Environment.NewLine + " ---> " + _cause + Environment.NewLine + "   --- End of the cause of the last attempt ---";
}
