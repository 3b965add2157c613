// A PLC gateway's heartbeats: timers, tokens and watchers that send while the link may be closing.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Ways.Plc;

public enum PlcState { Offline, Connected, Closing }

public interface IPlcLink : IAsyncDisposable
{
    PlcState State { get; }

    ValueTask SendAsync(ReadOnlyMemory<byte> telegram, CancellationToken cancel = default);

    void Send(ReadOnlySpan<byte> telegram);

    ValueTask CloseAsync();
}

public static class PlcLinkExtensions
{
    public static void Ping(this IPlcLink link) => link.Send("PING"u8);

    public static void PingIfOnline(this IPlcLink link)
    {
        if (link is { State: PlcState.Connected }) link.Send("PING"u8);
    }

    public static bool CanPing(this IPlcLink link) => link.State switch
    {
        PlcState.Connected => true,
        _ => false,
    };
}

public sealed class Heartbeats(IPlcLink link, TimeProvider time) : IDisposable
{
    private readonly List<IDisposable> _timers = [];

    public void Start(TimeSpan every)
    {
        _timers.Add(time.CreateTimer(_ => link.Send("BEAT"u8), null, every, every)); //! LCA2001
        _timers.Add(time.CreateTimer(static state => ((IPlcLink)state!).Ping(), link, every, every)); //! LCA2001
    }

    public void StartChecked(TimeSpan every)
    {
        _timers.Add(time.CreateTimer(_ => link.PingIfOnline(), null, every, every));
        _timers.Add(time.CreateTimer(_ =>
        {
            if (!link.CanPing()) return;
            link.Ping();
        }, null, every, every));
        _timers.Add(time.CreateTimer(Beat, link, every, every));

        static void Beat(object? state)
        {
            if (state is not IPlcLink { State: PlcState.Connected } online) return;
            online.Send("BEAT"u8);
        }
    }

    public void Dispose()
    {
        foreach (var timer in _timers) timer.Dispose();
    }
}

public class TokenWatcher
{
    private readonly Socket _socket;
    private readonly CancellationTokenRegistration _registration;

    public TokenWatcher(Socket socket, CancellationToken stop)
    {
        _socket = socket;
        _registration = stop.Register(() => Farewell()); //! LCA2001
        stop.UnsafeRegister(static self => ((TokenWatcher)self!).FarewellQuietly(), this);
    }

    private int Farewell() => _socket.Send("BYE"u8);

    private void FarewellQuietly()
    {
        try
        {
            _socket.Send("BYE"u8);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            _registration.Unregister();
        }
    }
}

public sealed class ValueWatcher : IObserver<double>
{
    private readonly WebSocket _dashboard;

    private ValueWatcher(WebSocket dashboard) => _dashboard = dashboard;

    public static IDisposable Attach(IObservable<double> values, WebSocket dashboard) => values.Subscribe(new ValueWatcher(dashboard));

    public void OnNext(double value)
    {
        var text = Encoding.UTF8.GetBytes($"{value:F2}");
        _dashboard.SendAsync(text, WebSocketMessageType.Text, true, default).GetAwaiter().GetResult(); //! LCA2001
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }
}

public sealed class CarefulValueWatcher(WebSocket dashboard) : IObserver<double>
{
    private bool Usable => dashboard.State is WebSocketState.Open or WebSocketState.CloseReceived;

    public void OnNext(double value)
    {
        if (Usable is false) return;
        var text = Encoding.UTF8.GetBytes($"{value:F2}");
        dashboard.SendAsync(text, WebSocketMessageType.Text, true, default).GetAwaiter().GetResult();
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }
}

#if !NETFRAMEWORK
public sealed class RegisterWatcher(IPlcLink link)
{
    public FileSystemWatcher Watch(string folder)
    {
        FileSystemWatcher watcher = new(folder);
        watcher.Error += (_, _) => { };
        watcher.Changed += async (_, e) => await link.SendAsync(File.ReadAllBytes(e.FullPath)); //! LCA2001
        watcher.Created += async (_, e) =>
        {
            try
            {
                var bytes = await File.ReadAllBytesAsync(e.FullPath);
                if (link.State is PlcState.Connected) await link.SendAsync(bytes);
            }
            catch (Exception error) when (error is IOException or InvalidOperationException)
            {
                await link.CloseAsync();
            }
        };
        return watcher;
    }
}
#endif
