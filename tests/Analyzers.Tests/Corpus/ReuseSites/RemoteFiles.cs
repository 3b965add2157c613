// File drops, mail relays and game backends: sessions that are looked up, and callbacks that use them.
using System.Collections.Concurrent;
using Acme.Wire;
using FluentFTP;
using MailKit.Net.Smtp;
using Microsoft.Extensions.Logging;
using MimeKit;
using Renci.SshNet;

namespace Sites.Reuse.RemoteFiles;

/// <summary>SFTP by partner; the dictionary remembers who was there, not who is.</summary>
public sealed class PartnerDrops(Func<string, SftpClient> open)
{
    private readonly ConcurrentDictionary<string, SftpClient> _partners = new(StringComparer.Ordinal);

    public void Upload(string partner, Stream file, string name)
    {
        if (!_partners.TryGetValue(partner, out var sftp))
        {
            sftp = open(partner); //? LCA1001
            _partners[partner] = sftp;
        }

        sftp.UploadFile(file, $"/in/{name}"); //! LCA3001
    }

    // ok LCA3001: a dropped one is opened again
    public void UploadChecked(string partner, Stream file, string name)
    {
        if (!_partners.TryGetValue(partner, out var sftp) || !sftp.IsConnected)
        {
            sftp?.Dispose();
            _partners[partner] = sftp = open(partner); //? LCA1001
        }

        sftp.UploadFile(file, $"/in/{name}");
    }

    // ok LCA3001: opened for the one file
    public void UploadAlone(string partner, Stream file, string name)
    {
        using var sftp = open(partner); //? LCA1001
        sftp.UploadFile(file, $"/in/{name}");
    }
}

/// <summary>FTP in a field, through a generic base class that makes what it is asked for.</summary>
public abstract class OnDemand<TClient> where TClient : class, IDisposable
{
    private TClient? _client;

    protected abstract Task<TClient> OpenAsync(CancellationToken ct);

    protected async Task<TClient> ClientAsync(CancellationToken ct)
    {
        _client ??= await OpenAsync(ct);
        return _client;
    }

    protected void Forget()
    {
        _client?.Dispose();
        _client = null;
    }
}

public sealed class CatalogueUpload(Func<CancellationToken, Task<AsyncFtpClient>> open) : OnDemand<AsyncFtpClient>
{
    protected override Task<AsyncFtpClient> OpenAsync(CancellationToken ct) => open(ct);

    public async Task<FtpStatus> UploadAsync(byte[] catalogue, CancellationToken ct)
    {
        var ftp = await ClientAsync(ct);
        return await ftp.UploadBytes(catalogue, "/catalogue.xml", ct); //! LCA3001
    }

    // ok LCA3001: the catch forgets the client
    public async Task<FtpStatus> UploadOrForgetAsync(byte[] catalogue, CancellationToken ct)
    {
        try
        {
            var ftp = await ClientAsync(ct);
            return await ftp.UploadBytes(catalogue, "/catalogue.xml", ct);
        }
        catch
        {
            Forget();
            throw;
        }
    }

    // ok LCA3001: asked with a NOOP
    public async Task<FtpStatus> UploadCheckedAsync(byte[] catalogue, CancellationToken ct)
    {
        var ftp = await ClientAsync(ct);
        if (!await ftp.IsStillConnected(5000, ct))
        {
            Forget();
            ftp = await ClientAsync(ct);
        }

        return await ftp.UploadBytes(catalogue, "/catalogue.xml", ct);
    }
}

/// <summary>The mail relay keeps its SMTP session between the mails.</summary>
public sealed class MailRelay(Func<CancellationToken, Task<SmtpClient>> open, ILogger<MailRelay> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private SmtpClient? _smtp;

    public async Task RelayAsync(MimeMessage mail, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_smtp is null)
            {
                _smtp = await OpenAsync(ct);
            }

            await _smtp.SendAsync(mail, ct); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA3001: IsConnected decides
    public async Task RelayCheckedAsync(MimeMessage mail, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_smtp is null || !_smtp.IsConnected)
            {
                _smtp?.Dispose();
                _smtp = await OpenAsync(ct);
            }

            await _smtp.SendAsync(mail, ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<SmtpClient> OpenAsync(CancellationToken ct)
    {
        var smtp = await open(ct); //? LCA1001
        smtp.Disconnected += (_, e) => log.LogInformation("smtp disconnected, asked for: {Asked}", e.IsRequested);
        return smtp;
    }
}

/// <summary>A timer reports scores over whatever session happens to be cached.</summary>
public sealed class ScoreReporter : IDisposable
{
    private readonly Func<WireConnection> _dial;
    private readonly Timer _timer;
    private readonly ConcurrentQueue<byte[]> _scores = new();
    private WireConnection? _backend;

    public ScoreReporter(Func<WireConnection> dial)
    {
        _dial = dial;
        _timer = new Timer(Report, null, 1000, 1000);
    }

    public void Score(byte[] score)
    {
        lock (_scores)
        {
            if (_backend is null) _backend = _dial();
        }

        _scores.Enqueue(score);
    }

    private void Report(object? state)
    {
        if (_backend == null || !_scores.TryDequeue(out var score)) return;
        _backend.Send(score); //! LCA3001
    }

    public void Dispose()
    {
        _timer.Dispose();
        _backend?.Dispose();
    }
}

public sealed class CheckedScoreReporter : IDisposable
{
    private readonly Func<WireConnection> _dial;
    private readonly Timer _timer;
    private readonly ConcurrentQueue<byte[]> _scores = new();
    private WireConnection? _backend;

    public CheckedScoreReporter(Func<WireConnection> dial)
    {
        _dial = dial;
        _timer = new Timer(Report, null, 1000, 1000);
    }

    public void Score(byte[] score)
    {
        lock (_scores)
        {
            if (_backend is null || !_backend.IsOpen) _backend = _dial();
        }

        _scores.Enqueue(score);
    }

    // ok LCA3001: the session is asked in the callback itself
    private void Report(object? state)
    {
        if (_backend is { IsOpen: true } backend && _scores.TryDequeue(out var score)) backend.Send(score);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _backend?.Dispose();
    }
}

/// <summary>An event takes the session out of the cache, but later than others may use it.</summary>
public sealed class ShardRouter(IWireSessionFactory factory)
{
    private readonly ConcurrentDictionary<int, IWireSession> _shards = new();

    public Task<byte[]> AskAsync(int shard, byte[] question, CancellationToken ct)
    {
        var session = _shards.GetOrAdd(shard, id =>
        {
            var opened = factory.Open($"shard-{id}");
            opened.Closed += (_, _) => _shards.TryRemove(id, out var _);
            return opened;
        });
        return session.RequestAsync<byte[]>("/ask", question, ct); //! LCA3001
    }

    // ok LCA3001: a switch expression over the state decides
    public Task<byte[]> AskCheckedAsync(int shard, byte[] question, CancellationToken ct) =>
        _shards.TryGetValue(shard, out var session)
            ? session.Status switch
            {
                SessionStatus.Established => session.RequestAsync<byte[]>("/ask", question, ct),
                _ => Task.FromException<byte[]>(new IOException("the shard is going away")),
            }
            : Task.FromException<byte[]>(new KeyNotFoundException());
}

/// <summary>The matchmaker owns its link from construction to disposal.</summary>
public sealed class Matchmaker : IDisposable
{
    private readonly WireConnection _link;

    public Matchmaker(string host) => _link = WireConnection.Connect(host, 5100, TimeSpan.FromSeconds(2));

    // ok LCA3001: opened in the constructor, used as long as it lives
    public void Enlist(byte[] player) => _link.Send(player);

    public void Dispose() => _link.Dispose();
}
