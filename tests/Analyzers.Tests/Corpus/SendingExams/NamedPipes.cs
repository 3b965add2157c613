// A service behind a named pipe and its notifier: one pipe, several who want to write.
using System.IO.Pipes;
using System.Net.Security;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.NamedPipes;

public sealed class PipeNotifier : IDisposable
{
    private readonly NamedPipeServerStream _pipe;
    private readonly FileSystemWatcher _files;
    private readonly ILogger _log;

    public PipeNotifier(NamedPipeServerStream pipe, FileSystemWatcher files, ILogger log)
    {
        (_pipe, _files, _log) = (pipe, files, log);
        _files.Changed += OnChanged;
        _files.Renamed += OnRenamed;
        _files.Error += (_, e) => Notify(e.GetException().Message); // ok LCA2001: Notify asks
    }

    private void OnChanged(object sender, FileSystemEventArgs e) =>
        _pipe.Write(Encoding.UTF8.GetBytes(e.FullPath)); //! LCA2001

    // ok LCA2001: the guard in the helper, as a negated pattern
    private void OnRenamed(object sender, RenamedEventArgs e) => Notify($"{e.OldName} -> {e.Name}");

    private void Notify(string text)
    {
        if (_pipe is not { IsConnected: true })
        {
            _log.LogDebug("nobody listens");
            return;
        }

        lock (_pipe) _pipe.Write(Encoding.UTF8.GetBytes(text));
    }

    public void Dispose()
    {
        _files.Dispose();
        _pipe.Dispose();
    }
}

/// <summary>Not locked anywhere: the heartbeat and the reply can be written together.</summary>
public sealed class TlsControl(SslStream tls, ILogger<TlsControl> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(stop)) await tls.WriteAsync("HB\n"u8.ToArray(), stop); //? LCA2004
    }

    public Task BothAsync(byte[] status, byte[] alarms, CancellationToken ct)
    {
        var tasks = new List<Task>
        {
            tls.WriteAsync(status, ct).AsTask(),
            tls.WriteAsync(alarms, ct).AsTask(), //! LCA2004
        };
        log.LogTrace("{Count} writes", tasks.Count);
        return Task.WhenAll(tasks);
    }

    // ok LCA2004: chained, not started together
    public async Task ChainAsync(byte[] status, byte[] alarms, CancellationToken ct)
    {
        Task[] steps = [];
        await tls.WriteAsync(status, ct);
        await tls.WriteAsync(alarms, ct);
        await Task.WhenAll(steps);
    }
}

public sealed class PipeSession : IAsyncDisposable
{
    private readonly NamedPipeClientStream _pipe;
    private readonly SemaphoreSlim _writes = new(1, 1);
    private volatile bool _closed;

    public PipeSession(NamedPipeClientStream pipe) => _pipe = pipe;

    // ok LCA2002: the own closing flag under the same gate
    public async Task<bool> TrySendAsync(ReadOnlyMemory<byte> data, CancellationToken ct)
    {
        using (await EnterAsync(ct))
        {
            if (_closed || !_pipe.IsConnected) return false;
            await _pipe.WriteAsync(data, ct);
            return true;
        }
    }

    public async Task SendWithHeaderAsync(Func<Task<byte[]>> header, byte[] body, CancellationToken ct)
    {
        if (!_pipe.IsConnected) throw new IOException("the service is gone");
        var head = await header();
        using (await EnterAsync(ct))
        {
            await _pipe.WriteAsync(head, ct); //! LCA2002
            await _pipe.WriteAsync(body, ct);
        }
    }

    // ok LCA2002: the header first; body follows a write that worked
    public async Task SendHeaderFirstAsync(Func<Task<byte[]>> header, byte[] body, CancellationToken ct)
    {
        var head = await header();
        using (await EnterAsync(ct))
        {
            if (!_pipe.IsConnected) throw new IOException("the service is gone");
            await _pipe.WriteAsync(head, ct);
            await _pipe.WriteAsync(body, ct);
        }
    }

    private async ValueTask<Releaser> EnterAsync(CancellationToken ct)
    {
        await _writes.WaitAsync(ct);
        return new Releaser(_writes);
    }

    private readonly struct Releaser(SemaphoreSlim gate) : IDisposable
    {
        public void Dispose() => gate.Release();
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        await _pipe.DisposeAsync();
    }
}

public sealed class Shutdown(PipeSession session, NamedPipeClientStream raw)
{
    // ok LCA2001: the answer of TrySendAsync says whether it was sent
    public void Arm(IHostApplicationLifetime lifetime)
    {
        lifetime.ApplicationStopping.Register(() => session.TrySendAsync("bye"u8.ToArray(), default).GetAwaiter().GetResult());
        lifetime.ApplicationStopped.Register(state => ((NamedPipeClientStream)state!).WriteByte(0), raw); //! LCA2001
    }

    public void ArmUnload() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        try
        {
            raw.WriteByte(1);
            raw.Flush();
        }
        catch (Exception) //! LCA2005
        {
        }
    };

    // ok LCA2005: what closing says about itself does not matter
    public void Close()
    {
        try
        {
            raw.Close();
        }
        catch
        {
        }
    }
}
