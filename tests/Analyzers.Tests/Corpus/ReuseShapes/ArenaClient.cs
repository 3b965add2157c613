using System.Net.WebSockets;
using System.Text.Json;

namespace Arena.Client;

/// <summary>The socket of a match: its callbacks carry no sender.</summary>
public sealed class MatchSocket : IDisposable
{
    private readonly ClientWebSocket _inner = new();

    public Action<Exception?>? OnClosed { get; set; }
    public event Action? Lost;
    public bool IsOpen => _inner.State == WebSocketState.Open;

    public async Task ConnectAsync(Uri match, CancellationToken cancellationToken)
    {
        await _inner.ConnectAsync(match, cancellationToken);
    }

    public Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken) =>
        _inner.SendAsync(frame, WebSocketMessageType.Binary, true, cancellationToken).AsTask();

    public void Abort()
    {
        _inner.Abort();
        OnClosed?.Invoke(null);
        Lost?.Invoke();
    }

    public void Dispose() => _inner.Dispose();
}

public sealed record Move(int Unit, int X, int Y);

/// <summary>Enters one match after the other with one field for the socket.</summary>
public sealed class MatchClient
{
    private MatchSocket? _match;

    public async Task EnterAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new MatchSocket();
        socket.Lost += () =>
        {
            _match?.Dispose();
            _match = null;
        };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _match = socket; //! LCA3006
    }

    public Task MoveAsync(Move move, CancellationToken cancellationToken) => _match switch
    {
        { IsOpen: true } open => open.SendAsync(JsonSerializer.SerializeToUtf8Bytes(move), cancellationToken),
        _ => Task.CompletedTask,
    };
}

/// <summary>The lambda captures the socket that it was written for.</summary>
public sealed class CapturingMatchClient
{
    private MatchSocket? _match;

    public async Task EnterAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new MatchSocket();
        socket.Lost += () =>
        {
            socket.Dispose();
            if (ReferenceEquals(_match, socket)) _match = null;
        };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _match = socket; // ok LCA3006: only its own
    }
}

/// <summary>Acts only when what it now holds is not usable.</summary>
public sealed class AskingMatchClient
{
    private MatchSocket? _match;

    public async Task EnterAsync(Uri address, CancellationToken cancellationToken)
    {
        var socket = new MatchSocket { OnClosed = _ => Forget() };
        try
        {
            await socket.ConnectAsync(address, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _match = socket; // ok LCA3006: a usable one is left alone
    }

    private void Forget()
    {
        if (_match is { IsOpen: true }) return;
        _match?.Dispose();
        _match = null;
    }
}

/// <summary>The lobby's socket is made on demand, and a null test is all that is asked.</summary>
public sealed class LobbyClient(Uri lobby)
{
    private readonly SemaphoreSlim _opening = new(1);
    private ClientWebSocket? _socket;

    public async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            var socket = _socket ?? await OpenAsync(cancellationToken);
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(text), WebSocketMessageType.Text, true, cancellationToken); //! LCA3001
        }
        finally
        {
            _opening.Release();
        }
    }

    private async Task<ClientWebSocket> OpenAsync(CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(lobby, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return _socket = socket;
    }
}

/// <summary>Asked by a switch over its state.</summary>
public sealed class SwitchingLobbyClient(Uri lobby)
{
    private readonly SemaphoreSlim _opening = new(1);
    private ClientWebSocket? _socket;

    public async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken);
        try
        {
            switch (_socket?.State)
            {
                case WebSocketState.Open:
                    break;
                default:
                    _socket?.Dispose();
                    _socket = new ClientWebSocket();
                    await _socket.ConnectAsync(lobby, cancellationToken);
                    break;
            }

            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(text), WebSocketMessageType.Text, true, cancellationToken); // ok LCA3001: a switch asked
        }
        finally
        {
            _opening.Release();
        }
    }
}
