// RTSP cameras: how their control connection is dialled, in the handwriting of several people.
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Ways.Cameras;

public sealed record CameraAddress(string Host, int Port = 554, bool Secure = false);

public interface ICameraDialer
{
    ValueTask<Stream> DialAsync(CameraAddress address, CancellationToken cancel);

    async ValueTask<Stream> DialPlainAsync(CameraAddress address, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true }; //! LCA1003
        await socket.ConnectAsync(address.Host, address.Port, cancel).ConfigureAwait(false);
        return new NetworkStream(socket, ownsSocket: true);
    }

    async ValueTask<Stream> DialCarefullyAsync(CameraAddress address, CancellationToken cancel)
    {
        Socket? socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancel).ConfigureAwait(false);
            var stream = new NetworkStream(socket, ownsSocket: true);
            socket = null;
            return stream;
        }
        finally
        {
            socket?.Dispose();
        }
    }
}

public sealed class TlsDialer : ICameraDialer
{
    public async ValueTask<Stream> DialAsync(CameraAddress address, CancellationToken cancel)
    {
        var (host, port, secure) = address;
        TcpClient client = new() { ReceiveTimeout = 5_000 };
        var kept = false;
        try
        {
            await client.ConnectAsync(host, port, cancel);
            Stream stream = client.GetStream();
            if (secure)
            {
                var tls = new SslStream(stream, leaveInnerStreamOpen: false);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, cancel);
            }

            kept = true;
            return stream;
        }
        finally
        {
            if (!kept) client.Dispose();
        }
    }
}

public static class CameraSweep
{
    /// <summary>Every camera of the list, opened one after the other.</summary>
    public static async IAsyncEnumerable<Socket> OpenAllAsync(IEnumerable<IPEndPoint> cameras, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var camera in cameras)
        {
            Socket socket = new(camera.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
            await socket.ConnectAsync(camera, cancel);
            yield return socket;
        }
    }

    /// <summary>Those that answer; the others are closed and passed over.</summary>
    public static async IAsyncEnumerable<Socket> OpenReachableAsync(IEnumerable<IPEndPoint> cameras, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        foreach (var camera in cameras)
        {
            Socket socket = new(camera.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await socket.ConnectAsync(camera, cancel);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is SocketException) continue;
                throw;
            }

            yield return socket;
        }
    }

    public static Socket OpenStubborn(IPEndPoint camera)
    {
        var attempts = 0;
    again:
        var socket = new Socket(camera.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            socket.Connect(camera);
            return socket;
        }
        catch (SocketException e) when (e is { SocketErrorCode: SocketError.TimedOut } && attempts++ < 3)
        {
            goto again;
        }
    }

    public static Socket OpenStubbornAndTidy(IPEndPoint camera)
    {
        var attempts = 0;
    again:
        var socket = new Socket(camera.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(camera);
            return socket;
        }
        catch
        {
            socket.Close();
            if (attempts++ < 3) goto again;
            throw;
        }
    }

    public static bool TryOpen(IPEndPoint camera, out Socket? socket)
    {
        var fresh = new Socket(camera.AddressFamily, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try { fresh.Connect(camera); }
        catch (SocketException) { socket = null; return false; }
        socket = fresh;
        return true;
    }

    public static bool TryOpenTidy(IPEndPoint camera, out Socket? socket)
    {
        socket = new Socket(camera.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try { socket.Connect(camera); return true; }
        catch (SocketException) { socket.Dispose(); socket = null; return false; }
    }

    public static Task<Stream[]> OpenPairAsync(IPEndPoint video, IPEndPoint audio, CancellationToken cancel)
    {
        return Task.WhenAll(Open(video, cancel), OpenClosing(audio, cancel));

        static async Task<Stream> Open(IPEndPoint end, CancellationToken cancel)
        {
            var client = new TcpClient(end.AddressFamily); //! LCA1003
            await client.ConnectAsync(end, cancel);
            return client.GetStream();
        }

        static async Task<Stream> OpenClosing(IPEndPoint end, CancellationToken cancel)
        {
            var client = new TcpClient(end.AddressFamily);
            try { await client.ConnectAsync(end, cancel); }
            catch { using (client) throw; }
            return client.GetStream();
        }
    }
}
