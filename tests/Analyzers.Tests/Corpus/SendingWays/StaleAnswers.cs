// A voice server: answers about a connection's state, and how long they are good for.
using System.Net.WebSockets;

namespace Ways.Voice;

public enum VoiceState { Idle, Connected, Closed }

public interface IVoiceConnection : IDisposable
{
    VoiceState State { get; }

    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel);

    void Send(ReadOnlySpan<byte> frame);
}

public interface IEncoder
{
    ValueTask<ReadOnlyMemory<byte>> EncodeAsync(ReadOnlyMemory<short> samples, CancellationToken cancel);

    ReadOnlyMemory<byte> Encode(ReadOnlySpan<short> samples);
}

public sealed class Speaker(IVoiceConnection connection, IEncoder encoder, TimeProvider time)
{
    private readonly object _mutex = new();
    private long _spoken;

    public async ValueTask<bool> SpeakAsync(ReadOnlyMemory<short> samples, CancellationToken cancel)
    {
        if (connection.State is not VoiceState.Connected) return false;
        var frame = await encoder.EncodeAsync(samples, cancel);
        await connection.SendAsync(frame, cancel); //! LCA2002
        return true;
    }

    public async ValueTask<bool> SpeakAgainCheckedAsync(ReadOnlyMemory<short> samples, CancellationToken cancel)
    {
        if (connection.State is not VoiceState.Connected) return false;
        var frame = await encoder.EncodeAsync(samples, cancel);
        if (connection is not { State: VoiceState.Connected } open) return false;
        await open.SendAsync(frame, cancel);
        return true;
    }

    public ValueTask SpeakOnce(ReadOnlySpan<short> samples, CancellationToken cancel) => connection.State switch
    {
        VoiceState.Connected => connection.SendAsync(encoder.Encode(samples), cancel),
        VoiceState.Idle => ValueTask.CompletedTask,
        _ => ValueTask.FromException(new InvalidOperationException("closed")),
    };

    public void SpeakPaced(ReadOnlySpan<byte> frame)
    {
        var started = time.GetTimestamp();
        if (connection.State != VoiceState.Connected) return;
        while (time.GetElapsedTime(started) < TimeSpan.FromMilliseconds(20)) Thread.Sleep(1);
        connection.Send(frame); //! LCA2002
    }

    public void SpeakPacedChecked(ReadOnlySpan<byte> frame)
    {
        var started = time.GetTimestamp();
        while (time.GetElapsedTime(started) < TimeSpan.FromMilliseconds(20)) Thread.Sleep(1);
        if (connection.State != VoiceState.Connected) return;
        connection.Send(frame);
    }

    public void SpeakUnderMonitor(ReadOnlySpan<byte> frame)
    {
        var connected = false;
        Monitor.Enter(_mutex);
        try
        {
            connected = connection.State == VoiceState.Connected;
            _spoken++;
        }
        finally
        {
            Monitor.Exit(_mutex);
        }

        if (connected) connection.Send(frame); //! LCA2002
    }

    public void SpeakInMonitor(ReadOnlySpan<byte> frame)
    {
        Monitor.Enter(_mutex);
        try
        {
            if (connection.State != VoiceState.Connected) return;
            connection.Send(frame);
            _spoken++;
        }
        finally
        {
            Monitor.Exit(_mutex);
        }
    }

    public async Task SpeakAllAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, CancellationToken cancel)
    {
        for (var i = 0; i < frames.Count && connection.State == VoiceState.Connected; i++)
        {
            await connection.SendAsync(frames[i], cancel).ConfigureAwait(false);
            Interlocked.Increment(ref _spoken);
        }
    }

    public async Task SpeakAllPacedAsync(IReadOnlyList<ReadOnlyMemory<byte>> frames, CancellationToken cancel)
    {
        for (var i = 0; i < frames.Count && connection.State == VoiceState.Connected; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel);
            await connection.SendAsync(frames[i], cancel); //! LCA2002
        }
    }

    private async ValueTask<bool> IsReadyAsync(CancellationToken cancel)
    {
        await Task.Delay(5, cancel);
        return connection.State == VoiceState.Connected;
    }

    public async Task SpeakWhenReadyAsync(ReadOnlyMemory<byte> frame, CancellationToken cancel)
    {
        if (await IsReadyAsync(cancel)) await connection.SendAsync(frame, cancel);
    }

    public async Task SpeakForgivingAsync(ReadOnlyMemory<short> samples, CancellationToken cancel)
    {
        if (connection.State != VoiceState.Connected) return;
        var frame = await encoder.EncodeAsync(samples, cancel);
        try
        {
            await connection.SendAsync(frame, cancel);
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            _spoken = -1;
        }
    }
}

public sealed class Captions(WebSocket socket, SemaphoreSlim one)
{
    public async Task CaptionAsync(ReadOnlyMemory<byte> text, CancellationToken cancel)
    {
        await one.WaitAsync(cancel);
        try
        {
            if (socket.State != WebSocketState.Open) return;
            await socket.SendAsync(text[..1], WebSocketMessageType.Text, endOfMessage: false, cancel);
            await socket.SendAsync(text[1..], WebSocketMessageType.Text, endOfMessage: true, cancel);
        }
        finally
        {
            one.Release();
        }
    }

    public async Task<WebSocketReceiveResult?> ReplyAsync(ArraySegment<byte> buffer, CancellationToken cancel)
    {
        if (socket.State != WebSocketState.Open) return null;
        var answer = await socket.ReceiveAsync(buffer, cancel);
        if (answer is { MessageType: WebSocketMessageType.Close }) return answer;
        await socket.SendAsync(buffer[..answer.Count], WebSocketMessageType.Text, answer.EndOfMessage, cancel);
        return answer;
    }
}
