// A relay that keeps its SMTP session, and an importer that keeps its POP3 session.
using MailKit;
using MailKit.Net.Pop3;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;

namespace Corpus.Reuse.MailRelay;

public sealed record Server(string Host, int Port, string User, string Password);

public sealed class Relay(Server server) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private SmtpClient? _smtp;

    public async Task SendAsync(MimeMessage message, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            var smtp = await GetAsync(stop);
            await smtp.SendAsync(message, stop); //! LCA3001
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<SmtpClient> GetAsync(CancellationToken stop)
    {
        if (_smtp is not null) return _smtp;
        var smtp = new SmtpClient();
        try
        {
            await smtp.ConnectAsync(server.Host, server.Port, SecureSocketOptions.StartTls, stop); //! LCA1001
            await smtp.AuthenticateAsync(server.User, server.Password, stop);
        }
        catch
        {
            smtp.Dispose();
            throw;
        }

        return _smtp = smtp;
    }

    public void Dispose() => _smtp?.Dispose();
}

/// <summary>Asks by NOOP before each message, and closes what does not answer.</summary>
public sealed class NoOpRelay(Server server) : IDisposable
{
    private SmtpClient? _smtp;

    // ok LCA3001: the choke point validates by a round trip
    public async Task SendAsync(MimeMessage message, CancellationToken stop)
    {
        var smtp = await GetLiveAsync(stop);
        await smtp.SendAsync(message, stop);
    }

    private async Task<SmtpClient> GetLiveAsync(CancellationToken stop)
    {
        if (_smtp is not null)
        {
            try
            {
                await _smtp.NoOpAsync(stop);
                return _smtp;
            }
            catch (Exception ex) when (ex is IOException or ProtocolException or InvalidOperationException)
            {
                _smtp.Dispose();
                _smtp = null;
            }
        }

        var smtp = new SmtpClient();
        try
        {
            await smtp.ConnectAsync(server.Host, server.Port, SecureSocketOptions.StartTls, stop); //! LCA1001
            await smtp.AuthenticateAsync(server.User, server.Password, stop);
        }
        catch
        {
            smtp.Dispose();
            throw;
        }

        return _smtp = smtp;
    }

    public void Dispose() => _smtp?.Dispose();
}

public sealed class Importer(IReadOnlyDictionary<string, Server> servers)
{
    private readonly Dictionary<string, Pop3Client> _boxes = [];

    public async Task<MimeMessage> FirstAsync(string tenant, CancellationToken stop)
    {
        if (!_boxes.ContainsKey(tenant)) _boxes[tenant] = await OpenAsync(servers[tenant], stop);
        return await _boxes[tenant].GetMessageAsync(0, stop); //! LCA3001
    }

    // ok LCA3001: a box that failed is forgotten
    public async Task<MimeMessage> FirstForgettingAsync(string tenant, CancellationToken stop)
    {
        if (!_boxes.TryGetValue(tenant, out var box)) _boxes[tenant] = box = await OpenAsync(servers[tenant], stop);
        try
        {
            return await box.GetMessageAsync(0, stop);
        }
        catch
        {
            _boxes.Remove(tenant);
            box.Dispose();
            throw;
        }
    }

    // ok LCA3001: a client for the one question
    public async Task<MimeMessage> FirstOnceAsync(string tenant, CancellationToken stop)
    {
        using var box = await OpenAsync(servers[tenant], stop);
        return await box.GetMessageAsync(0, stop);
    }

    private static async Task<Pop3Client> OpenAsync(Server server, CancellationToken stop)
    {
        var pop = new Pop3Client { Timeout = 15_000 };
        try
        {
            await pop.ConnectAsync(server.Host, server.Port, SecureSocketOptions.SslOnConnect, stop); //! LCA1001
            await pop.AuthenticateAsync(server.User, server.Password, stop);
            return pop;
        }
        catch
        {
            pop.Dispose();
            throw;
        }
    }
}
