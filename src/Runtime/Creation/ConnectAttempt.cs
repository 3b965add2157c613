using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;

namespace LifecycleAnalyzers.Runtime;

/// <summary>One connect: resolves, tries each address within its share of the time, and leaves no socket behind but the connected one.</summary>
internal sealed class ConnectAttempt
{
    private readonly EndPoint? _endPoint;
    private readonly IPAddress[]? _addresses;
    private readonly string? _name;
    private readonly int _port;
    private readonly TimeSpan _limit;
    private readonly TimeProvider _time;
    private readonly CancellationToken _cancellation;
    private readonly long _start;
    private StringBuilder? _attempts;
    private SocketError _error;
    private Exception? _cause;

    public ConnectAttempt(string host, int port, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
        : this(port, limit, time, cancellation) => _name = host;

    public ConnectAttempt(EndPoint endPoint, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
        : this(PortOf(endPoint), limit, time, cancellation)
    {
        _name = (endPoint as DnsEndPoint)?.Host;
        _endPoint = _name is null ? endPoint : null;
    }

    /// <summary>To a host whose addresses are known already.</summary>
    public ConnectAttempt(string host, IPAddress[] addresses, int port, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
        : this(host, port, limit, time, cancellation) => _addresses = addresses;

    private ConnectAttempt(int port, TimeSpan limit, TimeProvider time, CancellationToken cancellation)
    {
        _port = port;
        _limit = limit;
        _time = time;
        _cancellation = cancellation;
        _start = time.GetTimestamp();
    }

    /// <summary>Gets the name or address for those who want to read it.</summary>
    private string Host => _name ?? (_endPoint is IPEndPoint ip ? ip.Address.ToString() : _endPoint!.ToString() ?? _endPoint.GetType().Name);

    private string Target => _port > 0 ? (Host.IndexOf(':') >= 0 ? $"[{Host}]:{_port}" : $"{Host}:{_port}") : Host;

    // What is awaited in here is awaited once, by us: so its objects may be used again.
#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    public async ValueTask<ConnectResult> RunAsync()
    {
        _cancellation.ThrowIfCancellationRequested();
        var socket = _endPoint is null
            ? await TryAllAsync().ConfigureAwait(false)
            : await TryOneAsync(_endPoint, 1).ConfigureAwait(false);
        var failure = socket is null ? Failure() : null;
        if (LifecycleMetrics.MeasuresConnects)
        {
            var transport = _endPoint?.AddressFamily == AddressFamily.Unix ? "unix" : "tcp";
            LifecycleMetrics.Connected(_time.Since(_start), Host, _port, transport, failure);
        }

        return new ConnectResult(socket, failure);
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<Socket?> TryAllAsync()
    {
        var addresses = _addresses ?? await ResolveAsync().ConfigureAwait(false);
        for (var i = 0; i < addresses.Length; i++)
        {
            if (await TryOneAsync(new IPEndPoint(addresses[i], _port), addresses.Length - i).ConfigureAwait(false) is { } socket)
            {
                return socket;
            }
        }

        return null;
    }

    private async Task<IPAddress[]> ResolveAsync()
    {
        if (IPAddress.TryParse(_name, out var literal))
        {
            return [literal];
        }

        using var limit = new TimeLimit(_limit, _time, _cancellation);
        try
        {
#if NET
            var addresses = await Dns.GetHostAddressesAsync(_name!, limit.Token).ConfigureAwait(false);
#else
            var addresses = await Dns.GetHostAddressesAsync(_name!).WaitAsync(limit.Token).ConfigureAwait(false);
#endif
            if (addresses.Length == 0)
            {
                Failed(null, SocketError.NoData, null);
            }

            return addresses;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ArgumentException)
        {
            _cancellation.ThrowIfCancellationRequested();

            // A name that is too long for DNS is an argument exception of the resolver; to the caller it is a host that is not there.
            Failed(null, e is SocketException resolver ? resolver.SocketErrorCode : e is ArgumentException ? SocketError.HostNotFound : SocketError.TimedOut, e);
            return [];
        }
    }

#if NET
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
#endif
    private async ValueTask<Socket?> TryOneAsync(EndPoint endPoint, int addressesLeft)
    {
        var share = Share(addressesLeft);
        if (share == TimeSpan.Zero)
        {
            Failed(endPoint, SocketError.TimedOut, null);
            return null;
        }

        Socket? socket = null;
        try
        {
            using var limit = TimeLimit.OfSpares(share, _time, _cancellation);
            var protocol = endPoint.AddressFamily == AddressFamily.Unix ? ProtocolType.Unspecified : ProtocolType.Tcp;
            socket = new Socket(endPoint.AddressFamily, SocketType.Stream, protocol);
            // An address as a socket of both families names it: reached by one of both alone.
            if (endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true }) socket.DualMode = true;
            await ConnectAsync(socket, endPoint, limit.Token).ConfigureAwait(false);
            var connected = socket;
            socket = null;
            return connected;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            _cancellation.ThrowIfCancellationRequested();
            Failed(endPoint, e is SocketException failure ? failure.SocketErrorCode : SocketError.TimedOut, e);
            return null;
        }
        finally
        {
            socket?.Dispose();
        }
    }

#if NET
    private static ValueTask ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken cancellationToken) =>
        socket.ConnectAsync(endPoint, cancellationToken);
#else
    private static async Task ConnectAsync(Socket socket, EndPoint endPoint, CancellationToken cancellationToken)
    {
        // This connect cannot be cancelled, only its socket can be taken from it; then it ends with an exception of its own choice.
        using (cancellationToken.Register(static s => ((Socket)s!).Dispose(), socket))
        {
            try
            {
                await socket.ConnectAsync(endPoint).ConfigureAwait(false);
            }
            catch (Exception e) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, cancellationToken);
            }
        }

        // The token may have won between the connect and the end of its registration; the socket is disposed then.
        cancellationToken.ThrowIfCancellationRequested();
    }
#endif

    private TimeSpan Share(int addressesLeft)
    {
        if (_limit == Timeout.InfiniteTimeSpan)
        {
            return _limit;
        }

        var left = _limit - _time.Since(_start);
        return left > TimeSpan.Zero ? TimeSpan.FromTicks(Math.Max(1, left.Ticks / addressesLeft)) : TimeSpan.Zero;
    }

    private void Failed(EndPoint? endPoint, SocketError error, Exception? cause)
    {
        _error = error;
        _cause = cause;
        _attempts = _attempts is null ? new StringBuilder(": ") : _attempts.Append("; ");
        if (endPoint is not null && endPoint.ToString() is { } text && text != Target)
        {
            _attempts.Append(text).Append(' ');
        }

        _attempts.Append(cause is SocketException ? cause.Message : new SocketException((int)error).Message)
            .Append(" (").Append(error).Append(')');
    }

    private ConnectFailedException Failure() =>
        new(_error, $"Could not connect to {Target}{_attempts}", Host, _port, _cause);

    private static int PortOf(EndPoint endPoint) => endPoint switch
    {
        DnsEndPoint dns => dns.Port,
        IPEndPoint ip => ip.Port,
        _ => 0,
    };
}
