// A toolbox for field devices: generic dialling, decorators and helpers that own or pass on what they open.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;

namespace Ways.Devices;

public interface IDeviceLink : IAsyncDisposable
{
    bool IsOpen { get; }

    event EventHandler<Exception>? Faulted;

    Task OpenAsync(CancellationToken cancel);

    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel);
}

public static class Devices
{
    public static async Task<TLink> OpenAsync<TLink>(EventHandler<Exception> faulted, CancellationToken cancel) where TLink : IDeviceLink, new()
    {
        TLink link = new();
        link.Faulted += faulted;
        try
        {
            await link.OpenAsync(cancel).ConfigureAwait(false);
            return link;
        }
        catch when (Abandon(link))
        {
            throw;
        }
    }

    public static async Task<TLink> OpenLateAsync<TLink>(EventHandler<Exception> faulted, CancellationToken cancel) where TLink : class, IDeviceLink, new()
    {
        var link = new TLink(); //! LCA1003
        await link.OpenAsync(cancel).ConfigureAwait(false); //! LCA1001
        link.Faulted += faulted;
        return link;
    }

    private static bool Abandon(IAsyncDisposable link)
    {
        link.DisposeAsync().AsTask().Wait(1000);
        return true;
    }

    /// <summary>Whoever passes the socket keeps it when connecting fails: this closes it for him.</summary>
    public static async ValueTask ConnectOrCloseAsync(this Socket socket, EndPoint end, CancellationToken cancel)
    {
        try
        {
            await socket.ConnectAsync(end, cancel);
        }
        catch
        {
            socket.Close();
            throw;
        }
    }

    public static async Task<Stream> DialAsync(EndPoint end, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectOrCloseAsync(end, cancel);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public static async Task<Stream> DialFirstAsync(IEnumerable<EndPoint> ends, CancellationToken cancel)
    {
        List<Exception> failures = [];
        foreach (var end in ends)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(end, cancel);
                return new NetworkStream(socket, true);
            }
            catch (Exception failure)
            {
                failures.Add(failure);
                socket.Dispose();
                cancel.ThrowIfCancellationRequested();
            }
        }

        throw new AggregateException(failures);
    }

    public static async Task<Stream> DialFirstLeakingAsync(IEnumerable<EndPoint> ends, CancellationToken cancel)
    {
        List<Exception>? failures = null;
        foreach (var end in ends)
        {
            Socket socket = new(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            try
            {
                await socket.ConnectAsync(end, cancel);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch (SocketException failure)
            {
                (failures ??= []).Add(failure);
            }
        }

        throw new AggregateException(failures ?? []);
    }
}

/// <summary>The stream is wrapped step by step; each step owns what is below it.</summary>
public sealed class SecureDialer(Func<EndPoint, CancellationToken, Task<Stream>> dial)
{
    public SslProtocols Protocols { get; init; } = SslProtocols.None;

    public async Task<SslStream> DialAsync(DnsEndPoint end, CancellationToken cancel)
    {
        var inner = await dial(end, cancel);
        var tls = new SslStream(inner);
        try
        {
            await tls.AuthenticateAsClientAsync(new() { TargetHost = end.Host, EnabledSslProtocols = Protocols }, cancel);
        }
        catch (AuthenticationException e)
        {
            await tls.DisposeAsync();
            throw new IOException($"{end} is not who it says", e);
        }
        catch
        {
            await tls.DisposeAsync();
            throw;
        }

        return tls;
    }

    public Task<ClientWebSocket> UpgradeAsync(Uri uri, CancellationToken cancel)
    {
        ClientWebSocket socket = new() { Options = { KeepAliveInterval = TimeSpan.FromSeconds(20) } };
        return Finish();

        async Task<ClientWebSocket> Finish()
        {
            var done = false;
            try
            {
                await socket.ConnectAsync(uri, cancel);
                done = true;
            }
            finally
            {
                if (done is false) socket.Dispose();
            }

            return socket;
        }
    }
}

/// <summary>A field takes the socket before it is opened, and the type closes the field.</summary>
public sealed class DeviceSocket : IDisposable
{
    private Socket? _socket;

    public Socket Socket => _socket ?? throw new InvalidOperationException("not open");

    public async Task OpenAsync(EndPoint end, CancellationToken cancel)
    {
        _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(end, cancel);
    }

    public void Dispose() => Interlocked.Exchange(ref _socket, null)?.Dispose();
}

public sealed record DeviceRecord(string Name, Socket Socket) : IDisposable
{
    public static async Task<DeviceRecord> OpenAsync(string name, EndPoint end, CancellationToken cancel)
    {
        DeviceRecord device = new(name, new Socket(SocketType.Stream, ProtocolType.Tcp));
        try { await device.Socket.ConnectAsync(end, cancel); }
        catch { device.Dispose(); throw; }
        return device;
    }

    public void Dispose() => Socket.Dispose();
}
