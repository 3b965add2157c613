// Ingest of files from a watched folder, with a rescan when the watcher gives up. Nothing to report.
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.GoodFileIngest;

public sealed class FileIngest : BackgroundService
{
    private readonly Channel<string> _queue = Channel.CreateBounded<string>(new BoundedChannelOptions(1024) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly FileSystemWatcher _watcher;
    private readonly Func<string, CancellationToken, Task> _ingest;
    private readonly ILogger<FileIngest> _log;

    public FileIngest(string folder, Func<string, CancellationToken, Task> ingest, ILogger<FileIngest> log)
    {
        _ingest = ingest;
        _log = log;
        _watcher = new FileSystemWatcher(folder, "*.csv")
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite,
            InternalBufferSize = 64 * 1024,
        };
        _watcher.Created += OnAppeared;
        _watcher.Renamed += OnAppeared;
        _watcher.Error += OnError;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _watcher.EnableRaisingEvents = true;
        Rescan();
        await foreach (var file in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await _ingest(file, stoppingToken);
            }
            catch (IOException ex)
            {
                _log.LogWarning(ex, "{File} not ingested", file);
            }
        }
    }

    private void OnAppeared(object sender, FileSystemEventArgs e)
    {
        if (!_queue.Writer.TryWrite(e.FullPath)) _log.LogWarning("queue full, {File} waits for the next scan", e.Name);
    }

    private void OnError(object sender, ErrorEventArgs e)
    {
        _log.LogError(e.GetException(), "watcher failed, scanning");
        Rescan();
    }

    private void Rescan()
    {
        foreach (var file in Directory.EnumerateFiles(_watcher.Path, _watcher.Filter)) _queue.Writer.TryWrite(file);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _watcher.EnableRaisingEvents = false;
        _queue.Writer.TryComplete();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _watcher.Dispose();
        base.Dispose();
    }
}
