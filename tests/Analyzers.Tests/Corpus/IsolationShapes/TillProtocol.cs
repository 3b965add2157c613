using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace Retail.Till;

public readonly record struct Receipt(int Number, string Text);

/// <summary>A till server over TLS: the state of the talk is the type's, its callers are many.</summary>
public sealed class TillSession(SslStream tls) : IAsyncDisposable
{
    private readonly SemaphoreSlim _mutex = new(1, 1);

    public async Task<Receipt> PrintAsync(string text, CancellationToken ct = default)
    {
        await WriteFrameAsync('P', text, ct); //! LCA4006
        var (number, body) = await ReadFrameAsync(ct);
        return new(number, body);
    }

    public async Task<Receipt> PrintInTurnAsync(string text, CancellationToken ct = default)
    {
        using (await TurnAsync(ct))
        {
            await WriteFrameAsync('P', text, ct); // ok LCA4006: in turn
            try
            {
                var (number, body) = await ReadFrameAsync(ct);
                return new(number, body);
            }
            catch
            {
                await tls.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Gives its turn up when it is cancelled; the answer is read by the next in turn.</summary>
    public async Task<Receipt> StornoAsync(int number, CancellationToken ct = default)
    {
        await _mutex.WaitAsync(ct);
        try
        {
            await WriteFrameAsync('S', number.ToString(), ct);
            var (storno, body) = await ReadFrameAsync(ct);
            return new(storno, body);
        }
        finally
        {
            _mutex.Release(); //! LCA4001
        }
    }

    private async Task WriteFrameAsync(char kind, string text, CancellationToken ct)
    {
        await tls.WriteAsync(Encoding.UTF8.GetBytes($"{kind}{text.Length:D5}{text}"), ct);
    }

    private async Task<(int Number, string Body)> ReadFrameAsync(CancellationToken ct)
    {
        var head = new byte[9];
        await tls.ReadExactlyAsync(head, ct);
        var body = new byte[int.Parse(Encoding.ASCII.GetString(head, 4, 5))];
        await tls.ReadExactlyAsync(body, ct);
        return (int.Parse(Encoding.ASCII.GetString(head, 0, 4)), Encoding.UTF8.GetString(body));
    }

    private async Task<IDisposable> TurnAsync(CancellationToken ct)
    {
        await _mutex.WaitAsync(ct);
        return new Turn(_mutex);
    }

    private sealed class Turn(SemaphoreSlim mutex) : IDisposable
    {
        public void Dispose() => mutex.Release();
    }

    public ValueTask DisposeAsync() => tls.DisposeAsync();
}

/// <summary>Requests go through a queue, and one loop talks to the till.</summary>
public sealed class QueuedTill(NetworkStream stream)
{
    private readonly Channel<(string Text, TaskCompletionSource<string> Answer)> _jobs =
        System.Threading.Channels.Channel.CreateUnbounded<(string, TaskCompletionSource<string>)>(new() { SingleReader = true });

    public async Task<string> AskAsync(string text)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _jobs.Writer.WriteAsync((text, answer));
        return await answer.Task;
    }

    public async Task RunAsync(CancellationToken ct)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        await foreach (var (text, answer) in _jobs.Reader.ReadAllAsync(ct))
        {
            try
            {
                await stream.WriteAsync(Encoding.UTF8.GetBytes(text + "\n"), ct); // ok LCA4006: a single-consumer loop
                answer.SetResult(await reader.ReadLineAsync(ct) ?? "");
            }
            catch (Exception e)
            {
                answer.SetException(e);
                throw;
            }
        }
    }
}

/// <summary>Answers carry the number of their question.</summary>
public sealed class NumberedTill(NetworkStream stream)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _open = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private int _last;

    public async Task<string> AskAsync(string text, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref _last);
        var answer = _open[number] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await _writing.WaitAsync(ct);
        try
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"{number} {text}\n"), ct); // ok LCA4006: matched by its number
        }
        finally
        {
            _writing.Release(); // ok LCA4001: matched by its number
        }

        return await answer.Task.WaitAsync(ct);
    }

    public async Task ReadAsync(CancellationToken ct)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, leaveOpen: true);
        while (await reader.ReadLineAsync(ct) is { } line)
        {
            var space = line.IndexOf(' ');
            if (_open.TryRemove(int.Parse(line[..space]), out var waiting)) waiting.TrySetResult(line[(space + 1)..]);
        }
    }
}

/// <summary>Drawers are opened one by one over a shared socket, driven by two timers.</summary>
public sealed class DrawerPoller : IDisposable
{
    private readonly Stream _stream;
    private readonly Timer _fast;
    private readonly Timer _slow;

    public DrawerPoller(TcpClient client)
    {
        _stream = client.GetStream();
        _fast = new Timer(async _ => await PollAsync("drawer"), null, 100, 100);
        _slow = new Timer(async _ => await PollAsync("paper"), null, 1000, 1000);
    }

    private async Task PollAsync(string what)
    {
        try
        {
            var answer = new byte[1];
            await _stream.WriteAsync(Encoding.ASCII.GetBytes(what)); //! LCA4006 //? LCA2004
            await _stream.ReadExactlyAsync(answer);
            Console.WriteLine($"{what}: {answer[0]}");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Console.WriteLine(e.Message);
        }
    }

    public void Dispose()
    {
        _fast.Dispose();
        _slow.Dispose();
    }
}
