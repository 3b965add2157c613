// A local service with one named pipe per agent: waits, APM callbacks and posted work.
using System.IO.Pipes;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.PipeServerSignals;

public sealed class AgentPipe(NamedPipeServerStream pipe, EventWaitHandle wake) : IDisposable
{
    private readonly byte[] _buffer = new byte[512];
    private RegisteredWaitHandle? _wait;

    public void Start(AgentPipe other)
    {
        _wait = ThreadPool.RegisterWaitForSingleObject(wake, OnWake, this, Timeout.Infinite, executeOnlyOnce: false);
        pipe.BeginRead(_buffer, 0, _buffer.Length, OnRead, other);
    }

    private static void OnWake(object? state, bool timedOut)
    {
        var agent = (AgentPipe)state!;
        if (!timedOut) agent.SendWake(); //! LCA2001
    }

    private void OnRead(IAsyncResult result)
    {
        var count = pipe.EndRead(result);
        if (count == 0) return;
        var other = (AgentPipe)result.AsyncState!;
        other.Copy(_buffer.AsSpan(0, count)); //! LCA2001
        pipe.BeginRead(_buffer, 0, _buffer.Length, OnRead, other);
    }

    private void SendWake() => pipe.WriteByte(1);

    private void Copy(ReadOnlySpan<byte> data) => pipe.Write(data);

    public void Dispose()
    {
        _wait?.Unregister(null);
        pipe.Dispose();
    }
}

public sealed class GuardedAgentPipe(NamedPipeServerStream pipe, EventWaitHandle wake, ILogger log) : IDisposable
{
    private readonly byte[] _buffer = new byte[512];
    private RegisteredWaitHandle? _wait;

    public bool IsConnected => pipe.IsConnected;

    public void Start(GuardedAgentPipe other)
    {
        _wait = ThreadPool.RegisterWaitForSingleObject(wake, OnWake, this, Timeout.Infinite, executeOnlyOnce: false);
        pipe.BeginRead(_buffer, 0, _buffer.Length, OnRead, other);
    }

    // ok LCA2001: the wrapper's property hands on the pipe's state
    private static void OnWake(object? state, bool timedOut)
    {
        if (state is GuardedAgentPipe { IsConnected: true } agent && !timedOut) agent.SendWake();
    }

    // ok LCA2001: Copy catches
    private void OnRead(IAsyncResult result)
    {
        try
        {
            var count = pipe.EndRead(result);
            if (count == 0) return;
            ((GuardedAgentPipe)result.AsyncState!).Copy(_buffer.AsSpan(0, count));
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "pipe ended");
            Dispose();
        }
    }

    private void SendWake() => pipe.WriteByte(1);

    private void Copy(ReadOnlySpan<byte> data)
    {
        try
        {
            pipe.Write(data);
        }
        catch (Exception ex) when (ex is IOException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogDebug(ex, "agent left");
        }
    }

    public void Dispose()
    {
        _wait?.Unregister(null);
        pipe.Dispose();
    }
}
