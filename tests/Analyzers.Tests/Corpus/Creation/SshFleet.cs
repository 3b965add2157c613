// Maintenance over SSH and SFTP for a fleet of vending machines.
using Microsoft.Extensions.Logging;
using Renci.SshNet;
using Renci.SshNet.Common;

namespace Corpus.Creation.SshFleet;

public sealed class FirmwareUploader : IDisposable
{
    private readonly SftpClient _sftp;

    public FirmwareUploader(string host, string user, string password) => _sftp = new SftpClient(host, user, password);

    public async Task OpenAsync(CancellationToken stop)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await _sftp.ConnectAsync(limit.Token).ConfigureAwait(false); //! LCA1001
    }

    public void Upload(Stream image) => _sftp.UploadFile(image, "/firmware/next.bin");

    public void Dispose() => _sftp.Dispose();
}

public sealed class WatchedFirmwareUploader : IDisposable
{
    private readonly SftpClient _sftp;
    private readonly ILogger _log;

    public WatchedFirmwareUploader(string host, string user, string password, ILogger log)
    {
        _log = log;
        _sftp = Watched(new SftpClient(host, user, password));
    }

    private T Watched<T>(T client) where T : BaseClient
    {
        client.ErrorOccurred += OnError;
        return client;
    }

    private void OnError(object? sender, ExceptionEventArgs e) => _log.LogError(e.Exception, "sftp failed");

    // ok LCA1001: a generic helper attached it in the constructor
    public Task OpenAsync(CancellationToken stop) => _sftp.ConnectAsync(stop);

    public void Dispose() => _sftp.Dispose();
}

public sealed class MachineConsole(ILogger log) : IDisposable
{
    private SshClient? _current;

    /// <summary>Replaces the console's session; the new one runs before it is watched.</summary>
    public void Switch(string host, string user, string password)
    {
        _current?.Dispose();
        _current = new SshClient(host, user, password);
        try
        {
            _current.Connect(); //! LCA1001
        }
        finally
        {
            _current.ErrorOccurred += (_, e) => log.LogError(e.Exception, "console of {Host} failed", host);
        }
    }

    // ok LCA1001: watched as soon as it exists
    public void SwitchWatched(string host, string user, string password)
    {
        _current?.Dispose();
        _current = new SshClient(host, user, password);
        _current.ErrorOccurred += (_, e) => log.LogError(e.Exception, "console of {Host} failed", host);
        try
        {
            _current.Connect();
        }
        catch (SshConnectionException)
        {
            _current.Dispose();
            _current = null;
            throw;
        }
    }

    public void Dispose() => _current?.Dispose();
}

public sealed class FleetRunner(IReadOnlyList<string> hosts, string user, string password, ILogger log)
{
    // ok LCA1001: a run in which each client lives for one awaited connect and its commands
    public async Task<int> CountReachableAsync(CancellationToken stop)
    {
        var reachable = 0;
        foreach (var host in hosts)
        {
            using var client = new SshClient(host, user, password);
            try
            {
                await client.ConnectAsync(stop);
                reachable++;
            }
            catch (SshException ex)
            {
                log.LogWarning(ex, "{Host} not reachable", host);
            }
        }

        return reachable;
    }

    /// <summary>The commands run synchronously, so their failures arrive at the calls as well.</summary>
    public string RunOnFirst(string command)
    {
        using var client = new SshClient(hosts[0], user, password);
        client.Connect(); //? LCA1001
        using var result = client.RunCommand(command);
        return result.Result;
    }

    /// <summary>Opened, kept, watched in a second pass.</summary>
    public List<SshClient> OpenAll()
    {
        var clients = new List<SshClient>(hosts.Count);
        foreach (var host in hosts)
        {
            var client = new SshClient(host, user, password);
            client.Connect(); //! LCA1001
            clients.Add(client);
        }

        clients.ForEach(c => c.ErrorOccurred += OnError);
        return clients;
    }

    // ok LCA1001: first pass creates and watches, second pass opens
    public List<SshClient> OpenAllWatched()
    {
        var clients = hosts.Select(Create).ToList();
        foreach (var client in clients) client.Connect();
        return clients;
    }

    private SshClient Create(string host)
    {
        var client = new SshClient(host, user, password);
        client.ErrorOccurred += OnError;
        return client;
    }

    private void OnError(object? sender, ExceptionEventArgs e) => log.LogError(e.Exception, "fleet session failed");
}
