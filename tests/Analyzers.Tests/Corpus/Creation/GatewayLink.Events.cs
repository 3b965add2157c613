// What the gateways do when their sessions fail.
using Microsoft.Extensions.Logging;
using Renci.SshNet.Common;

namespace Corpus.Creation.Gateways;

public sealed partial class GatewayLink
{
    private int _failures;

    public int Failures => Volatile.Read(ref _failures);

    private void Watch() => _ssh.ErrorOccurred += OnError;

    private void OnError(object? sender, ExceptionEventArgs e)
    {
        Interlocked.Increment(ref _failures);
        _log.LogError(e.Exception, "gateway failed");
    }
}

public sealed partial class ModemLink
{
    private int _commands;

    public int Commands => Volatile.Read(ref _commands);

    public string Signal()
    {
        Interlocked.Increment(ref _commands);
        using var command = _ssh.RunCommand("at+csq");
        if (command.ExitStatus != 0) _log.LogWarning("no signal: {Status}", command.ExitStatus);
        return command.Result;
    }
}
