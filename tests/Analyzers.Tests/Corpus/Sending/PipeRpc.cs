// A JSON RPC peer over named pipes, with notifications from a workspace.
using System.IO.Pipes;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.PipeRpc;

public sealed record Notification(string Method, object? Params);

public sealed class Workspace
{
    public event EventHandler<string>? DocumentSaved;
    public event EventHandler<string>? DocumentClosed;
    public event EventHandler? Idle;

    public void Save(string path) => DocumentSaved?.Invoke(this, path);

    public void CloseDocument(string path)
    {
        DocumentClosed?.Invoke(this, path);
        Idle?.Invoke(this, EventArgs.Empty);
    }
}

public sealed class RpcPeer : IDisposable
{
    private readonly NamedPipeClientStream _pipe;
    private readonly SemaphoreSlim _gate = new(1, 1);

    public RpcPeer(NamedPipeClientStream pipe, Workspace workspace)
    {
        _pipe = pipe;
        workspace.DocumentSaved += OnSaved;
        workspace.DocumentClosed += async (_, path) => await NotifyAsync(new Notification("closed", path)); //! LCA2001
        EventHandler idle = delegate { _pipe.Write("{}\n"u8); }; //! LCA2001
        workspace.Idle += idle;
    }

    private async void OnSaved(object? sender, string path)
    {
        await Task.Yield();
        await NotifyAsync(new Notification("saved", path)); //! LCA2001
    }

    // ok LCA2001: no callback; the caller awaits it
    public async Task NotifyAsync(Notification notification)
    {
        await _gate.WaitAsync();
        try
        {
            await WriteFrameAsync(JsonSerializer.SerializeToUtf8Bytes(notification));
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task WriteFrameAsync(byte[] body)
    {
        await _pipe.WriteAsync(BitConverter.GetBytes(body.Length));
        await _pipe.WriteAsync(body);
    }

    public void Dispose() => _pipe.Dispose();
}

public sealed class QuietRpcPeer : IDisposable
{
    private readonly NamedPipeClientStream _pipe;
    private readonly ILogger _log;

    public QuietRpcPeer(NamedPipeClientStream pipe, Workspace workspace, ILogger log)
    {
        (_pipe, _log) = (pipe, log);
        workspace.DocumentSaved += OnSaved;
        workspace.DocumentClosed += async (_, path) => await NotifyAsync(new Notification("closed", path));
        workspace.Idle += OnIdle;
    }

    // ok LCA2001: IsConnected of the pipe
    private void OnIdle(object? sender, EventArgs e)
    {
        if (_pipe.IsConnected is false) return;
        _pipe.Write("{}\n"u8);
    }

    // ok LCA2001: what a broken or disposed pipe throws is caught around the awaited call
    private async void OnSaved(object? sender, string path)
    {
        try
        {
            await NotifyAsync(new Notification("saved", path));
        }
        catch (Exception ex) when (ex is IOException or InvalidOperationException)
        {
            _log.LogDebug(ex, "peer is gone");
        }
    }

    // ok LCA2001: and the choke point asks as well
    private async Task NotifyAsync(Notification notification)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(notification);
        if (_pipe.IsConnected) await _pipe.WriteAsync(body);
    }

    public void Dispose() => _pipe.Dispose();
}
