// Keeps SSH sessions to a fleet of appliances alive and runs health commands on them.
using Microsoft.Extensions.Logging;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Corpus.Sending.SshFleet;

public sealed class ApplianceShell : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _health;
    private string _uptime = "";

    public ApplianceShell(SshClient ssh, FileSystemWatcher configuration)
    {
        _ssh = ssh;
        _ssh.ErrorOccurred += OnError;
        _health = new Timer(_ =>
        {
            using var command = _ssh.RunCommand("uptime"); //! LCA2001
            _uptime = command.Result;
        }, null, 60_000, 60_000);
        configuration.Changed += (_, e) => Apply(e.FullPath); //! LCA2001
    }

    public string Uptime => _uptime;

    private void OnError(object? sender, ExceptionEventArgs e)
    {
        if (e.Exception is TimeoutException) Apply("/etc/fallback.conf"); //! LCA2001
    }

    // ok LCA2001: the administrator's own call
    public void Apply(string path) => Run($"reload {path}");

    private void Run(string text)
    {
        using var command = _ssh.RunCommand(text);
    }

    public void Dispose()
    {
        _health.Dispose();
        _ssh.Dispose();
    }
}

public sealed class GuardedApplianceShell : IDisposable
{
    private readonly SshClient _ssh;
    private readonly Timer _health;
    private readonly ILogger _log;
    private readonly object _sync = new();
    private bool _disposed;

    public GuardedApplianceShell(SshClient ssh, FileSystemWatcher configuration, ILogger log)
    {
        (_ssh, _log) = (ssh, log);
        _health = new Timer(CheckHealth, null, 60_000, 60_000);
        configuration.Changed += (_, e) => Apply(e.FullPath);
        configuration.Error += (_, e) => _log.LogError(e.GetException(), "watching failed");
    }

    // ok LCA2001: connected, or nothing is run
    private void CheckHealth(object? state)
    {
        if (!_ssh.IsConnected)
        {
            _log.LogWarning("appliance offline");
            return;
        }
        using var command = _ssh.RunCommand("uptime");
        _log.LogInformation("{Uptime}", command.Result);
    }

    // ok LCA2001: under the lock, the flag of the object that owns the session
    private void Apply(string path)
    {
        lock (_sync)
        {
            if (_disposed) return;
            using var command = _ssh.RunCommand("reload " + path);
        }
    }

    public void Dispose()
    {
        lock (_sync)
        {
            _disposed = true;
            _health.Dispose();
            _ssh.Dispose();
        }
    }
}
