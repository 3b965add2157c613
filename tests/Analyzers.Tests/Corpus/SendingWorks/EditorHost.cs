// An editor's host process: language servers over named pipes and JSON-RPC, a remote viewer over QUIC, discovery over UDP.
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.IO.Pipes;
using System.Net;
using System.Net.Quic;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using StreamJsonRpc;

namespace SendingWorks.EditorHost;

public sealed record TextChange(string Path, int Version, string Text);

public interface IDocuments
{
    event EventHandler<TextChange>? Changed;
    event EventHandler<TextChange>? Saved;
    event EventHandler<string>? Closed;
}

public sealed class LanguageServer
{
    private readonly JsonRpc _rpc;
    private readonly ILogger<LanguageServer> _log;
    private volatile bool _ended;

    public LanguageServer(JsonRpc rpc, IDocuments documents, ILogger<LanguageServer> log)
    {
        _rpc = rpc;
        _log = log;
        _rpc.Disconnected += (_, _) => _ended = true;
        documents.Changed += OnChanged;
        documents.Saved += OnSaved;
        documents.Closed += OnClosed;
    }

    private async void OnChanged(object? sender, TextChange change)
    {
        _log.LogTrace("{Path} is at {Version}", change.Path, change.Version);
        await _rpc.NotifyAsync("textDocument/didChange", change); //! LCA2001
    }

    // ok LCA2001: what a closing connection throws is caught
    private async void OnSaved(object? sender, TextChange change)
    {
        try
        {
            await _rpc.NotifyAsync("textDocument/didSave", change);
        }
        catch (Exception ex) when (ex is ConnectionLostException or ObjectDisposedException)
        {
            _log.LogInformation(ex, "language server gone");
        }
    }

    // ok LCA2001: the flag of the object that owns the connection
    private async void OnClosed(object? sender, string path)
    {
        if (_ended) return;
        await _rpc.NotifyAsync("textDocument/didClose", path);
    }
}

/// <summary>What the child process says goes to the front end's pipe.</summary>
public sealed class OutputForwarder
{
    private readonly NamedPipeServerStream _pipe;
    private readonly ILogger _log;
    private readonly object _sync = new();

    public OutputForwarder(Process child, NamedPipeServerStream pipe, ILogger log)
    {
        _pipe = pipe;
        _log = log;
        child.OutputDataReceived += (_, e) => Forward("out", e.Data); //! LCA2001
        child.ErrorDataReceived += OnErrorLine;
        child.Exited += OnExited;
    }

    // ok LCA2001: connected, asked under the lock that the writes are under
    private void OnErrorLine(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is not { Length: > 0 } line) return;
        lock (_sync)
        {
            if (!_pipe.IsConnected) return;
            _pipe.Write(Encoding.UTF8.GetBytes("err " + line + "\n"));
        }
    }

    private void OnExited(object? sender, EventArgs e)
    {
        var code = sender is Process process ? process.ExitCode : -1;
        Forward("exit", code.ToString()); //! LCA2001
    }

    private void Forward(string kind, string? text)
    {
        if (text is null) return;
        lock (_sync)
        {
            _log.LogTrace("{Kind}", kind);
            _pipe.Write(Encoding.UTF8.GetBytes($"{kind} {text}\n"));
        }
    }

    /// <summary>No callback: the host's own request.</summary>
    public void Say(string text) => Forward("host", text);
}

[SupportedOSPlatform("linux")]
[SupportedOSPlatform("windows")]
public sealed class RemoteViewer : IAsyncDisposable
{
    private static readonly byte[] KeepAlive = [0];
    private readonly QuicStream _stream;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Timer _timer;
    private readonly Timer _stats;

    public RemoteViewer(QuicStream stream, ILogger<RemoteViewer> log)
    {
        _stream = stream;
        _timer = new Timer(OnTimer, null, 10_000, 10_000);
        // ok LCA2001: caught, and logged
        _stats = new Timer(async _ =>
        {
            await _gate.WaitAsync();
            try
            {
                await _stream.WriteAsync(BitConverter.GetBytes(Environment.WorkingSet));
            }
            catch (Exception ex)
            {
                log.LogDebug(ex, "viewer gone");
            }
            finally
            {
                _gate.Release();
            }
        }, null, 60_000, 60_000);
    }

    private async void OnTimer(object? state)
    {
        await _gate.WaitAsync();
        try
        {
            await _stream.WriteAsync(KeepAlive); //! LCA2001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync();
        await _stats.DisposeAsync();
        await _stream.DisposeAsync();
    }
}

/// <summary>Tells other instances that this one is there.</summary>
public sealed class Discovery : IDisposable
{
    private readonly UdpClient _udp;
    private readonly IPEndPoint _everybody = new(IPAddress.Broadcast, 48123);
    private readonly Timer _beacon;
    private readonly Timer _oneTime;

    public Discovery(UdpClient udp)
    {
        _udp = udp;
        _beacon = new Timer(_ => _udp.Send("editor"u8, _everybody), null, 0, 3000); //! LCA2001
        // ok LCA2001: a client that is created in the callback
        _oneTime = new Timer(_ =>
        {
            using var own = new UdpClient { EnableBroadcast = true };
            own.Send("editor-once"u8, _everybody);
        }, null, 1000, Timeout.Infinite);
    }

    public void Dispose()
    {
        _beacon.Dispose();
        _oneTime.Dispose();
        _udp.Dispose();
    }
}
