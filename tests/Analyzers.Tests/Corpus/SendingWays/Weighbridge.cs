// A harbour's weighbridge: callbacks, exchanges and buffers, by a team with many habits.
using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Ways.Harbour;

public enum BridgeStatus { Offline, Connected, Draining }

public interface IBridgeClient
{
    BridgeStatus Status { get; }

    event EventHandler<decimal>? Weighed;

    Func<string, Task>? OnCommand { get; set; }

    void Send(string text);

    Task SendAsync(string text);

    void Disconnect();
}

public abstract class BridgeHandler
{
    private readonly IBridgeClient _client;

    protected BridgeHandler(IBridgeClient client)
    {
        _client = client;
        client.Weighed += (s, w) => Handle(s, w);
        client.OnCommand = HandleCommandAsync;
    }

    protected IBridgeClient Client => _client;

    protected abstract void Handle(object? sender, decimal weight);

    protected abstract Task HandleCommandAsync(string command);

    /// <summary>Sends unless the bridge is on its way out.</summary>
    protected bool Say(string text)
    {
        if (_client.Status is not BridgeStatus.Connected) return false;
        _client.Send(text);
        return true;
    }
}

public sealed class QuietHandler(IBridgeClient client) : BridgeHandler(client)
{
    protected override void Handle(object? sender, decimal weight) => Say($"weighed {weight}");

    protected override async Task HandleCommandAsync(string command)
    {
        await Task.Yield();
        _ = command switch
        {
            "ping" => Say("pong"),
            ['s', .. var rest] => Say(rest),
            _ => false,
        };
    }
}

public sealed class SwitchHandler : IDisposable
{
    private readonly IBridgeClient _client;
    private readonly object _sync = new();
    private volatile bool _disposed;

    public SwitchHandler(IBridgeClient client)
    {
        _client = client;
        _client.Weighed += OnWeighed;
    }

    private void OnWeighed(object? sender, decimal weight)
    {
        lock (_sync)
        {
            if (_disposed || _client.Status != BridgeStatus.Connected)
            {
                return;
            }

            switch (weight)
            {
                case < 0: _client.Send("negative"); break;
                case 0: break;
                case > 0 and < 40_000: _client.Send($"{weight}"); break;
                default: _client.Send("overload"); goto case 0;
            }
        }
    }

    public void Dispose()
    {
        lock (_sync) _disposed = true;
        _client.Weighed -= OnWeighed;
        _client.Disconnect();
    }
}

public sealed class TernaryHandler
{
    public TernaryHandler(IBridgeClient client, WebSocket screen, Action<Exception> failed)
    {
        client.Weighed += (_, w) => _ = client.Status == BridgeStatus.Connected ? Then(() => client.Send($"{w}")) : false;
        client.OnCommand += async text =>
        {
            if (screen is { State: WebSocketState.Open or WebSocketState.CloseReceived })
            {
                try
                {
                    await screen.SendAsync(Encoding.UTF8.GetBytes(text).AsMemory(), WebSocketMessageType.Text, true, default);
                }
                catch (WebSocketException e)
                {
                    failed(e);
                }
            }
        };

        static bool Then(Action act)
        {
            act();
            return true;
        }
    }
}

public sealed class LoudHandler
{
    public LoudHandler(IBridgeClient client, IProgress<decimal> progress)
    {
        client.Weighed += delegate (object? sender, decimal weight)
        {
            progress.Report(weight);
            if (sender is IBridgeClient origin and not null) origin.Send($"{weight}"); //! LCA2001
        };
        client.OnCommand = text => text is [] ? Task.CompletedTask : client.SendAsync(text); //! LCA2001
    }
}

public readonly struct Turn(SemaphoreSlim gate) : IDisposable
{
    public static async ValueTask<Turn> TakeAsync(SemaphoreSlim gate, CancellationToken cancel)
    {
        await gate.WaitAsync(cancel).ConfigureAwait(false);
        return new(gate);
    }

    public void Dispose() => gate.Release();
}

public sealed class BridgePipe(IDuplexPipe pipe)
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    public async Task<string> AskAsync(string question)
    {
        using (await Turn.TakeAsync(_gate, CancellationToken.None))
        {
            Encoding.ASCII.GetBytes(question, pipe.Output);
            await pipe.Output.FlushAsync();
            while (true)
            {
                var result = await pipe.Input.ReadAsync();
                if (TryLine(result.Buffer, out var line, out var end))
                {
                    pipe.Input.AdvanceTo(end);
                    return line;
                }

                pipe.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted) throw new EndOfStreamException();
            }
        }
    }

    private static bool TryLine(in ReadOnlySequence<byte> bytes, out string line, out SequencePosition end)
    {
        SequenceReader<byte> reader = new(bytes);
        var found = reader.TryReadTo(out ReadOnlySequence<byte> text, (byte)'\n');
        (line, end) = found ? (Encoding.ASCII.GetString(text), reader.Position) : ("", bytes.Start);
        return found;
    }
}

/// <summary>Answers find their questions by a number: any number may be under way.</summary>
public sealed class NumberedBridge(NetworkStream stream)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _writing = new(1);
    private int _next;

    public async Task<byte[]> AskAsync(byte[] question, CancellationToken cancel)
    {
        var id = Interlocked.Increment(ref _next);
        var answer = _waiting.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _writing.WaitAsync(cancel);
            try
            {
                await stream.WriteAsync(BitConverter.GetBytes(id), CancellationToken.None);
                await stream.WriteAsync(question, CancellationToken.None);
            }
            finally
            {
                _writing.Release();
            }

            return await answer.Task.WaitAsync(cancel);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    public async Task ReadAsync(CancellationToken stop)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(64);
        var frame = owner.Memory[..64];
        while (!stop.IsCancellationRequested)
        {
            await stream.ReadExactlyAsync(frame, stop);
            if (_waiting.TryRemove(BitConverter.ToInt32(frame.Span), out var waiting)) waiting.TrySetResult(frame[4..].ToArray());
        }
    }
}

public sealed class Copying
{
    private readonly ArrayPool<byte> _pool = ArrayPool<byte>.Create();

    public void Send(Socket socket, ReadOnlySpan<byte> bytes)
    {
        byte[]? rented = null;
        Span<byte> buffer = bytes.Length <= 256 ? stackalloc byte[256] : (rented = _pool.Rent(bytes.Length));
        bytes.CopyTo(buffer);
        socket.Send(buffer[..bytes.Length]);
        if (rented is not null) _pool.Return(rented);
    }

    public Task SendAsync(Socket socket, ReadOnlySpan<byte> bytes)
    {
        var rented = _pool.Rent(bytes.Length);
        bytes.CopyTo(rented);
        return Finish(socket.SendAsync(rented.AsMemory(0, bytes.Length)), rented);

        async Task Finish(ValueTask<int> sending, byte[] buffer)
        {
            try { await sending; }
            finally { _pool.Return(buffer); }
        }
    }
}
