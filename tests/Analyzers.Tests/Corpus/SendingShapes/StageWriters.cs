// Lighting desks and stage boxes: writers that must take turns.
using System.IO.Pipelines;
using System.Net.Security;
using System.Net.WebSockets;
using System.Threading.Channels;

namespace Shapes.Sending.StageWriters;

public sealed class Cues(WebSocket desk) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Channel<byte[]> _cues = Channel.CreateBounded<byte[]>(64);
    private System.Timers.Timer? _fade;

    // a fade step can run again while its send is on the way
    public void Fade(byte[] step)
    {
        _fade = new System.Timers.Timer(40);
        _fade.Elapsed += async (_, _) =>
        {
            if (desk.State != WebSocketState.Open) return;
            try
            {
                await desk.SendAsync(step, WebSocketMessageType.Binary, true, default); //! LCA2004
            }
            catch (WebSocketException)
            {
                _fade.Stop();
            }
        };
        _fade.Start();
    }

    // ok LCA2004: the timer rings once and is armed again after the send
    public void FadeOnce(byte[] step)
    {
        var once = new System.Timers.Timer(40) { AutoReset = false };
        once.Elapsed += async (_, _) =>
        {
            if (desk.State != WebSocketState.Open) return;
            try
            {
                await SendAsync(step, default);
                once.Start();
            }
            catch (WebSocketException)
            {
                once.Dispose();
            }
        };
        once.Start();
    }

    private async Task SendAsync(byte[] bytes, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            await desk.SendAsync(bytes, WebSocketMessageType.Binary, true, stop);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2004: one consumer
    public async Task RunAsync(CancellationToken stop)
    {
        while (await _cues.Reader.WaitToReadAsync(stop))
        {
            while (_cues.Reader.TryRead(out var cue))
                await desk.SendAsync(cue, WebSocketMessageType.Binary, true, stop);
        }
    }

    public void Dispose()
    {
        _fade?.Dispose();
        _gate.Dispose();
    }
}

/// <summary>Two scenes go out at once.</summary>
public sealed class Scenes(WebSocket desk)
{
    public Task ShowAsync(byte[] left, byte[] right, CancellationToken stop) => Task.WhenAll(
        desk.SendAsync(left, WebSocketMessageType.Binary, true, stop),
        desk.SendAsync(right, WebSocketMessageType.Binary, true, stop)); //! LCA2004

    // ok LCA2004: one after the other
    public async Task ShowInTurnAsync(byte[] left, byte[] right, CancellationToken stop)
    {
        await desk.SendAsync(left, WebSocketMessageType.Binary, false, stop);
        await desk.SendAsync(right, WebSocketMessageType.Binary, true, stop);
    }

    public async Task ShowAllAsync(IEnumerable<byte[]> scenes, CancellationToken stop)
    {
        var sends = scenes.Select(s => desk.SendAsync(s, WebSocketMessageType.Binary, true, stop)); //! LCA2004
        await Task.WhenAll(sends);
    }

    // ok LCA2004: each to a desk of its own
    public static Task EverywhereAsync(IReadOnlyCollection<WebSocket> desks, byte[] scene, CancellationToken stop) =>
        Task.WhenAll(desks.Select(d => d.SendAsync(scene, WebSocketMessageType.Binary, true, stop)));

    // ok LCA2004: a send and a receive
    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken stop)
    {
        var got = desk.ReceiveAsync(answer, stop);
        await Task.WhenAll(got, desk.SendAsync(question, WebSocketMessageType.Binary, true, stop));
        return (await got).Count;
    }
}

/// <summary>A stage box behind TLS, with a writer for cues and one for keep-alives.</summary>
public sealed class StageBox : IDisposable
{
    private readonly SslStream _wire;
    private readonly Timer _alive;
    private readonly Lock _turn = new();

    public StageBox(SslStream wire)
    {
        _wire = wire;
        _alive = new Timer(_ => Alive(), null, 1000, 1000);
    }

    private void Alive()
    {
        try
        {
            _wire.Write([0]); //! LCA2004
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _alive.Dispose();
        }
    }

    public void Cue(byte[] cue) => _wire.Write(cue); //? LCA2004

    // ok LCA2004
    public void CueInTurn(byte[] cue)
    {
        lock (_turn) _wire.Write(cue);
    }

    public void Dispose()
    {
        _alive.Dispose();
        _wire.Dispose();
    }
}

public sealed class PatchBay(PipeWriter output)
{
    private readonly SemaphoreSlim _mutex = new(1, 1);

    public async Task BothAsync(ReadOnlyMemory<byte> a, ReadOnlyMemory<byte> b, CancellationToken stop)
    {
        var first = output.WriteAsync(a, stop).AsTask();
        var second = output.WriteAsync(b, stop).AsTask(); //! LCA2004
        await first;
        await second;
    }

    // ok LCA2004: a scope that takes the turn
    public async Task PatchAsync(ReadOnlyMemory<byte> frame, CancellationToken stop)
    {
        using (await EnterAsync(stop))
            await output.WriteAsync(frame, stop);
    }

    private async Task<Turn> EnterAsync(CancellationToken stop)
    {
        await _mutex.WaitAsync(stop);
        return new Turn(_mutex);
    }

    private readonly struct Turn(SemaphoreSlim mutex) : IDisposable
    {
        public void Dispose() => mutex.Release();
    }
}

public sealed class DeskEvents
{
    private readonly WebSocket _desk;

    public DeskEvents(WebSocket desk, FileSystemWatcher shows)
    {
        _desk = desk;
        shows.Changed += OnShowChanged;
        shows.Error += (_, e) => Console.Error.WriteLine(e.GetException().Message);
        shows.EnableRaisingEvents = true;
    }

    private async void OnShowChanged(object sender, FileSystemEventArgs e)
    {
        if (_desk.State is not WebSocketState.Open) return;
        try
        {
            await _desk.SendAsync(System.Text.Encoding.UTF8.GetBytes(e.Name ?? ""), WebSocketMessageType.Text, true, default); //! LCA2004
        }
        catch (WebSocketException)
        {
        }
    }
}
