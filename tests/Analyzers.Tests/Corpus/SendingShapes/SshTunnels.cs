// Keep-alives and window changes of an SSH-like tunnel: an own session type, RPC, mail push.
using System.Diagnostics.CodeAnalysis;
using MailKit;
using MailKit.Net.Smtp;
using MimeKit;
using Renci.SshNet;
using StreamJsonRpc;

namespace Shapes.Sending.SshTunnels;

public interface ITunnelSession : IDisposable
{
    bool IsConnected { get; }
    event EventHandler<int>? WindowAdjusted;
    void SendMessage(byte kind, ReadOnlyMemory<byte> body);
    void Disconnect();
}

public abstract class TunnelChannel : IDisposable
{
    private readonly ITunnelSession _session;

    protected TunnelChannel(ITunnelSession session)
    {
        _session = session;
        _session.WindowAdjusted += OnWindowAdjusted;
    }

    protected bool IsOpen { get; private set; } = true;

    private void OnWindowAdjusted(object? sender, int window) => WindowAdjusted(window); //! LCA2001

    protected virtual void WindowAdjusted(int window)
    {
    }

    protected void Emit(byte kind, byte[] body) => _session.SendMessage(kind, body);

    protected bool TryEmit(byte kind, byte[] body)
    {
        if (!IsOpen || !_session.IsConnected) return false;
        _session.SendMessage(kind, body);
        return true;
    }

    public void Dispose()
    {
        IsOpen = false;
        _session.WindowAdjusted -= OnWindowAdjusted;
    }
}

public sealed class ShellChannel(ITunnelSession session) : TunnelChannel(session)
{
    private readonly List<byte[]> _held = [];

    protected override void WindowAdjusted(int window) => _held.ForEach(h => Emit(94, h));
}

public sealed class FileChannel(ITunnelSession session) : TunnelChannel(session)
{
    // ok LCA2001: TryEmit asks
    protected override void WindowAdjusted(int window) => TryEmit(94, [1]);
}

/// <summary>Keeps the line open.</summary>
public sealed class KeepAlive : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _timer;

    public KeepAlive(SshClient ssh, TimeSpan every)
    {
        _ssh = ssh;
        _timer = new Timer(OnTimer, null, every, every);
    }

    private void OnTimer(object? state) => _ssh.RunCommand("true").Dispose(); //! LCA2001

    public void Dispose() => _timer.Dispose();
}

public sealed class FairKeepAlive : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _timer;

    public FairKeepAlive(SshClient ssh, TimeSpan every)
    {
        _ssh = ssh;
        _timer = new Timer(OnTimer, null, every, every);
    }

    // ok LCA2001: asked by a helper that hands the client out
    private void OnTimer(object? state)
    {
        if (TryLine(out var line)) line.RunCommand("true").Dispose();
    }

    private bool TryLine([NotNullWhen(true)] out SshClient? line)
    {
        line = _ssh.IsConnected ? _ssh : null;
        return line is not null;
    }

    public void Dispose() => _timer.Dispose();
}

/// <summary>Editors talk to a language server.</summary>
public sealed class LanguageLink
{
    private readonly JsonRpc _rpc;
    private readonly FileSystemWatcher _files;

    public LanguageLink(JsonRpc rpc, string folder)
    {
        _rpc = rpc;
        _rpc.Disconnected += (_, e) => Console.Error.WriteLine(e.Exception?.Message);
        _files = new FileSystemWatcher(folder);
        _files.Error += (_, e) => Console.Error.WriteLine(e.GetException().Message);
        _files.Changed += (_, e) => _rpc.NotifyAsync("changed", e.FullPath).Wait(); //! LCA2001
        // ok LCA2001: asked
        _files.Deleted += (_, e) =>
        {
            if (!_rpc.IsDisposed) _rpc.NotifyAsync("deleted", e.FullPath).Wait();
        };
        _files.EnableRaisingEvents = true;
    }
}

public sealed class Notices(SmtpClient smtp)
{
    // ok LCA2002: the no-op on that very client proved it
    public async Task SendAsync(MimeMessage message, CancellationToken stop)
    {
        if (!smtp.IsConnected) throw new ServiceNotConnectedException();
        await smtp.NoOpAsync(stop);
        await smtp.SendAsync(message, stop);
    }

    public async Task SendLaterAsync(MimeMessage message, TimeSpan pause, CancellationToken stop)
    {
        if (!smtp.IsConnected || !smtp.IsAuthenticated) throw new ServiceNotConnectedException();
        await Task.Delay(pause, stop);
        await smtp.SendAsync(message, stop); //! LCA2002
    }

    public void SendSilently(MimeMessage message)
    {
        try { smtp.Send(message); } catch { } //! LCA2005
    }

    public bool SendDefaulted(MimeMessage message)
    {
        var sent = false;
        try
        {
            smtp.Send(message);
            sent = true;
        }
        catch (Exception) // ok LCA2005: the flag tells
        {
        }
        return sent;
    }
}
