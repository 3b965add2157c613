// Catches around sends that say nothing.
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;

namespace Corpus.Sending.Silences;

public sealed class Buzzer(Socket socket, ILogger log)
{
    private int _failures;

    public void Buzz()
    {
        try
        {
            socket.Send([7]);
        }
        catch //! LCA2005
        {
        }
    }

    public void BuzzTyped()
    {
        try
        {
            socket.Send([7]);
        }
        catch (Exception) //! LCA2005
        {
            // ignore
        }
    }

    public void BuzzNamed()
    {
        try { socket.Send([7]); } catch (Exception ex) { } //! LCA2005
    }

    // ok LCA2005: narrow
    public void BuzzNarrow()
    {
        try { socket.Send([7]); } catch (SocketException) { } catch (ObjectDisposedException) { }
    }

    // ok LCA2005: a filter makes it narrow
    public void BuzzFiltered()
    {
        try { socket.Send([7]); } catch (Exception ex) when (ex is SocketException or ObjectDisposedException) { }
    }

    // ok LCA2005: logged
    public void BuzzLogged()
    {
        try { socket.Send([7]); } catch (Exception ex) { log.LogDebug(ex, "buzz"); }
    }

    // ok LCA2005: told by the result
    public bool TryBuzz()
    {
        try { socket.Send([7]); return true; } catch { return false; }
    }

    // ok LCA2005: closing is doing something
    public void BuzzClosing()
    {
        try { socket.Send([7]); } catch { socket.Dispose(); }
    }

    // ok LCA2005: counted
    public void BuzzCounted()
    {
        try { socket.Send([7]); } catch (Exception) { _failures++; }
    }

    public int Failures => _failures;

    public void BuzzReturning()
    {
        try { socket.Send([7]); }
        catch { return; } //! LCA2005
        log.LogTrace("buzzed");
    }

    // ok LCA2005: around closing, not a send
    public void Stop()
    {
        try { socket.Shutdown(SocketShutdown.Both); } catch { }
        socket.Close();
    }
}

public sealed class Postcards(HubConnection hub, IMqttClient mqtt, WebSocket ws)
{
    public async Task PostAsync(string text, CancellationToken stop)
    {
        try
        {
            await hub.SendAsync("card", text, stop);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public async Task PublishAllAsync(IEnumerable<string> topics, CancellationToken stop)
    {
        foreach (var topic in topics)
        {
            try
            {
                await mqtt.PublishAsync(new MqttApplicationMessage { Topic = topic }, stop);
            }
            catch //! LCA2005
            {
                continue;
            }
        }
    }

    // ok LCA2005: rethrown
    public async Task PostOrThrowAsync(string text, CancellationToken stop)
    {
        try { await hub.SendAsync("card", text, stop); }
        catch (Exception) { throw; }
    }

    // ok LCA2005: kept
    private Exception? _last;
    public async Task PostKeptAsync(string text, CancellationToken stop)
    {
        try { await hub.SendAsync("card", text, stop); }
        catch (Exception ex) { _last = ex; }
    }

    public Exception? Last => _last;

    public async Task BroadcastAsync(IReadOnlyList<WebSocket> all, byte[] data, CancellationToken stop)
    {
        foreach (var socket in all)
        {
            if (socket.State != WebSocketState.Open) continue;
            try { await socket.SendAsync(data, WebSocketMessageType.Text, true, stop); }
            catch (Exception) { } //! LCA2005
        }
    }

    // ok LCA2005: the dead ones are collected
    public async Task BroadcastCleaningAsync(List<WebSocket> all, byte[] data, CancellationToken stop)
    {
        var dead = new List<WebSocket>();
        foreach (var socket in all)
        {
            try { await socket.SendAsync(data, WebSocketMessageType.Text, true, stop); }
            catch (Exception) { dead.Add(socket); }
        }
        all.RemoveAll(dead.Contains);
    }

    public async Task ByeAsync()
    {
        try
        {
            await SayAsync("bye");
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    private Task SayAsync(string text) =>
        ws.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, CancellationToken.None);

    // ok LCA2005: nothing is sent in this try
    public async Task<string> ReadAsync(string path)
    {
        try { return await File.ReadAllTextAsync(path); }
        catch { return ""; }
    }

    // ok LCA2005: cancellation only
    public async Task PostUntilAsync(string text, CancellationToken stop)
    {
        try { await hub.SendAsync("card", text, stop); }
        catch (OperationCanceledException) { }
    }
}

public static class Wakers
{
    public static void Wake(UdpClient udp, byte[] magic)
    {
        try { udp.Send(magic, magic.Length); }
        catch (System.Exception) { ; } //! LCA2005
    }

    // ok LCA2005: answered to the caller
    public static async Task<Exception?> WakeAsync(UdpClient udp, byte[] magic)
    {
        try { await udp.SendAsync(magic); return null; }
        catch (Exception ex) { return ex; }
    }

    public static void Mirror(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[4096];
        try
        {
            int n;
            while ((n = from.Read(buffer)) > 0) to.Write(buffer, 0, n);
        }
        catch { } //! LCA2005
    }

    // ok LCA2005: the finally closes it
    public static void MirrorClosing(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[4096];
        try
        {
            int n;
            while ((n = from.Read(buffer)) > 0) to.Write(buffer, 0, n);
        }
        catch { } //? LCA2005
        finally
        {
            from.Close();
            to.Close();
        }
    }
}
