// Folders that partners drop files into.
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Corpus.Creation.DropFolders;

public sealed class InvoiceDrop : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly Channel<string> _files = Channel.CreateUnbounded<string>();

    public InvoiceDrop(string folder)
    {
        _watcher = new FileSystemWatcher(folder, "*.xml") { NotifyFilter = NotifyFilters.FileName };
        _watcher.Created += (_, e) => _files.Writer.TryWrite(e.FullPath);
        _watcher.Renamed += (_, e) => _files.Writer.TryWrite(e.FullPath);
    }

    /// <summary>When the buffer overflows, Error tells it, to nobody.</summary>
    public void Start()
    {
        _watcher.EnableRaisingEvents = true; //! LCA1001
    }

    public ChannelReader<string> Files => _files.Reader;

    public void Dispose() => _watcher.Dispose();
}

public sealed class OrderDrop : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly ILogger _log;
    private readonly Action<string> _found;

    public OrderDrop(string folder, Action<string> found, ILogger log)
    {
        (_found, _log) = (found, log);
        _watcher = new FileSystemWatcher(folder, "*.json") { InternalBufferSize = 64 * 1024 };
        _watcher.Created += (_, e) => _found(e.FullPath);
        _watcher.Error += OnError;
    }

    // ok LCA1001: Error was attached in the constructor
    public void Start() => _watcher.EnableRaisingEvents = true;

    private void OnError(object sender, ErrorEventArgs e)
    {
        _log.LogError(e.GetException(), "watching {Folder} failed, scanning instead", _watcher.Path);
        foreach (var file in Directory.EnumerateFiles(_watcher.Path, _watcher.Filter)) _found(file);
    }

    public void Dispose() => _watcher.Dispose();
}

public sealed class ConfigReloader(ILogger log) : IDisposable
{
    private FileSystemWatcher? _watcher;

    /// <summary>Raises events from its initialiser on; the handlers come afterwards.</summary>
    public void Watch(string folder, Action reload)
    {
        var watcher = new FileSystemWatcher(folder) { Filter = "*.ini", EnableRaisingEvents = true }; //! LCA1001
        watcher.Changed += (_, _) => reload();
        watcher.Error += (_, e) => log.LogWarning(e.GetException(), "no longer watching {Folder}", folder);
        _watcher = watcher;
    }

    // ok LCA1001: enabled when everything is attached
    public void WatchCarefully(string folder, Action reload)
    {
        var watcher = new FileSystemWatcher(folder) { Filter = "*.ini" };
        watcher.Changed += (_, _) => reload();
        watcher.Error += (_, e) => log.LogWarning(e.GetException(), "no longer watching {Folder}", folder);
        watcher.EnableRaisingEvents = true;
        _watcher = watcher;
    }

    // ok LCA1001: nothing is switched on here
    public void Pause()
    {
        if (_watcher is not null) _watcher.EnableRaisingEvents = false;
    }

    public void Dispose() => _watcher?.Dispose();
}

public static class Folders
{
    /// <summary>Stays in this method for hours, and nobody hears its Error.</summary>
    public static async Task CountAsync(string folder, Action<int> report, CancellationToken stop)
    {
        var count = 0;
        using var watcher = new FileSystemWatcher(folder);
        watcher.Created += (_, _) => report(Interlocked.Increment(ref count));
        watcher.EnableRaisingEvents = true; //! LCA1001
        await Task.Delay(Timeout.Infinite, stop);
    }

    // ok LCA1001: the error ends the wait
    public static async Task CountUntilErrorAsync(string folder, Action<int> report, CancellationToken stop)
    {
        var count = 0;
        var failed = new TaskCompletionSource();
        using var watcher = new FileSystemWatcher(folder);
        watcher.Created += (_, _) => report(Interlocked.Increment(ref count));
        watcher.Error += (_, e) => failed.TrySetException(e.GetException());
        watcher.EnableRaisingEvents = true;
        await failed.Task.WaitAsync(stop);
    }

    // ok LCA1001: it leaves before it is switched on
    public static FileSystemWatcher For(string folder, string pattern) =>
        new(folder, pattern) { IncludeSubdirectories = true, NotifyFilter = NotifyFilters.LastWrite };
}

public sealed class TwinDrop : IDisposable
{
    private readonly FileSystemWatcher _in, _out;

    public TwinDrop(string inbound, string outbound, ILogger log)
    {
        _in = Folders.For(inbound, "*");
        _out = Folders.For(outbound, "*");
        foreach (var watcher in new[] { _in, _out })
            watcher.Error += (_, e) => log.LogError(e.GetException(), "drop failed");
    }

    // ok LCA1001: both got it in the constructor's loop
    public void Start()
    {
        _in.EnableRaisingEvents = true;
        _out.EnableRaisingEvents = true;
    }

    public void Dispose()
    {
        _in.Dispose();
        _out.Dispose();
    }
}
