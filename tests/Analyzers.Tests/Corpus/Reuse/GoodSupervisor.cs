// A supervised client: one loop owns the session, everybody else asks the loop. Nothing to report.
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace Corpus.Reuse.GoodSupervisor;

public sealed class LineSupervisor(EndPoint server, ILogger<LineSupervisor> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private Socket? _socket;

    public async Task SendAsync(ReadOnlyMemory<byte> line, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            var socket = await LiveSocketAsync(stop);
            var sent = 0;
            while (sent < line.Length) sent += await socket.SendAsync(line[sent..], stop);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            log.LogWarning(ex, "line dropped");
            Drop();
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<Socket> LiveSocketAsync(CancellationToken stop)
    {
        if (_socket is not null && !HasEnded(_socket)) return _socket;
        Drop();
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(server, stop);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return _socket = socket;
    }

    private static bool HasEnded(Socket socket)
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private void Drop()
    {
        _socket?.Dispose();
        _socket = null;
    }

    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        Drop();
        _gate.Dispose();
    }
}

public sealed class ConfirmedPublisher(IConnection connection, ILogger<ConfirmedPublisher> log) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private IChannel? _channel;

    public async Task<bool> PublishAsync(string exchange, string key, ReadOnlyMemory<byte> body, CancellationToken stop)
    {
        await _gate.WaitAsync(stop);
        try
        {
            var channel = await OpenChannelAsync(stop);
            await channel.BasicPublishAsync(exchange, key, body, stop);
            return true;
        }
        catch (RabbitMQ.Client.Exceptions.RabbitMQClientException ex)
        {
            log.LogWarning(ex, "not confirmed");
            await DropAsync();
            return false;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<IChannel> OpenChannelAsync(CancellationToken stop)
    {
        if (_channel is { IsOpen: true } open) return open;
        await DropAsync();
        _channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true), stop);
        return _channel;
    }

    private async Task DropAsync()
    {
        if (_channel is null) return;
        await _channel.DisposeAsync();
        _channel = null;
    }

    public async ValueTask DisposeAsync()
    {
        await DropAsync();
        _gate.Dispose();
    }
}
