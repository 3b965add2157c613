// Catch clauses that hide why a send failed.
using System.Net.Mail;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace Wide.Sending.Swallows;

// --- reported

public class OldNotifier
{
    private readonly Socket socket;

    public OldNotifier(Socket socket)
    {
        this.socket = socket;
    }

    public void Notify(string text)
    {
        byte[] data = Encoding.UTF8.GetBytes(text);
        try
        {
            socket.Send(data);
        }
        catch //! LCA2005
        {
        }
    }

    public void NotifyAll(IEnumerable<Socket> sockets, byte[] data)
    {
        foreach (Socket each in sockets)
        {
            try { each.Send(data); } catch (Exception) { continue; } //! LCA2005
        }
    }
}

public sealed class Beacon(IMqttClient mqtt)
{
    public async Task BeatAsync(CancellationToken ct)
    {
        var message = new MqttApplicationMessage { Topic = "beat" };
        try
        {
            await mqtt.PublishAsync(message, ct);
        }
        catch (Exception ex) //! LCA2005
        {
            // ignored, the next beat comes soon
        }
    }

    public async Task LoopAsync(WebSocket socket, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(ct))
        {
            try
            {
                await SendBeatAsync(socket, ct);
            }
            catch (Exception) when (!ct.IsCancellationRequested) //! LCA2005
            {
            }
        }
    }

    private static Task SendBeatAsync(WebSocket socket, CancellationToken ct) =>
        socket.SendAsync("beat"u8.ToArray(), WebSocketMessageType.Text, true, ct);
}

public sealed class HubFarewell(HubConnection hub)
{
    public async Task ByeAsync()
    {
        try
        {
            await hub.SendAsync("bye", hub.ConnectionId);
        }
        catch (OperationCanceledException)
        {
            throw;
        }
        catch //! LCA2005
        {
            return;
        }
    }
}

public sealed class AuditPublisher(IChannel channel)
{
    public async ValueTask PublishAsync(ReadOnlyMemory<byte> body)
    {
        try
        {
            await channel.BasicPublishAsync("audit", "", body);
        }
        catch (Exception _) //! LCA2005
        {
            ;
        }
    }
}

public sealed class CacheInvalidator(ISubscriber subscriber)
{
    public void Invalidate(string key)
    {
        try
        {
            if (string.IsNullOrEmpty(key)) return;
            subscriber.Publish("invalidate", key);
        }
        catch (Exception) { } // ok LCA2005: a publish without a connection is answered with the command's own exception
    }
}

public sealed class FrameWriter(NetworkStream stream)
{
    public async Task WriteAsync(byte[] frame)
    {
        try
        {
            await stream.WriteAsync(frame);
            await stream.FlushAsync();
        }
        catch (SystemException) when (frame.Length == 0)
        {
            throw;
        }
        catch (Exception) //! LCA2005
        {
            await Task.CompletedTask;
        }
    }
}

// --- silent

public sealed class CarefulNotifier(Socket socket, ILogger log)
{
    private int _failures;
    private Exception? _last;

    // ok LCA2005: narrow
    public void Narrow(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (SocketException)
        {
        }
    }

    // ok LCA2005: logged
    public void Logged(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception ex)
        {
            log.LogWarning(ex, "send");
        }
    }

    // ok LCA2005: a result that tells
    public bool TrySend(byte[] data)
    {
        try
        {
            socket.Send(data);
            return true;
        }
        catch
        {
            return false;
        }
    }

    // ok LCA2005: closes
    public void OrClose(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception)
        {
            socket.Close();
        }
    }

    // ok LCA2005: counted
    public void Counted(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception)
        {
            _failures++;
        }
    }

    // ok LCA2005: kept
    public void Kept(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception ex)
        {
            _last = ex;
        }
    }

    // ok LCA2005: wrapped
    public void Wrapped(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception ex)
        {
            throw new IOException("send failed", ex);
        }
    }

    // ok LCA2005: a filter names the kinds
    public void Filtered(byte[] data)
    {
        try
        {
            socket.Send(data);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
        }
    }

    // ok LCA2005: no send in the try, only the closing
    public void Close()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
            socket.Close();
        }
        catch
        {
        }
    }

    // ok LCA2005: a file, no connection
    public void Save(string path, byte[] data)
    {
        try
        {
            File.WriteAllBytes(path, data);
        }
        catch (Exception)
        {
        }
    }

    // ok LCA2005: an out parameter tells
    public void Send(byte[] data, out string? error)
    {
        error = null;
        try
        {
            socket.Send(data);
        }
        catch (Exception)
        {
            error = "failed";
        }
    }

    public string Summary => $"{_failures}: {_last?.Message}";
}
