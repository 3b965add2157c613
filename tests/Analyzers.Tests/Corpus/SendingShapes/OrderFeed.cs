// The push side of an order book over web sockets: timers, ticks, snapshots.
using System.Net.WebSockets;
using System.Text.Json;

namespace Shapes.Sending.OrderFeed;

public readonly record struct Tick(string Symbol, decimal Price, long Sequence);

public interface ITickSource
{
    event Action<Tick>? Ticked;
    event EventHandler? Halted;
}

internal static class WebSocketStates
{
    public static bool Usable(this WebSocket socket) => socket is { State: WebSocketState.Open };

    public static bool Gone(this WebSocket socket) => socket.State switch
    {
        WebSocketState.Open or WebSocketState.CloseReceived => false,
        _ => true,
    };
}

public sealed class Subscriber : IDisposable
{
    private readonly WebSocket _socket;
    private readonly ITickSource _source;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Timer _beat;

    public Subscriber(WebSocket socket, ITickSource source)
    {
        _socket = socket;
        _source = source;
        _beat = new Timer(static state => ((Subscriber)state!).Beat(), this, 5000, 5000); //! LCA2001
        _source.Ticked += Push;
        _source.Halted += OnHalted;
    }

    private void Beat() => Post("beat").GetAwaiter().GetResult();

    // ok LCA2001: an extension answers the state
    private void Push(Tick tick)
    {
        if (!_socket.Usable()) return;
        Post(JsonSerializer.Serialize(tick)).GetAwaiter().GetResult();
    }

    // ok LCA2001: the negative form, by a switch expression
    private void OnHalted(object? sender, EventArgs e)
    {
        if (_socket.Gone()) return;
        Post("halted").GetAwaiter().GetResult();
    }

    private async Task Post(string text)
    {
        await _turn.WaitAsync();
        try
        {
            await _socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None); //? LCA2002
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _source.Ticked -= Push;
        _source.Halted -= OnHalted;
        _beat.Dispose();
        _socket.Dispose();
    }
}

/// <summary>Pushes from lambdas.</summary>
public sealed class LambdaSubscriber(WebSocket socket, ITickSource source, Action<Exception> failed)
{
    private readonly byte[] _halt = "halt"u8.ToArray();

    public void Begin()
    {
        source.Halted += (_, _) =>
        {
            lock (socket)
            {
                socket.SendAsync(_halt, WebSocketMessageType.Text, true, default).Wait(); //! LCA2001
            }
        };
        // ok LCA2001: the failure of a closing socket is caught
        source.Ticked += tick =>
        {
            try
            {
                lock (socket)
                    socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(tick), WebSocketMessageType.Text, true, default).GetAwaiter().GetResult();
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                failed(e);
            }
        };
    }

    // ok LCA2001: registered for cancellation, state asked by a pattern
    public IDisposable HaltOn(CancellationToken stop) => stop.Register(() =>
    {
        if (socket.State is not WebSocketState.Open) return;
        lock (socket)
            socket.SendAsync(_halt, WebSocketMessageType.Text, true, default).Wait();
    });

    public IDisposable HaltBluntlyOn(CancellationToken stop) => stop.UnsafeRegister(_ =>
    {
        lock (socket)
            socket.SendAsync(_halt, WebSocketMessageType.Text, true, default).Wait(); //! LCA2001
    }, null);

    // ok LCA2001: a flow of one's own is no callback
    public Task RunAsync(CancellationToken stop) => Task.Run(async () =>
    {
        using var beat = new PeriodicTimer(TimeSpan.FromSeconds(5));
        while (await beat.WaitForNextTickAsync(stop))
            await socket.SendAsync(_halt, WebSocketMessageType.Text, true, stop);
    }, stop);
}

/// <summary>Sends through a delegate that a field holds.</summary>
public sealed class DelegateSubscriber
{
    private readonly WebSocket _socket;
    private readonly Action<byte[]> _out;
    private readonly Func<bool> _open;

    public DelegateSubscriber(WebSocket socket, ITickSource source)
    {
        _socket = socket;
        _out = Write;
        _open = () => _socket.State == WebSocketState.Open;
        source.Ticked += OnTick;
        source.Halted += OnHalt;
    }

    private void OnTick(Tick tick) => _out(JsonSerializer.SerializeToUtf8Bytes(tick)); //! LCA2001

    // ok LCA2001: a delegate asks
    private void OnHalt(object? sender, EventArgs e)
    {
        if (_open()) _out("halt"u8.ToArray());
    }

    private void Write(byte[] bytes)
    {
        lock (_out)
            _socket.SendAsync(bytes, WebSocketMessageType.Binary, true, CancellationToken.None).Wait();
    }
}
