// Kiosks that talk Socket.IO: commands, printer jobs and a card reader.
using Microsoft.Extensions.Logging;
using SocketIOClient;

namespace Corpus.Sending.SocketIoKiosk;

public sealed class CardReader
{
    public event EventHandler<string>? CardInserted;
    public event EventHandler? CardRemoved;

    public void Insert(string card) => CardInserted?.Invoke(this, card);

    public void Remove() => CardRemoved?.Invoke(this, EventArgs.Empty);
}

public sealed class Kiosk
{
    private readonly SocketIO _io;

    public Kiosk(SocketIO io, CardReader reader)
    {
        _io = io;
        reader.CardInserted += async (_, card) => await _io.EmitAsync("card", card); //! LCA2001
        reader.CardRemoved += OnRemoved;
        _io.OnDisconnected += OnDisconnected;
        _io.OnConnected += async (_, _) => await HelloAsync();
    }

    private async void OnRemoved(object? sender, EventArgs e)
    {
        var log = _io.Connected ? "removed" : "removed while offline";
        await _io.EmitAsync("log", log); //! LCA2001
    }

    private async void OnDisconnected(object? sender, string reason)
    {
        await HelloAsync(); //! LCA2001
    }

    // ok LCA2001: reached from OnConnected, which proves the state
    private async Task HelloAsync() => await _io.EmitAsync("hello", Environment.MachineName);
}

public sealed class CheckedKiosk
{
    private readonly SocketIO _io;
    private readonly ILogger _log;
    private readonly Queue<string> _unsent = new();

    public CheckedKiosk(SocketIO io, CardReader reader, ILogger log)
    {
        (_io, _log) = (io, log);
        reader.CardInserted += OnInserted;
        reader.CardRemoved += async (_, _) => await EmitIfConnectedAsync("log", "removed");
        _io.On("status", async response => await EmitIfConnectedAsync("status", "idle"));
        _io.OnDisconnected += (_, reason) => _log.LogInformation("offline: {Reason}", reason);
    }

    // ok LCA2001: the else branch keeps what cannot go
    private async void OnInserted(object? sender, string card)
    {
        if (!_io.Connected)
        {
            _unsent.Enqueue(card);
        }
        else
        {
            await _io.EmitAsync("card", card);
        }
    }

    // ok LCA2001: the condition stands in the helper
    private async Task EmitIfConnectedAsync(string name, string value)
    {
        if (_io.Connected) await _io.EmitAsync(name, value);
    }
}
