// A chair lift's control room: flags, registrations, streams of events; who may still send.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace Shapes.Sending.ChairLift;

public sealed class TowerLink : IDisposable
{
    private readonly WebSocket _socket;
    private readonly CancellationTokenSource _down = new();
    private readonly SemaphoreSlim _turn = new(1);
    private int _closed;
    private readonly Timer _beat, _load, _wind, _doors;

    public TowerLink(WebSocket socket)
    {
        _socket = socket;
        _beat = new Timer(Beat, null, 1000, 1000);
        _load = new Timer(Load, null, 1000, 1000);
        _wind = new Timer(Wind, null, 1000, 1000);
        _doors = new Timer(Doors, null, 1000, 1000);
    }

    // ok LCA2001: the owner's flag, read with Volatile
    private void Beat(object? _)
    {
        if (Volatile.Read(ref _closed) != 0) return;
        Push("beat");
    }

    // ok LCA2001: the owner's token says that it is down
    private void Load(object? _)
    {
        if (_down.IsCancellationRequested) return;
        Push("load");
    }

    // a thrown exception is no bail-out in a timer
    private void Wind(object? _)
    {
        ObjectDisposedException.ThrowIf(_closed != 0, this); //? LCA1005
        Push("wind"); //! LCA2001
    }

    // ok LCA2001: several states at once, by a pattern with 'or' the other way round
    private void Doors(object? _)
    {
        if (_socket.State is WebSocketState.Closed or WebSocketState.Aborted or WebSocketState.CloseSent or WebSocketState.None or WebSocketState.Connecting)
            return;
        Push("doors");
    }

    private void Push(string text)
    {
        _turn.Wait();
        try
        {
            _socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, _down.Token).GetAwaiter().GetResult();
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 1) return;
        _down.Cancel();
        _beat.Dispose();
        _load.Dispose();
        _wind.Dispose();
        _doors.Dispose();
        _socket.Dispose();
    }
}

/// <summary>Listens to what others tell.</summary>
public sealed class StationLink(WebSocket socket, Lock turn)
{
    private void Put(string text)
    {
        lock (turn)
            socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default).GetAwaiter().GetResult();
    }

    public IDisposable OnReload(Func<IChangeToken> changes) => ChangeToken.OnChange(changes, () => Put("reload")); //! LCA2001

    // ok LCA2001: asked
    public IDisposable OnReloadFairly(Func<IChangeToken> changes) => ChangeToken.OnChange(changes, () =>
    {
        if (socket.State == WebSocketState.Open) Put("reload");
    });

    public RegisteredWaitHandle OnHandle(WaitHandle handle) =>
        ThreadPool.RegisterWaitForSingleObject(handle, (_, timedOut) =>
        {
            if (timedOut) return;
            Put("handle"); //! LCA2001
        }, null, 5000, false);

    // ok LCA2001: a conditional call
    public RegisteredWaitHandle OnHandleFairly(WaitHandle handle) =>
        ThreadPool.RegisterWaitForSingleObject(handle, (_, timedOut) => (timedOut || socket.State > WebSocketState.Open ? Nothing : (Action)(() => Put("handle")))(), null, 5000, false); //? LCA2001

    private static void Nothing()
    {
    }

    public Task After(Task work) => work.ContinueWith(_ => Put("after")); //! LCA2001

    // ok LCA2001: state and text taken together by a tuple
    public Task AfterFairly(Task work) => work.ContinueWith(t =>
    {
        var (open, text) = (socket.State == WebSocketState.Open, t.Status.ToString());
        if (!open) return;
        Put(text);
    });

    public void Show(SynchronizationContext ui, string text) => ui.Post(_ => Put(text), null); //! LCA2001

    // ok LCA2001: a guard clause that is a local function
    public void ShowFairly(SynchronizationContext ui, string text)
    {
        ui.Post(Run, null);

        void Run(object? _)
        {
            if (Down()) return;
            Put(text);
        }

        bool Down() => socket is not { State: WebSocketState.Open, CloseStatus: null };
    }
}

/// <summary>An old-style connection with a state of its own bits.</summary>
[Flags]
public enum LineFlags { None = 0, Open = 1, Paired = 2, Halting = 4 }

public sealed class LineConnection(Socket socket)
{
    private LineFlags _flags = LineFlags.Open;

    public bool IsOpen => (_flags & LineFlags.Open) != 0 && !_flags.HasFlag(LineFlags.Halting);

    public event EventHandler? Polled;

    public void SendByte(byte value)
    {
        if (!IsOpen) throw new InvalidOperationException("line closed");
        socket.Send([value]);
    }

    public void Poll() => Polled?.Invoke(this, EventArgs.Empty);

    public void Close()
    {
        _flags |= LineFlags.Halting;
        _flags &= ~LineFlags.Open;
        socket.Close();
    }
}

public sealed class Grips
{
    public Grips(LineConnection line)
    {
        line.Polled += (_, _) => line.SendByte(0x01); //! LCA2001
        // ok LCA2001: asked of the sender
        line.Polled += (sender, _) =>
        {
            if (sender is LineConnection { IsOpen: true } open) open.SendByte(0x02);
        };
        line.Polled += Answer;
    }

    // ok LCA2001: what a send on a closed line throws is caught
    private static void Answer(object? sender, EventArgs e)
    {
        try
        {
            ((LineConnection)sender!).SendByte(0x03);
        }
        catch (InvalidOperationException)
        {
        }
        catch (SocketException)
        {
        }
    }
}
