// A desktop client that edits shared documents: work posted to the UI thread writes to the link.
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Corpus.Sending.UiSync;

public interface IEditLink
{
    bool IsUsable { get; }
    void SendPatch(string patch);
    void Shutdown();
}

public sealed class Editor(IEditLink link, SynchronizationContext ui)
{
    private string _text = "";

    public void Edit(string patch)
    {
        ui.Post(_ =>
        {
            _text += patch;
            link.SendPatch(patch); //! LCA2001
        }, null);
    }

    public void EditMany(IReadOnlyList<string> patches)
    {
        ui.Post(Apply, patches);
    }

    private void Apply(object? state)
    {
        foreach (var patch in (IReadOnlyList<string>)state!) ApplyOne(patch); //! LCA2001
    }

    private void ApplyOne(string patch)
    {
        _text += patch;
        link.SendPatch(patch);
    }

    // ok LCA2001: asked before the patch goes
    public void EditChecked(string patch)
    {
        ui.Post(state =>
        {
            _text += patch;
            if (link.IsUsable) link.SendPatch((string)state!);
        }, patch);
    }

    // ok LCA2001: whoever calls hears of it
    public void SendAll() => link.SendPatch(_text);
}

public sealed class Autosave : IDisposable
{
    private readonly IEditLink _link;
    private readonly System.Timers.Timer _timer = new(2000) { AutoReset = false };
    private readonly Func<string> _read;

    public Autosave(IEditLink link, Func<string> read)
    {
        (_link, _read) = (link, read);
        _timer.Elapsed += Save;
    }

    public void Touch() => _timer.Start();

    private void Save(object? sender, System.Timers.ElapsedEventArgs e)
    {
        var text = _read();
        if (!_link.IsUsable)
            Console.Error.WriteLine("link is down"); // says so and goes on
        _link.SendPatch(text); //! LCA2001
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class CheckedAutosave : IDisposable
{
    private readonly IEditLink _link;
    private readonly System.Timers.Timer _timer = new(2000) { AutoReset = false };
    private readonly Func<string> _read;
    private readonly ILogger _log;

    public CheckedAutosave(IEditLink link, Func<string> read, ILogger log)
    {
        (_link, _read, _log) = (link, read, log);
        _timer.Elapsed += Save;
    }

    public void Touch() => _timer.Start();

    // ok LCA2001: says so and throws away
    private void Save(object? sender, System.Timers.ElapsedEventArgs e)
    {
        var usable = _link.IsUsable;
        if (!usable)
        {
            _log.LogWarning("link is down");
            return;
        }
        _link.SendPatch(_read());
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class CursorShare(WebSocket socket, TaskScheduler ui)
{
    // ok LCA2001: the continuation asks the socket
    public Task ShareAsync(Task<(int X, int Y)> position) =>
        position.ContinueWith(
            t => socket.State == WebSocketState.Open ? WriteAsync(t.Result.X, t.Result.Y) : Task.CompletedTask,
            CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, ui).Unwrap();

    public Task ShareUncheckedAsync(Task<(int X, int Y)> position) =>
        position.ContinueWith(t => WriteAsync(t.Result.X, t.Result.Y), ui).Unwrap(); //! LCA2001

    private Task WriteAsync(int x, int y) => socket.SendAsync(new[] { (byte)x, (byte)y }, WebSocketMessageType.Binary, true, default);
}
