// Further shapes around Connected, overlapping writers and silent catches.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.MoreProofs;

public sealed class Sockets(ILogger log)
{
    private readonly List<TcpClient> _clients = new();
    private TcpClient? _current;

    public void Broadcast(byte[] data)
    {
        foreach (var client in _clients.Where(c => c.Connected)) //! LCA2003
            client.GetStream().Write(data);
    }

    // ok LCA2003: sweeping
    public void Sweep() => _clients.RemoveAll(c => !c.Connected);

    // ok LCA2003: counted for a report
    public void Report() => log.LogInformation("{N} of {All}", _clients.Count(c => c.Connected), _clients.Count);

    public void Push(byte[] data)
    {
        if (_current?.Connected == true) //! LCA2003
            _current.GetStream().Write(data);
    }

    public void PushOr(byte[] data)
    {
        if (!(_current?.Connected ?? false)) return; //! LCA2003
        _current!.Client.Send(data);
    }

    public TcpClient Current(string host)
    {
        if (_current is null || !_current.Connected) //! LCA2003
            _current = new TcpClient(host, 99);
        return _current;
    }

    public void ReadAll(Action<byte[]> got)
    {
        var buffer = new byte[100];
        while (true)
        {
            if (_current is not { Connected: true } client) break; //! LCA2003
            var n = client.GetStream().Read(buffer);
            if (n == 0) break;
            got(buffer[..n]);
        }
    }

    // ok LCA2003: thrown away when it is gone, whatever it says
    public void Drop()
    {
        if (_current is { Connected: false } gone)
        {
            gone.Dispose();
            _current = null;
        }
    }

    // ok LCA2003: shown to a user
    public string Title => _current is { Connected: true } ? "online" : "offline";

    public async Task RunAsync(Socket socket, CancellationToken stop)
    {
        var buffer = new byte[10];
        for (var i = 0; socket.Connected && i < 100; i++) //! LCA2003
            await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, stop);
    }

    public async Task SwitchAsync(TcpClient client, byte[] data, CancellationToken stop)
    {
        switch (client.Connected) //! LCA2003
        {
            case true:
                await client.GetStream().WriteAsync(data, stop);
                break;
            default:
                log.LogWarning("not connected");
                break;
        }
    }
}

public sealed class Quartet
{
    private readonly WebSocket _ws;
    private readonly object _sync = new();
    private Task _tail = Task.CompletedTask;

    public Quartet(WebSocket ws) => _ws = ws;

    // ok LCA2004: chained, one after the other
    public Task EnqueueAsync(byte[] data)
    {
        lock (_sync)
        {
            _tail = AfterAsync(_tail, data);
            return _tail;
        }
    }

    private async Task AfterAsync(Task before, byte[] data)
    {
        await before;
        await _ws.SendAsync(data, WebSocketMessageType.Binary, true, default);
    }
}

public sealed class TimedAndTold : IDisposable
{
    private readonly WebSocket _ws;
    private readonly Timer _timer;

    public TimedAndTold(WebSocket ws)
    {
        _ws = ws;
        _timer = new Timer(OnTimer, null, 1000, 1000);
    }

    private async void OnTimer(object? state)
    {
        if (_ws.State != WebSocketState.Open) return;
        try
        {
            await _ws.SendAsync("beat"u8.ToArray(), WebSocketMessageType.Text, true, default); //! LCA2004
        }
        catch (WebSocketException)
        {
            _timer.Dispose();
        }
    }

    public Task TellAsync(string text, CancellationToken stop) =>
        _ws.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, stop); //? LCA2004

    public void Dispose() => _timer.Dispose();
}

public sealed class BusySkip : IDisposable
{
    private readonly WebSocket _ws;
    private readonly Timer _timer;
    private int _busy;

    public BusySkip(WebSocket ws)
    {
        _ws = ws;
        _timer = new Timer(OnTimer, null, 1000, 1000);
    }

    // ok LCA2004: skips while the last one is under way
    private async void OnTimer(object? state)
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1) return;
        try
        {
            if (_ws.State == WebSocketState.Open)
                await _ws.SendAsync("beat"u8.ToArray(), WebSocketMessageType.Text, true, default);
        }
        catch (WebSocketException)
        {
            _timer.Dispose();
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class RawFeed
{
    private readonly Stream _stream;

    public RawFeed(TcpClient client, FileSystemWatcher a, System.Timers.Timer b)
    {
        _stream = client.GetStream();
        a.Error += (_, e) => Console.WriteLine(e.GetException());
        a.Changed += OnChanged;
        b.Elapsed += OnElapsed;
    }

    private async void OnChanged(object sender, FileSystemEventArgs e)
    {
        try { await _stream.WriteAsync(Encoding.UTF8.GetBytes(e.FullPath)); } //! LCA2004
        catch (Exception ex) when (ex is IOException or ObjectDisposedException) { }
    }

    private void OnElapsed(object? sender, System.Timers.ElapsedEventArgs e)
    {
        try { _stream.Write("beat"u8); } //? LCA2004
        catch (Exception ex) when (ex is IOException or ObjectDisposedException) { }
    }
}

public sealed class PipeTalk(PipeWriter writer)
{
    public async Task TwoAsync(byte[] a, byte[] b)
    {
        var first = writer.WriteAsync(a).AsTask();
        await Task.WhenAll(first, writer.WriteAsync(b).AsTask()); //! LCA2004
    }

    // ok LCA2004
    public async Task InTurnAsync(byte[] a, byte[] b)
    {
        await writer.WriteAsync(a);
        await writer.WriteAsync(b);
        await writer.FlushAsync();
    }
}

public sealed class Selecting(WebSocket[] sockets)
{
    // ok LCA2004: each to its own
    public async Task AllAsync(byte[] data, CancellationToken stop)
    {
        var tasks = new List<Task>();
        foreach (var ws in sockets)
            if (ws.State == WebSocketState.Open) tasks.Add(ws.SendAsync(data, WebSocketMessageType.Text, true, stop));
        await Task.WhenAll(tasks);
    }

    public async Task DoubleAsync(WebSocket ws, byte[] head, byte[] body, CancellationToken stop)
    {
        var tasks = new[]
        {
            ws.SendAsync(head, WebSocketMessageType.Text, true, stop),
            ws.SendAsync(body, WebSocketMessageType.Text, true, stop), //! LCA2004
        };
        await Task.WhenAll(tasks);
    }

    public async Task RunsAsync(SslStream tls, byte[] a, byte[] b)
    {
        var x = Task.Run(() => tls.Write(a));
        var y = Task.Run(() => tls.Write(b)); //! LCA2004
        await Task.WhenAll(x, y);
    }
}

public sealed class Shrugs(WebSocket ws, Socket socket, ILogger log)
{
    public async Task<bool> BoolAsync(byte[] data)
    {
        var ok = false;
        try { await ws.SendAsync(data, WebSocketMessageType.Binary, true, default); ok = true; }
        catch { } //? LCA2005
        return ok;
    }

    public async Task NestedAsync(byte[] data)
    {
        try
        {
            try
            {
                await ws.SendAsync(data, WebSocketMessageType.Binary, true, default);
            }
            catch (Exception) //! LCA2005
            {
            }
        }
        finally
        {
            log.LogTrace("sent");
        }
    }

    public void Second(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (SocketException ex)
        {
            log.LogDebug(ex, "send");
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    // ok LCA2005: tells by an event
    public event EventHandler? Lost;
    public void Told(byte[] data)
    {
        try { socket.Send(data); }
        catch (Exception) { Lost?.Invoke(this, EventArgs.Empty); }
    }

    // ok LCA2005: a flag that somebody reads
    private bool _broken;
    public bool Broken => _broken;
    public void Flagged(byte[] data)
    {
        try { socket.Send(data); }
        catch { _broken = true; }
    }

    // ok LCA2005: wrapped
    public void Wrapped(byte[] data)
    {
        try { socket.Send(data); }
        catch (Exception ex) { throw new IOException("send", ex); }
    }

    public void InLambda(IEnumerable<byte[]> all)
    {
        foreach (var data in all)
        {
            Action send = () =>
            {
                try { socket.Send(data); }
                catch (Exception) { } //! LCA2005
            };
            send();
        }
    }

    // ok LCA2005: the send in the lambda runs later, outside this try
    public Action Deferred(byte[] data)
    {
        try { return () => socket.Send(data); }
        catch { return () => { }; }
    }

    public async Task DefaultAsync(byte[] data)
    {
        try { await ws.SendAsync(data, WebSocketMessageType.Binary, true, default); }
        catch (Exception) when (!_broken) { } //? LCA2005
    }

    public async Task<int> ZeroAsync(byte[] data)
    {
        try { return await socket.SendAsync(data, SocketFlags.None); }
        catch { return 0; }
    }
}
