// Nightly uploads to partners' FTP servers.
using FluentFTP;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.FtpDrop;

public sealed record Partner(string Name, string Host, string User, string Password);

public sealed class PartnerDrop(Partner partner) : IAsyncDisposable
{
    private AsyncFtpClient? _ftp;

    public async Task UploadAsync(string path, byte[] content, CancellationToken stop)
    {
        if (_ftp is null)
        {
            _ftp = new AsyncFtpClient(partner.Host, partner.User, partner.Password);
            await _ftp.Connect(stop);
        }

        await _ftp.UploadBytes(content, path, stop); //! LCA3001
    }

    public ValueTask DisposeAsync() => _ftp?.DisposeAsync() ?? default;
}

public sealed class ValidatedPartnerDrop(Partner partner, ILogger log) : IAsyncDisposable
{
    private AsyncFtpClient? _ftp;

    // ok LCA3001: IsStillConnected asks the server
    public async Task UploadAsync(string path, byte[] content, CancellationToken stop)
    {
        if (_ftp is null || !await _ftp.IsStillConnected(token: stop))
        {
            if (_ftp is not null) await _ftp.DisposeAsync();
            _ftp = new AsyncFtpClient(partner.Host, partner.User, partner.Password);
            await _ftp.Connect(stop);
            log.LogInformation("{Partner}: connected", partner.Name);
        }

        await _ftp.UploadBytes(content, path, stop);
    }

    public ValueTask DisposeAsync() => _ftp?.DisposeAsync() ?? default;
}

public sealed class PartnerDirectory(IEnumerable<Partner> partners)
{
    private readonly Dictionary<string, Partner> _partners = partners.ToDictionary(p => p.Name);
    private readonly Dictionary<string, AsyncFtpClient> _clients = [];

    public async Task<byte[]> FetchAsync(string name, string path, CancellationToken stop)
    {
        var client = await ClientAsync(name, stop);
        return await client.DownloadBytes(path, stop); //! LCA3001
    }

    private async Task<AsyncFtpClient> ClientAsync(string name, CancellationToken stop)
    {
        if (_clients.TryGetValue(name, out var known)) return known;
        var partner = _partners[name];
        var client = new AsyncFtpClient(partner.Host, partner.User, partner.Password);
        await client.Connect(stop);
        _clients[name] = client;
        return client;
    }

    // ok LCA3001: the helper evicts what it finds dead
    public async Task<byte[]> FetchLiveAsync(string name, string path, CancellationToken stop)
    {
        var client = await LiveClientAsync(name, stop);
        return await client.DownloadBytes(path, stop);
    }

    private async Task<AsyncFtpClient> LiveClientAsync(string name, CancellationToken stop)
    {
        if (_clients.TryGetValue(name, out var known))
        {
            if (await known.IsStillConnected(5000, stop)) return known;
            _clients.Remove(name);
            await known.DisposeAsync();
        }

        var partner = _partners[name];
        var client = new AsyncFtpClient(partner.Host, partner.User, partner.Password);
        await client.Connect(stop);
        _clients[name] = client;
        return client;
    }

    // ok LCA3001: the catch around the use goes through a helper that forgets
    public async Task<bool> CommandAsync(string name, string command, CancellationToken stop)
    {
        var client = await ClientAsync(name, stop);
        try
        {
            return await client.Execute(command, stop);
        }
        catch (IOException)
        {
            await ForgetAsync(name);
            return false;
        }
    }

    private async Task ForgetAsync(string name)
    {
        if (_clients.Remove(name, out var gone)) await gone.DisposeAsync();
    }
}
