// Mail boxes that are watched, polled or written to once, with MailKit.
using MailKit;
using MailKit.Net.Imap;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Corpus.Creation.MailPolling;

public sealed record Mailbox(string Host, string User, string Password);

/// <summary>Idles on a box for as long as it lives; the server's goodbye reaches nobody.</summary>
public sealed class IdlingInbox : IDisposable
{
    private readonly ImapClient _imap = new();
    private readonly Mailbox _box;

    public IdlingInbox(Mailbox box) => _box = box;

    public async Task OpenAsync(CancellationToken stop)
    {
        await _imap.ConnectAsync(_box.Host, 993, SecureSocketOptions.SslOnConnect, stop); //! LCA1001
        await _imap.AuthenticateAsync(_box.User, _box.Password, stop);
    }

    public Task WaitAsync(CancellationToken done, CancellationToken stop) => _imap.IdleAsync(done, stop);

    public void Dispose() => _imap.Dispose();
}

public sealed class WatchedInbox : IDisposable
{
    private readonly ImapClient _imap = new();
    private readonly Mailbox _box;
    private readonly ILogger _log;

    public WatchedInbox(Mailbox box, ILogger log)
    {
        (_box, _log) = (box, log);
        _imap.Disconnected += OnDisconnected;
    }

    // ok LCA1001: Disconnected is attached
    public async Task OpenAsync(CancellationToken stop)
    {
        await _imap.ConnectAsync(_box.Host, 993, SecureSocketOptions.SslOnConnect, stop);
        await _imap.AuthenticateAsync(_box.User, _box.Password, stop);
    }

    private void OnDisconnected(object? sender, DisconnectedEventArgs e)
    {
        if (!e.IsRequested) _log.LogWarning("{Host} hung up", e.Host);
    }

    public void Dispose() => _imap.Dispose();
}

public sealed class Outbox(Mailbox box, ILogger log)
{
    // ok LCA1001: one message, each step awaited, disposed at the end
    public async Task SendAsync(MimeMessage message, CancellationToken stop)
    {
        using var smtp = new SmtpClient();
        await smtp.ConnectAsync(box.Host, 587, SecureSocketOptions.StartTls, stop);
        await smtp.AuthenticateAsync(box.User, box.Password, stop);
        await smtp.SendAsync(message, stop);
        await smtp.DisconnectAsync(quit: true, stop);
    }

    /// <summary>Wants to hear of a hang-up, but only of one after the log-in.</summary>
    public async Task SendAllAsync(IReadOnlyList<MimeMessage> messages, CancellationToken stop)
    {
        using var smtp = new SmtpClient { Timeout = 20_000 };
        await smtp.ConnectAsync(box.Host, 587, SecureSocketOptions.StartTls, stop); //! LCA1001
        await smtp.AuthenticateAsync(box.User, box.Password, stop);
        smtp.Disconnected += (_, e) => log.LogWarning("{Host} hung up", e.Host);
        foreach (var message in messages) await smtp.SendAsync(message, stop);
        await smtp.DisconnectAsync(quit: true, stop);
    }

    // ok LCA1001: the same with the handler first
    public async Task SendAllWatchedAsync(IReadOnlyList<MimeMessage> messages, CancellationToken stop)
    {
        using var smtp = new SmtpClient { Timeout = 20_000 };
        smtp.Disconnected += (_, e) => log.LogWarning("{Host} hung up", e.Host);
        await smtp.ConnectAsync(box.Host, 587, SecureSocketOptions.StartTls, stop);
        await smtp.AuthenticateAsync(box.User, box.Password, stop);
        foreach (var message in messages) await smtp.SendAsync(message, stop);
        await smtp.DisconnectAsync(quit: true, stop);
    }
}

public sealed class InboxPoller(IReadOnlyList<Mailbox> boxes, ILogger<InboxPoller> log) : BackgroundService
{
    // ok LCA1001: a client for each visit, used through its awaited calls alone
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var box in boxes)
            {
                try
                {
                    log.LogInformation("{User}: {Count}", box.User, await CountAsync(box, stoppingToken));
                }
                catch (Exception ex) when (ex is IOException or ProtocolException)
                {
                    log.LogWarning(ex, "{User} not polled", box.User);
                }
            }
        }
    }

    // ok LCA1001: created, used and disposed here
    private static async Task<int> CountAsync(Mailbox box, CancellationToken stop)
    {
        using var pop = new Pop3Client();
        await pop.ConnectAsync(box.Host, 995, SecureSocketOptions.SslOnConnect, stop);
        await pop.AuthenticateAsync(box.User, box.Password, stop);
        var count = await pop.GetMessageCountAsync(stop);
        await pop.DisconnectAsync(quit: true, stop);
        return count;
    }
}

public abstract class MailSession : IDisposable
{
    protected MailSession(IMailService service, ILogger log)
    {
        Service = service;
        Service.Disconnected += (_, e) => log.LogWarning("{Host} hung up", e.Host);
    }

    protected IMailService Service { get; }

    // ok LCA1001: attached through the interface, by the constructor
    public Task OpenAsync(string host, int port, CancellationToken stop) =>
        Service.ConnectAsync(host, port, SecureSocketOptions.Auto, stop);

    public void Dispose() => Service.Dispose();
}

public sealed class ImapSession(ILogger log) : MailSession(new ImapClient { Timeout = 10_000 }, log);
