using System.Diagnostics.CodeAnalysis;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Clauses.OddDials;

public sealed class Dial
{
    private readonly Func<EndPoint, CancellationToken, Task<Socket>> _connect = async (to, stop) =>
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        await socket.ConnectAsync(to, stop);
        return socket;
    };

    public Task<Socket> ByDelegateAsync(EndPoint to, CancellationToken stop) => _connect(to, stop);

    public static bool TryConnect(string host, int port, [NotNullWhen(true)] out TcpClient? client)
    {
        client = new TcpClient(); //! LCA1003
        try
        {
            client.Connect(host, port);
            return true;
        }
        catch (SocketException)
        {
            client = null;
            return false;
        }
    }

    public static bool TryConnectClosing(string host, int port, [NotNullWhen(true)] out TcpClient? client)
    {
        var made = new TcpClient();
        try
        {
            made.Connect(host, port);
            client = made;
            return true;
        }
        catch (SocketException)
        {
            made.Dispose();
            client = null;
            return false;
        }
        catch
        {
            made.Dispose();
            throw;
        }
    }

    public static async Task<Stream> DuplexAsync(bool local, string name, CancellationToken stop)
    {
        if (local)
        {
            var pipe = new NamedPipeClientStream(name);
            try
            {
                await pipe.ConnectAsync(stop);
                return pipe;
            }
            catch (Exception e) when (Closed(pipe, e))
            {
                throw;
            }
        }

        var tcp = new TcpClient(); //! LCA1003
        await tcp.ConnectAsync(name, 7000, stop);
        return tcp.GetStream();
    }

    private static bool Closed(IDisposable opened, Exception error)
    {
        opened.Dispose();
        return error is not null;
    }

    public static Socket Bound(IPAddress address, bool v6)
    {
        var socket = v6 ? new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) : new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp); //! LCA1003
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    public static Socket Listening(int port) => Started(new Socket(SocketType.Stream, ProtocolType.Tcp), port); //! LCA1003

    private static Socket Started(Socket socket, int port)
    {
        socket.Bind(new IPEndPoint(IPAddress.Any, port));
        socket.Listen();
        return socket;
    }

    public static async Task<WebSocket> SwitchedAsync(Uri uri, CancellationToken stop)
    {
        ClientWebSocket? web = null;
        try
        {
            web = uri.Scheme switch
            {
                "ws" => new ClientWebSocket(),
                _ => new ClientWebSocket { Options = { KeepAliveInterval = TimeSpan.FromSeconds(20) } },
            };
            await web.ConnectAsync(uri, stop);
            var opened = web;
            web = null;
            return opened;
        }
        finally
        {
            web?.Dispose();
        }
    }

    public static async IAsyncEnumerable<byte[]> FramesAsync(EndPoint from, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(from, stop);
        var buffer = new byte[1024];
        int count;
        while ((count = await socket.ReceiveAsync(buffer, stop)) > 0) yield return buffer[..count];
    }

    public static Task<TcpClient> ContinuedAsync(string host, int port)
    {
        var client = new TcpClient();
        return client.ConnectAsync(host, port, CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(5)).ContinueWith(t =>
        {
            if (t.IsCompletedSuccessfully) return client;
            client.Dispose();
            throw t.Exception!.InnerException!;
        });
    }
}

public class Station
{
    private Socket _socket;

    public bool Open(string host, int port)
    {
        Socket candidate = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        IAsyncResult pending = candidate.BeginConnect(host, port, null, null);
        if (!pending.AsyncWaitHandle.WaitOne(2000))
        {
            candidate.Close();
            return false;
        }
        candidate.EndConnect(pending);
        _socket = candidate;
        return true;
    }

    public void Close()
    {
        if (_socket != null) _socket.Close();
    }
}

public sealed class TwoWay : IAsyncDisposable
{
    private readonly NamedPipeServerStream _in;
    private readonly NamedPipeClientStream _out;

    private TwoWay(NamedPipeServerStream input, NamedPipeClientStream output)
    {
        _in = input;
        _out = output;
    }

    public static async Task<TwoWay> OpenAsync(string name, CancellationToken stop)
    {
        var input = new NamedPipeServerStream(name + ".in"); //! LCA1003
        var output = new NamedPipeClientStream(name + ".out"); //! LCA1003
        await input.WaitForConnectionAsync(stop);
        await output.ConnectAsync(stop);
        return new TwoWay(input, output);
    }

    public static async Task<TwoWay> OpenSafelyAsync(string name, CancellationToken stop)
    {
        var input = new NamedPipeServerStream(name + ".in");
        var output = new NamedPipeClientStream(name + ".out");
        try
        {
            await input.WaitForConnectionAsync(stop);
            await output.ConnectAsync(stop);
            return new TwoWay(input, output);
        }
        catch
        {
            await input.DisposeAsync();
            await output.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _in.DisposeAsync();
        await _out.DisposeAsync();
    }
}
