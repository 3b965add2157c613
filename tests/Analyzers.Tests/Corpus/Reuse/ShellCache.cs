// SSH and SFTP sessions that are kept between jobs.
using Microsoft.Extensions.Logging;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Corpus.Reuse.ShellCache;

public sealed record Login(string Host, string User, string Password);

public sealed class NightlyJobs(Login login) : IDisposable
{
    private readonly object _sync = new();
    private SshClient? _ssh;

    public string Run(string command)
    {
        lock (_sync)
        {
            if (_ssh == null)
            {
                _ssh = new SshClient(login.Host, login.User, login.Password);
                _ssh.Connect(); //! LCA1001
            }

            using var result = _ssh.RunCommand(command); //! LCA3001
            return result.Result;
        }
    }

    public void Dispose() => _ssh?.Dispose();
}

public sealed class ForgivingJobs(Login login, ILogger log) : IDisposable
{
    private readonly object _sync = new();
    private SshClient? _ssh;

    // ok LCA3001: a failed command drops the session
    public string Run(string command)
    {
        lock (_sync)
        {
            _ssh ??= Connect();
            try
            {
                using var result = _ssh.RunCommand(command);
                return result.Result;
            }
            catch (SshException ex)
            {
                log.LogWarning(ex, "session dropped");
                Drop();
                throw;
            }
        }
    }

    private SshClient Connect()
    {
        var ssh = new SshClient(login.Host, login.User, login.Password);
        try
        {
            ssh.Connect(); //! LCA1001
            return ssh;
        }
        catch
        {
            ssh.Dispose();
            throw;
        }
    }

    private void Drop()
    {
        _ssh?.Dispose();
        _ssh = null;
    }

    public void Dispose() => Drop();
}

public sealed class FleetShells : IDisposable
{
    private readonly Dictionary<string, SshClient> _shells = new(StringComparer.OrdinalIgnoreCase);

    public int Reboot(Login login)
    {
        if (!_shells.TryGetValue(login.Host, out var shell))
        {
            shell = new SshClient(login.Host, login.User, login.Password);
            shell.Connect(); //! LCA1001
            _shells.Add(login.Host, shell);
        }

        using var command = shell.RunCommand("sudo reboot"); //! LCA3001
        return command.ExitStatus ?? -1;
    }

    // ok LCA3001: evicted when it fails
    public int Shutdown(Login login)
    {
        if (!_shells.TryGetValue(login.Host, out var shell))
        {
            shell = new SshClient(login.Host, login.User, login.Password);
            shell.Connect(); //! LCA1001
            _shells.Add(login.Host, shell);
        }

        try
        {
            using var command = shell.RunCommand("sudo poweroff");
            return command.ExitStatus ?? -1;
        }
        catch (SshConnectionException)
        {
            _shells.Remove(login.Host);
            shell.Dispose();
            throw;
        }
    }

    // ok LCA3001: a session of its own for each call
    public int Update(Login login)
    {
        using var shell = new SshClient(login.Host, login.User, login.Password);
        shell.Connect();
        using var command = shell.RunCommand("apt-get -y upgrade");
        return command.ExitStatus ?? -1;
    }

    public void Dispose()
    {
        foreach (var shell in _shells.Values) shell.Dispose();
    }
}

public sealed class ArchiveDrop(Login login) : IDisposable
{
    private SftpClient? _sftp;

    private SftpClient Sftp
    {
        get
        {
            if (_sftp is null)
            {
                _sftp = new SftpClient(login.Host, login.User, login.Password) { KeepAliveInterval = TimeSpan.FromSeconds(30) };
                _sftp.Connect(); //! LCA1001
            }

            return _sftp;
        }
    }

    public void Put(string path, Stream content)
    {
        content.Position = 0;
        Sftp.UploadFile(content, path); //! LCA3001
    }

    // ok LCA3001: closing what is kept needs no check
    public void Dispose() => _sftp?.Dispose();
}

/// <summary>IsConnected of this library does not notice a lost peer, but it is its state.</summary>
public sealed class AskingDrop(Login login) : IDisposable
{
    private SftpClient? _sftp;

    public void Put(string path, Stream content)
    {
        if (_sftp is null || !_sftp.IsConnected)
        {
            _sftp?.Dispose();
            _sftp = new SftpClient(login.Host, login.User, login.Password);
            _sftp.Connect(); //! LCA1001
        }

        _sftp.UploadFile(content, path); //? LCA3001
    }

    public void Dispose() => _sftp?.Dispose();
}
