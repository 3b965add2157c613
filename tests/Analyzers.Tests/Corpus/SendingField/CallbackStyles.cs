// One job, sending from somebody else's thread, written by a dozen hands.
using System.ComponentModel;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Field.Sending.CallbackStyles;

public enum ConnStatus { Connecting, Open, Closing, Closed }

public class BusConnection : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);

    public ConnStatus Status { get; private set; }

    public bool IsOpen => Status == ConnStatus.Open;

    public Action<byte[]>? OnMessage { get; set; }

    public event Action? Idle;

    public event Action? Connected;

    // Throws when it is not open.
    public void Send(byte[] data)
    {
        ThrowIfNotOpen();
        _socket.Send(data);
    }

    public bool TrySend(byte[] data)
    {
        if (!IsOpen) return false;
        try
        {
            _socket.Send(data);
            return true;
        }
        catch (SocketException)
        {
            Status = ConnStatus.Closed;
            return false;
        }
    }

    private void ThrowIfNotOpen()
    {
        if (Status is not ConnStatus.Open) throw new InvalidOperationException($"The connection is {Status}.");
    }

    public void Pump()
    {
        Connected?.Invoke();
        OnMessage?.Invoke([]);
        Idle?.Invoke();
    }

    public void Close() => Status = ConnStatus.Closing;

    public void Dispose() => _socket.Dispose();
}

public sealed class PropertyCallbacks
{
    public PropertyCallbacks(BusConnection a, BusConnection b)
    {
        a.OnMessage = data => b.Send(data); //! LCA2001
        // ok LCA2001: guarded by the try that tells
        b.OnMessage = data => a.TrySend(data);
        a.Connected += () => a.Send([1]);
        a.Idle += b.IsOpen ? null : delegate { };
    }
}

public sealed class DelegateVariable
{
    public static void Wire(BusConnection bus, INotifyPropertyChanged model)
    {
        PropertyChangedEventHandler handler = (_, e) =>
        {
            var name = e.PropertyName ?? "";
            bus.Send(Encoding.UTF8.GetBytes(name)); //! LCA2001
        };
        model.PropertyChanged += handler;
    }

    // ok LCA2001: a pattern with a negation
    public static void WireGuarded(BusConnection bus, INotifyPropertyChanged model)
    {
        model.PropertyChanged += Handler;

        void Handler(object? sender, PropertyChangedEventArgs e)
        {
            if (bus is not { Status: ConnStatus.Open }) return;
            bus.Send(Encoding.UTF8.GetBytes(e.PropertyName ?? ""));
        }
    }

    // ok LCA2001: continues with the next of several that are open
    public static void WireMany(IReadOnlyList<BusConnection> buses, INotifyPropertyChanged model)
    {
        model.PropertyChanged += (_, e) =>
        {
            foreach (var bus in buses)
            {
                if (!bus.IsOpen) continue;
                bus.Send(Encoding.UTF8.GetBytes(e.PropertyName ?? ""));
            }
        };
    }

    // ok LCA2001: LINQ keeps those that are open
    public static void WireWhere(IReadOnlyList<BusConnection> buses, INotifyPropertyChanged model)
    {
        model.PropertyChanged += (_, e) =>
        {
            foreach (var bus in buses.Where(b => b.IsOpen)) bus.Send([2]);
        };
    }

    public static void WireAll(IReadOnlyList<BusConnection> buses, INotifyPropertyChanged model)
    {
        model.PropertyChanged += (_, e) =>
        {
            foreach (var bus in buses) bus.Send([3]); //! LCA2001
        };
    }
}

public sealed class Conditional(BusConnection? bus, ILogger log)
{
    private bool _closing;

    public void Wire(System.Timers.Timer timer, CancellationToken stop)
    {
        timer.Elapsed += (_, _) => bus?.Send([4]); //! LCA2001
        timer.Elapsed += (_, _) => { if (bus?.IsOpen == true) bus.Send([5]); }; // ok LCA2001: asked with ?.
        timer.Elapsed += OnElapsed;
        timer.Disposed += (_, _) => Last(); //! LCA2001
        stop.Register(static o => ((Conditional)o!).Last(), this); //! LCA2001
    }

    private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        if (_closing || bus is null) return;
        bus.Send([6]); // ok LCA2001: the owner's own closing flag
    }

    private void Last()
    {
        log.LogInformation("last");
        bus!.Send([7]);
    }

    public void Close()
    {
        _closing = true;
        bus?.Close();
    }
}

public sealed class QueueOwner
{
    private readonly BusConnection _bus;
    private readonly Queue<byte[]> _queue = new();
    private readonly SynchronizationContext _ui;

    public QueueOwner(BusConnection bus, SynchronizationContext ui)
    {
        _bus = bus;
        _ui = ui;
        bus.Idle += Drain; //? LCA2001
    }

    public void Enqueue(byte[] data)
    {
        lock (_queue) _queue.Enqueue(data);
        _ui.Post(_ => Drain(), null); //! LCA2001
    }

    private void Drain()
    {
        lock (_queue)
        {
            while (_queue.Count > 0) _bus.Send(_queue.Dequeue()); //! LCA2001
        }
    }
}

public sealed class QueueOwnerGuarded
{
    private readonly BusConnection _bus;
    private readonly Queue<byte[]> _queue = new();

    public QueueOwnerGuarded(BusConnection bus)
    {
        _bus = bus;
        bus.Idle += Drain;
    }

    // ok LCA2001: asked at every turn of the loop
    private void Drain()
    {
        lock (_queue)
        {
            while (_bus.IsOpen && _queue.TryDequeue(out var next)) _bus.Send(next);
        }
    }
}

public abstract class Handler<TMessage>(BusConnection bus)
{
    protected BusConnection Bus { get; } = bus;

    public void Attach(IObservable<TMessage> source) => source.Subscribe(new Observer(this));

    protected abstract byte[] Encode(TMessage message);

    private void Handle(TMessage message) => Bus.Send(Encode(message));

    private sealed class Observer(Handler<TMessage> owner) : IObserver<TMessage>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) => owner.Bus.TrySend([0]); // ok LCA2001: a Try guard

        public void OnNext(TMessage value) => owner.Handle(value); //! LCA2001
    }
}

public sealed class AsyncLambdas
{
    private readonly ClientWebSocket _ws;
    private readonly Func<string, Task> _send;

    public AsyncLambdas(ClientWebSocket ws, FileSystemWatcher watcher, ILogger log)
    {
        _ws = ws;
        _send = async text => await _ws.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default); //! LCA2004
        watcher.Changed += async (_, e) => await _send(e.Name!); //! LCA2001
        watcher.Error += (_, e) => log.LogError(e.GetException(), "watch");
    }

    // ok LCA2001: no callback
    public Task SendAsync(string text) => _send(text);
}

public sealed class Switcher(ClientWebSocket ws)
{
    // ok LCA2001: a switch expression decides which task
    public void Wire(BusConnection bus) => bus.Idle += () =>
    {
        _ = ws.State switch
        {
            WebSocketState.Open => ws.SendAsync(new byte[1], WebSocketMessageType.Binary, true, default), //? LCA1004 LCA2004
            _ => Task.CompletedTask,
        };
    };
}

public static class Created
{
    // ok LCA2001: made inside the callback itself
    public static void Wire(BusConnection bus, string host) => bus.Idle += () =>
    {
        using var udp = new UdpClient(host, 8125);
        udp.Send("idle:1|c"u8);
    };

    // ok LCA2001: the response to the request
    public static void Map(Microsoft.AspNetCore.Builder.WebApplication app) =>
        Microsoft.AspNetCore.Builder.EndpointRouteBuilderExtensions.MapGet(app, "/", async (Microsoft.AspNetCore.Http.HttpContext context) =>
            await context.Response.Body.WriteAsync(new byte[10]));
}
