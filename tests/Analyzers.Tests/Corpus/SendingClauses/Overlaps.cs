using System.IO.Pipelines;
using System.Net.Security;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Clauses.Overlaps;

public sealed class HeartbeatSocket : IDisposable
{
    private readonly WebSocket _web;
    private readonly Timer _timer;
    private static readonly byte[] s_ping = "ping"u8.ToArray();

    public HeartbeatSocket(WebSocket web)
    {
        _web = web;
        _timer = new Timer(Beat, null, 5000, 5000);
    }

    private async void Beat(object? state)
    {
        try
        {
            if (_web.State != WebSocketState.Open) return;
            await _web.SendAsync(s_ping, WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class GatedSocket : IDisposable
{
    private readonly WebSocket _web;
    private readonly Timer _timer;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public GatedSocket(WebSocket web)
    {
        _web = web;
        _timer = new Timer(Beat, null, 5000, 5000);
    }

    private async void Beat(object? state)
    {
        try
        {
            await SendAsync("ping"u8.ToArray());
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    public async Task SendAsync(byte[] message)
    {
        await _gate.WaitAsync();
        try
        {
            if (_web.State == WebSocketState.Open)
                await _web.SendAsync(message, WebSocketMessageType.Text, true, CancellationToken.None);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _gate.Dispose();
    }
}

public sealed class SecureWriter(SslStream tls)
{
    public async Task SendAllAsync(byte[] head, byte[] body, CancellationToken stop)
    {
        var first = tls.WriteAsync(head, stop).AsTask();
        var second = tls.WriteAsync(body, stop).AsTask(); //! LCA2004
        await Task.WhenAll(first, second);
    }

    public async Task SendInTurnAsync(byte[] head, byte[] body, CancellationToken stop)
    {
        await tls.WriteAsync(head, stop);
        await tls.WriteAsync(body, stop);
        await tls.FlushAsync(stop);
    }

    public Task SendManyAsync(IEnumerable<byte[]> frames, CancellationToken stop) =>
        Task.WhenAll(frames.Select(f => tls.WriteAsync(f, stop).AsTask())); //! LCA2004
}

public sealed class Fan
{
    private readonly List<WebSocket> _sockets = [];

    public Task TellEachAsync(byte[] message, CancellationToken stop) =>
        Task.WhenAll(_sockets.Where(w => w.State == WebSocketState.Open).Select(w => w.SendAsync(message, WebSocketMessageType.Text, true, stop)));

    public void Add(WebSocket web) => _sockets.Add(web);
}

public sealed class QueuedSocket(WebSocket web)
{
    private readonly System.Threading.Channels.Channel<byte[]> _outbox = System.Threading.Channels.Channel.CreateBounded<byte[]>(64);

    public bool Post(byte[] message) => _outbox.Writer.TryWrite(message);

    public async Task RunAsync(CancellationToken stop)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync(stop))
        {
            if (web.State != WebSocketState.Open) break;
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
        }
    }
}

public sealed class ChangeNotifier
{
    private readonly WebSocket _web;

    public ChangeNotifier(WebSocket web, FileSystemWatcher watcher)
    {
        _web = web;
        watcher.Changed += OnChanged;
        watcher.Deleted += OnDeleted;
    }

    private async void OnChanged(object sender, FileSystemEventArgs e)
    {
        try
        {
            await _web.SendAsync(System.Text.Encoding.UTF8.GetBytes(e.Name ?? ""), WebSocketMessageType.Text, true, CancellationToken.None); //! LCA2004
        }
        catch (WebSocketException)
        {
        }
        catch (ObjectDisposedException)
        {
        }
        catch (InvalidOperationException)
        {
        }
    }

    private void OnDeleted(object sender, FileSystemEventArgs e) => Console.WriteLine(e.FullPath);
}

public sealed class FramedSender(WebSocket web)
{
    private readonly SemaphoreSlim _one = new(1, 1);

    public async Task SendAsync(IReadOnlyList<byte[]> parts, CancellationToken stop)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            await _one.WaitAsync(stop);
            try
            {
                await web.SendAsync(parts[i], WebSocketMessageType.Binary, i == parts.Count - 1, stop); //! LCA2004
            }
            finally
            {
                _one.Release();
            }
        }
    }

    public async Task SendWholeAsync(IReadOnlyList<byte[]> parts, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            for (var i = 0; i < parts.Count; i++)
                await web.SendAsync(parts[i], WebSocketMessageType.Binary, i == parts.Count - 1, stop);
        }
        finally
        {
            _one.Release();
        }
    }
}

public sealed class PipeFeeder(PipeWriter writer)
{
    public async Task FeedAsync(byte[] one, byte[] two, CancellationToken stop)
    {
        var a = writer.WriteAsync(one, stop).AsTask();
        var b = writer.WriteAsync(two, stop).AsTask(); //! LCA2004
        await a;
        await b;
    }
}
