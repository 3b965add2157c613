// Pushes configuration to edge proxies when a file, a token or an object changes.
using System.Net.WebSockets;
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Corpus.Sending.ConfigPush;

public sealed class EdgePusher : IDisposable
{
    private readonly WebSocket _edge;
    private readonly IConfiguration _configuration;
    private readonly IDisposable _registration;
    private readonly FileSystemWatcher _watcher;

    public EdgePusher(WebSocket edge, IConfiguration configuration, string folder)
    {
        (_edge, _configuration) = (edge, configuration);
        _registration = ChangeToken.OnChange(configuration.GetReloadToken, () => PushRoutesAsync().GetAwaiter().GetResult()); //! LCA2001
        _watcher = new FileSystemWatcher(folder);
        _watcher.Error += OnWatchError;
        _watcher.Changed += OnFileChanged;
        _watcher.Renamed += async (_, e) => await PushFileAsync(e.FullPath); //! LCA2001
        _watcher.EnableRaisingEvents = true;
    }

    private async void OnFileChanged(object sender, FileSystemEventArgs e)
    {
        if (!e.Name!.EndsWith(".json", StringComparison.Ordinal)) return;
        await PushFileAsync(e.FullPath); //! LCA2001
    }

    // ok LCA2001: stops watching, sends nothing
    private void OnWatchError(object sender, ErrorEventArgs e) => _watcher.EnableRaisingEvents = false;

    // ok LCA2001: not a callback by itself
    public async Task PushRoutesAsync()
    {
        foreach (var route in _configuration.GetSection("Routes").GetChildren())
            await PushAsync($"{route.Key}={route.Value}");
    }

    private async Task PushFileAsync(string path)
    {
        var text = await File.ReadAllTextAsync(path);
        await PushAsync(text);
    }

    private async Task PushAsync(string text) => await _edge.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, default);

    public void Dispose()
    {
        _registration.Dispose();
        _watcher.Dispose();
    }
}

public sealed class GuardedEdgePusher : IDisposable
{
    private readonly WebSocket _edge;
    private readonly ILogger _log;
    private readonly IDisposable _registration;

    public GuardedEdgePusher(WebSocket edge, IConfiguration configuration, FileSystemWatcher watcher, ILogger log)
    {
        (_edge, _log) = (edge, log);
        _registration = ChangeToken.OnChange(configuration.GetReloadToken, OnReload, configuration);
        watcher.Changed += async (_, e) => await PushFileAsync(e.FullPath);
    }

    // ok LCA2001: the loop goes on only while the socket is open
    private async void OnReload(IConfiguration configuration)
    {
        using var routes = configuration.GetSection("Routes").GetChildren().GetEnumerator();
        while (_edge.State == WebSocketState.Open && routes.MoveNext())
        {
            var bytes = Encoding.UTF8.GetBytes(routes.Current.Value ?? "");
            await _edge.SendAsync(bytes, WebSocketMessageType.Text, true, default);
        }
    }

    // ok LCA2001: the file is read first, then the socket is asked
    private async Task PushFileAsync(string path)
    {
        var bytes = await File.ReadAllBytesAsync(path);
        if (_edge.State is WebSocketState.Open)
            await _edge.SendAsync(bytes, WebSocketMessageType.Text, true, default);
        else
            _log.LogInformation("{Path} is pushed after the reconnect", path);
    }

    public void Dispose() => _registration.Dispose();
}
