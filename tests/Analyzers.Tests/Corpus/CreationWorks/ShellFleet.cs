// Long-lived mailboxes and shells of an operations desk (MailKit, SSH.NET, FluentFTP).
using FluentFTP;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using Renci.SshNet;

namespace CreationWorks.ShellFleet;

public sealed record Account(string Host, string User, string Password);

// Idles for days; that the server said goodbye is heard by nobody.
public sealed class AlarmMailbox(Account account) : IDisposable
{
    private readonly ImapClient _imap = new();

    public async Task OpenAsync(CancellationToken ct)
    {
        await _imap.ConnectAsync(account.Host, 993, SecureSocketOptions.SslOnConnect, ct); //! LCA1001
        await _imap.AuthenticateAsync(account.User, account.Password, ct);
    }

    public Task IdleAsync(CancellationToken done, CancellationToken ct) => _imap.IdleAsync(done, ct);

    public void Dispose() => _imap.Dispose();
}

public abstract class Mailbox<TService> : IDisposable where TService : class, IMailService
{
    private readonly ILogger _log;

    protected Mailbox(TService service, ILogger log)
    {
        (Service, _log) = (service, log);
        Service.Disconnected += OnDisconnected;
    }

    protected TService Service { get; }

    private void OnDisconnected(object? sender, DisconnectedEventArgs e)
    {
        if (!e.IsRequested) _log.LogWarning("{Host} hung up", e.Host);
    }

    public void Dispose() => Service.Dispose();
}

public sealed class InvoiceMailbox(Account account, ILogger log) : Mailbox<ImapClient>(new ImapClient(), log)
{
    // ok LCA1001: the generic base class attaches
    public async Task OpenAsync(CancellationToken ct)
    {
        await Service.ConnectAsync(account.Host, 993, SecureSocketOptions.SslOnConnect, ct);
        await Service.AuthenticateAsync(account.User, account.Password, ct);
    }
}

public sealed class RackShell : IDisposable
{
    private readonly SshClient _ssh;
    private readonly ILogger _log;

    public RackShell(Account account, ILogger log)
    {
        _log = log;
        _ssh = new SshClient(account.Host, 22, account.User, account.Password);
    }

    public void Open()
    {
        _ssh.Connect(); //! LCA1001
        _log.LogInformation("shell open");
        _ssh.ErrorOccurred += (_, e) => _log.LogError(e.Exception, "shell failed");
    }

    public string Uptime()
    {
        using var command = _ssh.RunCommand("uptime");
        return command.Result;
    }

    public void Dispose() => _ssh.Dispose();
}

public sealed class WatchedRackShell : IDisposable
{
    private readonly SshClient _ssh;

    // ok LCA1001: attached by a local function, before the connect
    public WatchedRackShell(Account account, ILogger log)
    {
        _ssh = new SshClient(account.Host, 22, account.User, account.Password) { KeepAliveInterval = TimeSpan.FromSeconds(30) };
        Watch(_ssh);
        _ssh.Connect();

        void Watch(SshClient client) => client.ErrorOccurred += (_, e) => log.LogError(e.Exception, "shell failed");
    }

    public void Dispose() => _ssh.Dispose();
}

public sealed class ShellRing(IEnumerable<Account> accounts, ILogger log) : IDisposable
{
    private readonly List<SshClient> _shells = [];

    // The second shell that fails leaves its own client behind; the first ones are in the list.
    public async Task OpenAllAsync(CancellationToken ct)
    {
        foreach (var account in accounts)
        {
            var shell = new SshClient(account.Host, 22, account.User, account.Password); //! LCA1003
            shell.ErrorOccurred += (_, e) => log.LogError(e.Exception, "{Host} failed", account.Host);
            await shell.ConnectAsync(ct);
            _shells.Add(shell);
        }
    }

    // ok LCA1003: in the list, which is disposed, before it connects
    public async Task OpenAllKeptAsync(CancellationToken ct)
    {
        foreach (var account in accounts)
        {
            var shell = new SshClient(account.Host, 22, account.User, account.Password);
            shell.ErrorOccurred += (_, e) => log.LogError(e.Exception, "{Host} failed", account.Host);
            _shells.Add(shell);
            await shell.ConnectAsync(ct);
        }
    }

    public void Dispose()
    {
        foreach (var shell in _shells) shell.Dispose();
    }
}

public static class DropBox
{
    public static async Task<AsyncFtpClient> OpenAsync(Account account, CancellationToken ct)
    {
        var ftp = new AsyncFtpClient(account.Host, account.User, account.Password); //! LCA1003
        await ftp.Connect(ct);
        if (!await ftp.DirectoryExists("/drop", ct)) throw new DirectoryNotFoundException("/drop");
        return ftp;
    }

    // ok LCA1003: what cannot be used is disposed, whatever the reason
    public static async Task<AsyncFtpClient> OpenCleanAsync(Account account, CancellationToken ct)
    {
        var ftp = new AsyncFtpClient(account.Host, account.User, account.Password);
        try
        {
            await ftp.Connect(ct);
            if (!await ftp.DirectoryExists("/drop", ct)) throw new DirectoryNotFoundException("/drop");
            return ftp;
        }
        catch
        {
            await ftp.DisposeAsync();
            throw;
        }
    }

    // ok LCA1001 LCA1003: the client is opened, used and disposed here
    public static async Task PutAsync(Account account, byte[] file, string path, CancellationToken ct)
    {
        await using var ftp = new AsyncFtpClient(account.Host, account.User, account.Password);
        await ftp.Connect(ct);
        await ftp.UploadBytes(file, path, ct);
    }
}
