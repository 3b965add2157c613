// Extension methods over sockets and web sockets, and the watchers that use them.
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Corpus.Sending.WireExtensions;

public static class SocketExtensions
{
    public static void SendLine(this Socket socket, string line) => socket.Send(Encoding.UTF8.GetBytes(line + "\n"));

    public static void SendLines(this Socket socket, IEnumerable<string> lines)
    {
        foreach (var line in lines) socket.SendLine(line);
    }

    public static Task SendJsonAsync<T>(this WebSocket socket, T value, CancellationToken cancellation = default) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(value), WebSocketMessageType.Text, true, cancellation);

    // says whether it was sent
    public static async Task<bool> TrySendJsonAsync<T>(this WebSocket socket, T value, CancellationToken cancellation = default)
    {
        if (socket.State != WebSocketState.Open) return false;
        try
        {
            await socket.SendJsonAsync(value, cancellation);
            return true;
        }
        catch (Exception ex) when (ex is WebSocketException or InvalidOperationException)
        {
            return false;
        }
    }

    public static bool IsWritable(this WebSocket socket) =>
        socket.State is WebSocketState.Open or WebSocketState.CloseReceived;
}

public sealed record Reading(string Sensor, double Value);

public sealed class ReadingBoard
{
    public event EventHandler<Reading>? Added;
    public event EventHandler? Cleared;

    public void Add(Reading reading) => Added?.Invoke(this, reading);

    public void Clear() => Cleared?.Invoke(this, EventArgs.Empty);
}

public sealed class BoardExporter
{
    private readonly Socket _archive;
    private readonly WebSocket _live;

    public BoardExporter(Socket archive, WebSocket live, ReadingBoard board)
    {
        (_archive, _live) = (archive, live);
        board.Added += (_, reading) => _archive.SendLine(reading.ToString()); //! LCA2001
        board.Added += OnAdded;
        board.Cleared += OnCleared;
    }

    private async void OnAdded(object? sender, Reading reading)
    {
        if (double.IsNaN(reading.Value)) return;
        await _live.SendJsonAsync(reading); //! LCA2001
    }

    private void OnCleared(object? sender, EventArgs e)
    {
        SocketExtensions.SendLines(_archive, ["cleared", DateTime.UtcNow.ToString("O")]); //! LCA2001
    }
}

public sealed class CheckedBoardExporter
{
    private readonly WebSocket _live;
    private int _lost;

    public CheckedBoardExporter(WebSocket live, ReadingBoard board)
    {
        _live = live;
        board.Added += OnAdded;
        board.Cleared += OnCleared;
    }

    public int Lost => _lost;

    // ok LCA2001: a Try guard
    private async void OnAdded(object? sender, Reading reading)
    {
        if (!await _live.TrySendJsonAsync(reading)) _lost++;
    }

    // ok LCA2001: an extension returns the check
    private async void OnCleared(object? sender, EventArgs e)
    {
        if (_live.IsWritable()) await _live.SendJsonAsync(new Reading("*", 0));
    }
}
