// Ticket machines of a ferry line: awaiters over operation objects, EAP, thread pool, counters of many kinds.
using System.ComponentModel;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks.Sources;

namespace Shapes.Creation.FerryTickets;

/// <summary>An operation object that can be awaited.</summary>
public sealed class Operation : SocketAsyncEventArgs, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _core;

    protected override void OnCompleted(SocketAsyncEventArgs e) => Finish();

    private void Finish()
    {
        if (SocketError == SocketError.Success) _core.SetResult(BytesTransferred);
        else _core.SetException(new SocketException((int)SocketError));
    }

    // ok LCA1002: both ways are looked at
    public ValueTask<int> ReceiveAsync(Socket socket)
    {
        _core.Reset();
        if (socket.ReceiveAsync(this)) return new(this, _core.Version);
        return SocketError == SocketError.Success ? new(BytesTransferred) : ValueTask.FromException<int>(new SocketException((int)SocketError));
    }

    // the answer is thrown away: it may never end
    public ValueTask<int> SendAsync(Socket socket)
    {
        _core.Reset();
        socket.SendAsync(this); //! LCA1002
        return new(this, _core.Version);
    }

    // ok LCA1002: an exclusive or of two answers, well
    public ValueTask<int> ConnectAsync(Socket socket, EndPoint where)
    {
        _core.Reset();
        RemoteEndPoint = where;
        var isPending = socket.ConnectAsync(this);
        if (isPending == false) Finish();
        return new(this, _core.Version);
    }

    public int GetResult(short token) => _core.GetResult(token);
    public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) => _core.OnCompleted(continuation, state, token, flags);
}

/// <summary>Event-based, as it was done once: what fails goes into the event.</summary>
public sealed class TicketClient : Component
{
    private readonly AsyncOperation _ui = AsyncOperationManager.CreateOperation(null);
    private readonly TcpClient _wire = new();

    public event AsyncCompletedEventHandler? Connected;

    // ok LCA1005: each failure is told in the event
    public void ConnectAsync(string host) => ThreadPool.QueueUserWorkItem(_ =>
    {
        Exception? failure = null;
        try
        {
            _wire.Connect(host, 7000);
        }
        catch (Exception e)
        {
            failure = e;
        }
        _ui.Post(_ => Connected?.Invoke(this, new AsyncCompletedEventArgs(failure, false, null)), null);
    });

    public void ConnectLooselyAsync(string host) => ThreadPool.QueueUserWorkItem(_ =>
    {
        _wire.Connect(host, 7000); //! LCA1005
        _ui.Post(_ => Connected?.Invoke(this, new AsyncCompletedEventArgs(null, false, null)), null);
    });

    protected override void Dispose(bool disposing)
    {
        if (disposing) _wire.Dispose();
        base.Dispose(disposing);
    }
}

public sealed class MachineRoom
{
    private static readonly Meter s_meter = new("tickets");
    private readonly UpDownCounter<int> _gauge = s_meter.CreateUpDownCounter<int>("open");
    private readonly Dictionary<EndPoint, Socket> _machines = [];
    private readonly LinkedList<TcpClient> _waiting = new();
    private int _tries, _failed, _open, _highest;

    // ok LCA1007: tries and failures are no gauge of what is open
    public async Task<bool> TryAsync(Socket socket, EndPoint where, CancellationToken stop)
    {
        _tries++;
        try
        {
            await socket.ConnectAsync(where, stop);
            return true;
        }
        catch (SocketException)
        {
            _failed++;
            return false;
        }
    }

    public double Share => _tries == 0 ? 0 : (double)_failed / _tries;

    public async Task ServeAsync(Socket socket, CancellationToken stop)
    {
        _gauge.Add(1); //? LCA1007
        var buffer = new byte[64];
        while (await socket.ReceiveAsync(buffer, stop) > 0) { }
        _gauge.Add(-1);
    }

    // the first message is refused, and the machine stays in the list
    public async Task AdmitAsync(Socket socket, CancellationToken stop)
    {
        var where = socket.RemoteEndPoint!;
        _machines.Add(where, socket); //! LCA1007
        var hello = new byte[1];
        if (await socket.ReceiveAsync(hello, stop) == 0 || hello[0] != 1)
        {
            socket.Dispose();
            return;
        }
        while (await socket.ReceiveAsync(hello, stop) > 0) { }
        _machines.Remove(where);
        socket.Dispose();
    }

    // ok LCA1007: whoever is there already replaces; the owner's Drop takes out
    public void Put(Socket socket) => _machines[socket.RemoteEndPoint!] = socket;

    public void Drop(EndPoint where)
    {
        if (_machines.Remove(where, out var socket)) socket.Dispose();
    }

    // ok LCA1007: the highest is no gauge, the other is given back
    public async Task WatchAsync(Socket socket, CancellationToken stop)
    {
        var now = Interlocked.Increment(ref _open);
        try
        {
            for (int seen; now > (seen = _highest) && Interlocked.CompareExchange(ref _highest, now, seen) != seen;) { }
            await socket.ReceiveAsync(new byte[1], stop);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
            socket.Dispose();
        }
    }

    // ok LCA1007: a queue of who waits, taken out by who serves
    public void Wait(TcpClient client)
    {
        lock (_waiting) _waiting.AddLast(client);
    }

    public TcpClient? Next()
    {
        lock (_waiting)
        {
            var first = _waiting.First?.Value;
            if (first is not null) _waiting.RemoveFirst();
            return first;
        }
    }
}
