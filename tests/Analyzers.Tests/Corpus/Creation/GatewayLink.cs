// The gateway's two partial classes. Their other halves are in GatewayLink.Events.cs.
using Microsoft.Extensions.Logging;
using Renci.SshNet;

namespace Corpus.Creation.Gateways;

public sealed partial class GatewayLink : IDisposable
{
    private readonly SshClient _ssh;
    private readonly ILogger _log;

    public GatewayLink(string host, string user, string password, ILogger log)
    {
        _log = log;
        _ssh = new SshClient(host, user, password) { KeepAliveInterval = TimeSpan.FromSeconds(15) };
        Watch();
    }

    // ok LCA1001: the other half attaches the handler
    public void Open()
    {
        _ssh.Connect();
        _log.LogInformation("gateway open");
    }

    public string Uptime()
    {
        using var command = _ssh.RunCommand("uptime");
        return command.Result;
    }

    public void Dispose() => _ssh.Dispose();
}

public sealed partial class ModemLink : IDisposable
{
    private readonly SshClient _ssh;
    private readonly ILogger _log;

    public ModemLink(string host, string user, string password, ILogger log)
    {
        _log = log;
        _ssh = new SshClient(host, user, password);
    }

    public void Open()
    {
        _ssh.Connect(); //! LCA1001
        _log.LogInformation("modem open");
    }

    public void Dispose() => _ssh.Dispose();
}

/// <summary>Opens in the constructor, before the line that attaches.</summary>
public sealed class HastyLink : IDisposable
{
    private readonly SshClient _ssh;

    public HastyLink(string host, string user, string password, ILogger log)
    {
        _ssh = new SshClient(host, user, password);
        _ssh.Connect(); //! LCA1001
        _ssh.ErrorOccurred += (_, e) => log.LogError(e.Exception, "{Host} failed", host);
    }

    public void Dispose() => _ssh.Dispose();
}

public sealed class PatientLink : IDisposable
{
    private readonly SshClient _ssh;

    // ok LCA1001: attached, then opened, all in the constructor
    public PatientLink(string host, string user, string password, ILogger log)
    {
        _ssh = new SshClient(host, user, password);
        _ssh.ErrorOccurred += (_, e) => log.LogError(e.Exception, "{Host} failed", host);
        _ssh.Connect();
    }

    public void Dispose() => _ssh.Dispose();
}
