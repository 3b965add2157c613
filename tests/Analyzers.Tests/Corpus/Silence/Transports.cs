// Transport layer of a message bus client: dialing, TLS upgrade, builders and results instead of exceptions.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Silence.Transports;

public sealed record DialOptions
{
    public required string Host { get; init; }
    public int Port { get; init; } = 7400;
    public bool UseTls { get; init; }
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
    public int MaxAttempts { get; init; } = 4;
}

public interface IByteTransport : IAsyncDisposable
{
    Stream Stream { get; }
    EndPoint? Remote { get; }
}

public sealed class SocketTransport : IByteTransport
{
    private readonly Socket _socket;

    private SocketTransport(Socket socket)
    {
        _socket = socket;
        Stream = new NetworkStream(socket, ownsSocket: false);
        Remote = socket.RemoteEndPoint;
    }

    public Stream Stream { get; }

    public EndPoint? Remote { get; }

    // ok LCA1003: every failure closes, success hands the socket to the transport
    // ok LCA1008: the linked source carries the deadline
    public static async ValueTask<SocketTransport> DialAsync(DialOptions options, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(options.Host, options.Port), deadline.Token).ConfigureAwait(false);
            return new SocketTransport(socket);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException($"{options.Host}:{options.Port} did not answer within {options.ConnectTimeout}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // The first version of the same method: the timeout is translated, and only there the socket is closed.
    public static async ValueTask<SocketTransport> DialTranslatingAsync(DialOptions options, CancellationToken ct)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ct);
        deadline.CancelAfter(options.ConnectTimeout);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
        try
        {
            await socket.ConnectAsync(new DnsEndPoint(options.Host, options.Port), deadline.Token).ConfigureAwait(false);
            return new SocketTransport(socket);
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException($"{options.Host}:{options.Port} did not answer within {options.ConnectTimeout}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }
}

public sealed class TlsTransport(SslStream tls, IByteTransport inner) : IByteTransport
{
    public Stream Stream => tls;

    public EndPoint? Remote => inner.Remote;

    // ok LCA1003: the flag tells the finally whether ownership has left
    public static async ValueTask<IByteTransport> UpgradeAsync(IByteTransport inner, string host, CancellationToken ct)
    {
        var tls = new SslStream(inner.Stream, leaveInnerStreamOpen: true);
        var handedOver = false;
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct).ConfigureAwait(false);
            var upgraded = new TlsTransport(tls, inner);
            handedOver = true;
            return upgraded;
        }
        finally
        {
            if (!handedOver)
            {
                await tls.DisposeAsync().ConfigureAwait(false);
                await inner.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await tls.DisposeAsync().ConfigureAwait(false);
        await inner.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>Either a transport or the reason why there is none.</summary>
public readonly record struct DialResult(IByteTransport? Transport, Exception? Error)
{
    public bool Succeeded => Error is null;

    public static implicit operator DialResult(Exception error) => new(null, error);
}

public static class SocketExtensions
{
    public static void CloseQuietly(this Socket? socket)
    {
        try
        {
            socket?.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // not connected any more
        }
        catch (ObjectDisposedException)
        {
            // closed by somebody else
        }
        finally
        {
            socket?.Dispose();
        }
    }
}

public sealed class AddressDialer(ILogger<AddressDialer> log)
{
    // ok LCA1003: a local that is set to null when it is handed over, and a finally that closes what is left
    public async Task<Socket> FirstReachableAsync(string host, int port, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        List<Exception>? errors = null;
        foreach (var address in addresses)
        {
            Socket? candidate = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await candidate.ConnectAsync(address, port, ct);
                var reachable = candidate;
                candidate = null;
                return reachable;
            }
            catch (SocketException e)
            {
                log.LogDebug(e, "{Address} did not answer", address);
                (errors ??= []).Add(e);
            }
            finally
            {
                candidate.CloseQuietly();
            }
        }

        throw new AggregateException($"no address of {host} answers", errors ?? []);
    }

    // The same loop before the finally was there: it disposes of those it will not try again, but not of the last.
    public async Task<Socket> FirstReachableOldAsync(string host, int port, CancellationToken ct)
    {
        var addresses = await Dns.GetHostAddressesAsync(host, ct);
        for (var i = 0; i < addresses.Length; i++)
        {
            var candidate = new Socket(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await candidate.ConnectAsync(addresses[i], port, ct);
                return candidate;
            }
            catch (SocketException e)
            {
                log.LogDebug(e, "{Address} did not answer", addresses[i]);
                if (i == addresses.Length - 1) throw;
                candidate.Dispose();
            }
        }

        throw new InvalidOperationException($"{host} has no address");
    }

    // ok LCA1003: the helper closes and rethrows; the tuple takes the socket along on success only
    public async Task<(Socket Control, Socket Data)> DialPairAsync(EndPoint control, EndPoint data, CancellationToken ct)
    {
        var first = await OpenAsync(control, ct);
        try
        {
            return (first, await OpenAsync(data, ct));
        }
        catch
        {
            first.CloseQuietly();
            throw;
        }
    }

    private static async Task<Socket> OpenAsync(EndPoint remote, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(remote, ct);
        }
        catch
        {
            socket.CloseQuietly();
            throw;
        }

        return socket;
    }
}

public sealed class TransportBuilder(DialOptions options, ILogger<TransportBuilder> log)
{
    private readonly List<Func<IByteTransport, CancellationToken, ValueTask<IByteTransport>>> _layers = [];

    public TransportBuilder WithTls()
    {
        _layers.Add((inner, ct) => TlsTransport.UpgradeAsync(inner, options.Host, ct));
        return this;
    }

    // ok LCA1003: whatever layer fails, the stack below it is closed
    public async Task<IByteTransport> BuildAsync(CancellationToken ct)
    {
        IByteTransport current = await SocketTransport.DialAsync(options, ct);
        try
        {
            foreach (var layer in _layers) current = await layer(current, ct);
        }
        catch (Exception e)
        {
            log.LogWarning(e, "a layer over {Remote} failed", current.Remote);
            await current.DisposeAsync();
            throw;
        }

        return current;
    }

    // ok LCA1003 LCA1008: attempts are made through BuildAsync, which owns each of them
    public async Task<DialResult> TryBuildAsync(CancellationToken ct)
    {
        Exception last = new InvalidOperationException("no attempt was made");
        for (var attempt = 0; attempt < options.MaxAttempts; attempt++)
        {
            try
            {
                return new DialResult(await BuildAsync(ct), null);
            }
            catch (Exception e) when (e is SocketException or IOException or TimeoutException)
            {
                last = e;
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), ct);
            }
        }

        return last;
    }
}

public sealed class LocalAgentClient
{
    // ok LCA1003 LCA1008: in a using, with a token; nothing leaves
    public static async Task<string> AskAsync(string path, string question, CancellationToken ct)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
        await using var stream = new NetworkStream(socket);
        await using var writer = new StreamWriter(stream, leaveOpen: true) { AutoFlush = true };
        await writer.WriteLineAsync(question.AsMemory(), ct);
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadLineAsync(ct) ?? throw new EndOfStreamException();
    }

    // Nobody bounds it: the agent's backlog can be full for as long as the agent hangs.
    public static async Task<Stream> AttachAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path)); //! LCA1008
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
