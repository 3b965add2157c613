// Creation and sending in odd outfits.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Outfits.OddConnections;

// 1. good: actor with a mailbox; the callback only posts
public sealed class Actor(Socket socket) : IAsyncDisposable
{
    private readonly Channel<Func<CancellationToken, ValueTask>> _mail = Channel.CreateUnbounded<Func<CancellationToken, ValueTask>>();
    private Task? _run;

    public void Start(CancellationToken ct) => _run = RunAsync(ct);

    public void Watch(FileSystemWatcher files, ILogger log)
    {
        files.Error += (_, e) => log.LogError(e.GetException(), "files");
        files.Changed += (_, e) => _mail.Writer.TryWrite(async ct => await socket.SendAsync(Encoding.UTF8.GetBytes(e.Name ?? ""), ct));
    }

    private async Task RunAsync(CancellationToken ct)
    {
        await foreach (var work in _mail.Reader.ReadAllAsync(ct)) await work(ct);
    }

    public async ValueTask DisposeAsync()
    {
        _mail.Writer.Complete();
        if (_run is not null) await _run.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Dispose();
    }
}

// 2. good: lazily chosen guard in a base class with virtual event hook
public abstract class ViewModel : System.ComponentModel.INotifyPropertyChanged
{
    public event System.ComponentModel.PropertyChangedEventHandler? PropertyChanged;
    protected void Set<T>(ref T field, T value, [System.Runtime.CompilerServices.CallerMemberName] string? name = null)
    {
        if (EqualityComparer<T>.Default.Equals(field, value)) return;
        field = value;
        PropertyChanged?.Invoke(this, new(name));
    }
}

public sealed class ChatViewModel : ViewModel
{
    private readonly HubConnection _hub;
    private string _draft = "";

    public ChatViewModel(HubConnection hub)
    {
        _hub = hub;
        PropertyChanged += async (_, e) =>
        {
            if (e.PropertyName != nameof(Draft) || !IsOnline) return;
            try { await _hub.SendAsync("typing"); }
            catch (Exception ex) { System.Diagnostics.Trace.TraceWarning(ex.Message); }
        };
    }

    public bool IsOnline => _hub.State is HubConnectionState.Connected;
    public string Draft { get => _draft; set => Set(ref _draft, value); }
}

// 3. bad: the same without a catch and with the wrong question
public sealed class HastyChatViewModel : ViewModel
{
    private readonly HubConnection _hub;
    private string _draft = "";

    public HastyChatViewModel(HubConnection hub, Action<Exception?> lost)
    {
        _hub = hub;
        _hub.Closed += e => { lost(e); return Task.CompletedTask; };
        _hub.Reconnecting += async _ => await _hub.SendAsync("draft", _draft); //! LCA2001
    }

    public string Draft { get => _draft; set => Set(ref _draft, value); }
}

// 4. good: pattern variable kept through a lock and Interlocked state machine
public sealed class Uplink(ILogger log) : IDisposable
{
    private enum Stage { Cold, Dialing, Ready, Retired }
    private readonly Lock _gate = new();
    private Stage _stage;
    private TcpClient? _tcp;
    private readonly System.Timers.Timer _beat = new(5000) { AutoReset = true };

    public async Task OpenAsync(IPEndPoint to, CancellationToken ct)
    {
        var tcp = new TcpClient();
        try
        {
            await tcp.ConnectAsync(to, ct);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }

        lock (_gate) (_tcp, _stage) = (tcp, Stage.Ready);
        _beat.Elapsed += (_, _) => Beat();
        _beat.Start();
    }

    private void Beat()
    {
        lock (_gate)
        {
            if (_stage is not Stage.Ready || _tcp is not { } tcp) return;
            try { tcp.GetStream().WriteByte(0); }
            catch (IOException ex) { log.LogDebug(ex, "beat"); }
        }
    }

    public void Dispose()
    {
        lock (_gate) _stage = Stage.Retired;
        _beat.Dispose();
        _tcp?.Dispose();
    }
}

// 5. bad: accept callback that dials an upstream without a try
public sealed class OldProxy(IPEndPoint upstream)
{
    private readonly TcpListener _listener = new(IPAddress.Any, 8080);

    public void Start()
    {
        _listener.Start();
        _listener.BeginAcceptTcpClient(OnAccept, null);
    }

    private void OnAccept(IAsyncResult ar)
    {
        var client = _listener.EndAcceptTcpClient(ar); //! LCA1005
        var server = new TcpClient(); //! LCA1003
        server.Connect(upstream); //! LCA1006
        Relay(client, server);
    }

    private static void Relay(TcpClient a, TcpClient b) { a.Close(); b.Close(); }
    public void Stop() => _listener.Stop();
}

// 6. good: its careful sister
public sealed class OldCarefulProxy(IPEndPoint upstream, ILogger log)
{
    private readonly TcpListener _listener = new(IPAddress.Any, 8081);

    public void Start()
    {
        _listener.Start();
        Next();
    }

    private void Next() => _listener.BeginAcceptTcpClient(OnAccept, this);

    private static void OnAccept(IAsyncResult ar)
    {
        var self = (OldCarefulProxy)ar.AsyncState!;
        TcpClient? client = null, server = null;
        try
        {
            client = self._listener.EndAcceptTcpClient(ar);
            self.Next();
            server = new TcpClient();
            server.Connect(self.upstream1);
            Relay(client, server);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or IOException)
        {
            self.log1.LogDebug(ex, "accept");
            client?.Dispose();
            server?.Dispose();
        }
    }

    private readonly IPEndPoint upstream1 = upstream;
    private readonly ILogger log1 = log;
    private static void Relay(TcpClient a, TcpClient b) { a.Close(); b.Close(); }
    public void Stop() => _listener.Stop();
}

// 7. good: generic connector with factory and constraint; ownership moves
public sealed class Connector<TSession>(Func<Socket, TSession> wrap) where TSession : class, IDisposable
{
    public async ValueTask<TSession> ConnectAsync(EndPoint to, TimeSpan limit, CancellationToken ct)
    {
        using var cts = CancellationTokenSource.CreateLinkedTokenSource(ct);
        cts.CancelAfter(limit);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(to, cts.Token).ConfigureAwait(false);
            return wrap(socket);
        }
        catch (OperationCanceledException ex) when (!ct.IsCancellationRequested)
        {
            socket.Dispose();
            throw new TimeoutException($"{to} did not answer in {limit}", ex);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }
}

// 8. bad: the filter lets a timeout leak the socket
public static class LeakyConnector
{
    public static async Task<Socket> ConnectAsync(EndPoint to, CancellationToken ct)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp); //! LCA1003
        try
        {
            await socket.ConnectAsync(to, ct);
            return socket;
        }
        catch (Exception ex) when (ex is not OperationCanceledException)
        {
            socket.Dispose();
            throw;
        }
    }
}

// 9. good: a `using` declaration moved out on success by nulling
public static class Tls
{
    public static async Task<SslStream> WrapAsync(TcpClient owned, string host, CancellationToken ct)
    {
        SslStream? tls = new(owned.GetStream(), leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, ct);
            return Interlocked.Exchange(ref tls, null)!;
        }
        finally
        {
            if (tls is not null) await tls.DisposeAsync();
        }
    }
}

// 10. good: dropped task whose method swallows all by an outer helper
public sealed class Beacon(UdpClient udp, ILogger log)
{
    public void Shout(IPEndPoint to) => _ = GuardAsync(() => udp.SendAsync("here"u8.ToArray(), to).AsTask());

    private async Task GuardAsync(Func<Task> work)
    {
        try { await work(); }
        catch (Exception ex) { log.LogDebug(ex, "beacon"); }
    }
}

// 11. bad: dropped connect in a property setter, dropped close in Dispose
public sealed class Console2(ClientWebSocket ws, Uri uri) : IDisposable
{
    public bool Enabled
    {
        set
        {
            if (value) _ = ws.ConnectAsync(uri, CancellationToken.None); //! LCA1004 LCA1008
        }
    }

    public void Dispose()
    {
        _ = ws.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default); //! LCA1004
        ws.Dispose();
    }
}

// 12. bad: counter in a helper, skipped by the caller's early return
public sealed class Gauge
{
    private int _count;
    private void Enter() => _count++; //! LCA1007
    private void Leave() => _count--;
    public int Count => _count;

    public async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using var _ = client;
        Enter();
        var buffer = new byte[64];
        var n = await client.GetStream().ReadAsync(buffer, ct);
        if (n == 0) return;
        await client.GetStream().WriteAsync(buffer.AsMemory(0, n), ct);
        Leave();
    }
}

// 13. good: a struct lease in using
public sealed class LeasedGauge
{
    private int _count;
    public int Count => Volatile.Read(ref _count);

    private readonly struct Lease : IDisposable
    {
        private readonly LeasedGauge _owner;
        public Lease(LeasedGauge owner) { _owner = owner; Interlocked.Increment(ref owner._count); }
        public void Dispose() => Interlocked.Decrement(ref _owner._count);
    }

    public async Task ServeAsync(TcpClient client, CancellationToken ct)
    {
        using var own = client;
        using var lease = new Lease(this);
        var buffer = new byte[64];
        var n = await client.GetStream().ReadAsync(buffer, ct);
        if (n == 0) return;
        await client.GetStream().WriteAsync(buffer.AsMemory(0, n), ct);
    }
}

// 14. good: state told by a nullable return of a virtual accessor; CompletedTask otherwise
public abstract class Courier
{
    protected abstract WebSocket? Live { get; }
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task OnParcelAsync(ReadOnlyMemory<byte> parcel)
    {
        await _one.WaitAsync();
        try
        {
            if (Live is not { } ws) return;
            await ws.SendAsync(parcel, WebSocketMessageType.Binary, true, default);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Subscribe(ref Func<ReadOnlyMemory<byte>, Task>? parcels) => parcels += OnParcelAsync;
}

public sealed class HouseCourier(WebSocket ws) : Courier
{
    protected override WebSocket? Live => ws.State == WebSocketState.Open ? ws : null;
}

// 15. bad: two callbacks on one web socket without a gate
public sealed class Twin
{
    private readonly WebSocket _ws;
    private readonly Timer _timer;

    public Twin(WebSocket ws, IObservable<byte[]> data)
    {
        _ws = ws;
        _timer = new Timer(_ => Ping(), null, 1000, 1000);
        data.Subscribe(d => Push(d));
    }

    private async void Ping()
    {
        if (_ws.State != WebSocketState.Open) return;
        try { await _ws.SendAsync(new byte[1], WebSocketMessageType.Binary, true, default); } //! LCA2004
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException) { _timer.Dispose(); }
    }

    private async void Push(byte[] d)
    {
        if (_ws.State != WebSocketState.Open) return;
        try { await _ws.SendAsync(d, WebSocketMessageType.Binary, true, default); } //? LCA2004
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException or OperationCanceledException) { _timer.Dispose(); }
    }
}

// 16. good: Connected only for diagnostics, Poll decides
public sealed class Prober(TcpClient tcp, ILogger log)
{
    private bool Dead => tcp.Client.Poll(0, SelectMode.SelectRead) && tcp.Client.Available == 0;

    public void Say(byte[] m)
    {
        log.LogTrace("was {Connected}", tcp.Connected);
        if (Dead) throw new IOException("peer is gone");
        tcp.GetStream().Write(m);
    }
}

// 17. bad: Connected in a conditional expression, via helper
public sealed class Naive(Socket socket)
{
    private bool CanSend() => socket.Connected; //? LCA2003

    public int Say(byte[] m) => CanSend() ? socket.Send(m) : 0; //? LCA2003

    public void Loop()
    {
        do { socket.Send("x"u8); Thread.Sleep(100); }
        while (socket is { Connected: true }); //! LCA2003
    }
}
