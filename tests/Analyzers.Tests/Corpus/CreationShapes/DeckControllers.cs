// Controllers on the deck of a car ferry: sockets handed about, closed by helpers, filters, registrations, lists.
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Quic;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace Shapes.Creation.DeckControllers;

public sealed class Bag : IDisposable
{
    private readonly Stack<IDisposable> _things = new();

    public T Add<T>(T thing) where T : IDisposable
    {
        _things.Push(thing);
        return thing;
    }

    public void Release() => _things.Clear();

    public void Dispose()
    {
        while (_things.TryPop(out var thing)) thing.Dispose();
    }
}

public static class DeckDial
{
    // ok LCA1003: the bag closes what was not released
    public static async Task<NetworkStream> OpenAsync(EndPoint where, CancellationToken stop)
    {
        using var bag = new Bag();
        var socket = bag.Add(new Socket(SocketType.Stream, ProtocolType.Tcp));
        await socket.ConnectAsync(where, stop);
        var stream = new NetworkStream(socket, ownsSocket: true);
        bag.Release();
        return stream;
    }

    // ok LCA1003: a filter closes whatever it was
    public static Socket OpenFiltered(EndPoint where)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(where);
        }
        catch (Exception) when (Closed(socket))
        {
            throw;
        }
        return socket;
    }

    private static bool Closed(IDisposable thing)
    {
        thing.Dispose();
        return true;
    }

    // ok LCA1003: not connected, closed
    public static Socket? OpenOrNull(EndPoint where)
    {
        Socket? socket = new(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(where);
            return socket;
        }
        catch (SocketException)
        {
            return null;
        }
        finally
        {
            if (!socket.Connected) socket.Dispose(); //? LCA2003
        }
    }

    // the filter lets cancellation out, and nobody closes
    public static async Task<Socket?> OpenUnlessRefusedAsync(EndPoint where, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(where, stop);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.TimedOut)
        {
            socket.Dispose();
            return null;
        }
    }

    public static bool TryOpen(EndPoint where, [NotNullWhen(true)] out Socket? opened)
    {
        opened = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            opened.Connect(where);
            return true;
        }
        catch (SocketException)
        {
            opened = null;
            return false;
        }
    }

    // ok LCA1003
    public static bool TryOpenTidily(EndPoint where, [NotNullWhen(true)] out Socket? opened)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(where);
            opened = socket;
            return true;
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
            socket.Dispose();
            opened = null;
            return false;
        }
    }

    // ok LCA1003: cancellation closes it, and so does every failure
    public static async Task<WebSocket> OpenSocketAsync(Uri where, TimeSpan patience)
    {
        using var give = new CancellationTokenSource(patience);
        var socket = new ClientWebSocket();
        var dial = socket.ConnectAsync(where, give.Token);
        try
        {
            await dial.ConfigureAwait(false);
        }
        finally
        {
            if (!dial.IsCompletedSuccessfully) socket.Dispose();
        }
        return socket;
    }

    public static async Task<WebSocket> OpenSocketLooselyAsync(Uri where, string protocol, TimeSpan patience)
    {
        using var give = new CancellationTokenSource(patience);
        var socket = new ClientWebSocket { Options = { KeepAliveInterval = TimeSpan.FromSeconds(10) } }; //! LCA1003
        socket.Options.AddSubProtocol(protocol);
        await socket.ConnectAsync(where, give.Token).ConfigureAwait(false);
        if (socket.SubProtocol != protocol) throw new ProtocolViolationException(protocol);
        return socket;
    }

    // ok LCA1003: a continuation closes
    public static Task<Socket> OpenContinued(EndPoint where)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        return socket.ConnectAsync(where, CancellationTokens.After(3000)).AsTask().ContinueWith(t =>
        {
            if (t.IsCompletedSuccessfully) return socket;
            socket.Dispose();
            throw t.Exception?.InnerException ?? new OperationCanceledException();
        }, TaskScheduler.Default);
    }
}

internal static class CancellationTokens
{
    public static CancellationToken After(int milliseconds) => new CancellationTokenSource(milliseconds).Token;
}

/// <summary>Keeps what it opened in a list that Dispose walks.</summary>
public sealed class Deck : IDisposable
{
    private readonly List<TcpClient> _controllers = [];

    // ok LCA1003: in the list before the dial
    public async Task AddAsync(IPEndPoint where, CancellationToken stop)
    {
        var controller = new TcpClient();
        _controllers.Add(controller);
        await controller.ConnectAsync(where, stop);
    }

    public async Task AddLateAsync(IPEndPoint where, CancellationToken stop)
    {
        var controller = new TcpClient(); //! LCA1003
        await controller.ConnectAsync(where, stop);
        _controllers.Add(controller);
    }

    public void Dispose() => _controllers.ForEach(c => c.Dispose());
}

public abstract class Dialler<T> where T : class, IDisposable
{
    protected abstract T Create();
    protected abstract Task DialAsync(T connection, CancellationToken stop);

    // ok LCA1003: a template that closes
    public async Task<T> OpenAsync(CancellationToken stop)
    {
        var connection = Create();
        try
        {
            await DialAsync(connection, stop);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}

public sealed class TcpDialler(IPEndPoint where) : Dialler<TcpClient>
{
    protected override TcpClient Create() => new() { LingerState = new LingerOption(true, 0) };

    protected override Task DialAsync(TcpClient connection, CancellationToken stop) => connection.ConnectAsync(where, stop).AsTask();
}
