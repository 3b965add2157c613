// What a catch around a send says, or does not say, about the failure.
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;

namespace Corpus.Sending.SilentCatches;

public sealed class Telemetry(UdpClient udp, HttpClient http, ILogger<Telemetry> log)
{
    private int _lost;

    public void Count(string metric)
    {
        try
        {
            var line = Encoding.ASCII.GetBytes(metric + ":1|c");
            udp.Send(line, line.Length);
        }
        catch //! LCA2005
        {
        }
    }

    // ok LCA2005: narrow
    public void CountNarrow(string metric)
    {
        try
        {
            var line = Encoding.ASCII.GetBytes(metric + ":1|c");
            udp.Send(line, line.Length);
        }
        catch (SocketException)
        {
        }
    }

    // ok LCA2005: narrowed by its filter
    public void CountFiltered(string metric)
    {
        try
        {
            var line = Encoding.ASCII.GetBytes(metric + ":1|c");
            udp.Send(line, line.Length);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // metrics are best effort
        }
    }

    // ok LCA2005: the failures are counted
    public void CountCounted(string metric)
    {
        try
        {
            var line = Encoding.ASCII.GetBytes(metric + ":1|c");
            udp.Send(line, line.Length);
        }
        catch (Exception)
        {
            Interlocked.Increment(ref _lost);
        }
    }

    public async Task ReportAsync(object report, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("reports", report, ct);
        }
        catch (Exception) //! LCA2005
        {
            // never let telemetry break the application
        }
    }

    // ok LCA2005: logged
    public async Task ReportLoggedAsync(object report, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("reports", report, ct);
        }
        catch (Exception e)
        {
            log.LogDebug(e, "report lost");
        }
    }

    // ok LCA2005: logged without the exception, but logged
    public async Task ReportNotedAsync(object report, CancellationToken ct)
    {
        try
        {
            using var response = await http.PostAsJsonAsync("reports", report, ct);
        }
        catch
        {
            log.LogWarning("report lost");
        }
    }

    // ok LCA2005: no send in it
    public string? LastReport(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception)
        {
        }

        return null;
    }
}

public sealed class ChatPeer(WebSocket socket, Stream transport)
{
    private bool _broken;

    public event EventHandler? Failed;

    public async Task SayAsync(string text, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        }
        catch (Exception ex) //! LCA2005
        {
        }
    }

    // ok LCA2005: the answer tells
    public async Task<bool> TrySayAsync(string text, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    // ok LCA2005: the socket is closed
    public async Task SayOrDieAsync(string text, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        }
        catch
        {
            socket.Abort();
        }
    }

    // ok LCA2005: the exception goes on
    public async Task SayWrappedAsync(string text, CancellationToken ct)
    {
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, ct);
        }
        catch (Exception e)
        {
            throw new IOException("not said", e);
        }
    }

    public void Write(byte[] frame)
    {
        try
        {
            transport.Write(frame);
            transport.Flush();
        }
        catch { } //! LCA2005
    }

    // ok LCA2005: a flag remembers it
    public void WriteFlagged(byte[] frame)
    {
        try
        {
            transport.Write(frame);
        }
        catch
        {
            _broken = true;
        }
    }

    // ok LCA2005: subscribers are told
    public void WriteSignalled(byte[] frame)
    {
        if (_broken) return;
        try
        {
            transport.Write(frame);
        }
        catch (Exception)
        {
            Failed?.Invoke(this, EventArgs.Empty);
        }
    }

    // ok LCA2005: a close, no send
    public async Task LeaveAsync()
    {
        try
        {
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch
        {
        }
    }

    public async Task FarewellAsync(IEnumerable<string> lines, CancellationToken ct)
    {
        foreach (var line in lines)
        {
            try
            {
                await socket.SendAsync(Encoding.UTF8.GetBytes(line), WebSocketMessageType.Text, true, ct);
            }
            catch (Exception) //! LCA2005
            {
                continue;
            }
        }
    }

    public void Reset(byte[] code)
    {
        try
        {
            transport.Write(code);
        }
        catch (Exception) //! LCA2005
        {
            return;
        }
        finally
        {
            _broken = false;
        }
    }
}

public sealed class Fanout(IEnumerable<Socket> sockets, HubConnection hub, IMqttClient mqtt, IChannel channel)
{
    public void Send(byte[] frame) => sockets.ToList().ForEach(s =>
    {
        try { s.Send(frame); }
        catch { } //! LCA2005
    });

    // ok LCA2005: two narrow ones
    public void SendNarrow(byte[] frame)
    {
        foreach (var s in sockets)
        {
            try
            {
                s.Send(frame);
            }
            catch (SocketException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }

    public void SendMixed(byte[] frame)
    {
        foreach (var s in sockets)
        {
            try
            {
                s.Send(frame);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.WouldBlock)
            {
                Thread.Yield();
            }
            catch (Exception) //! LCA2005
            {
            }
        }
    }

    // ok LCA2005: the broad one closes
    public void SendClosing(byte[] frame)
    {
        foreach (var s in sockets)
        {
            try
            {
                s.Send(frame);
            }
            catch (SocketException)
            {
            }
            catch (Exception)
            {
                s.Dispose();
            }
        }
    }

    public async Task InvokeAsync(string what)
    {
        try
        {
            await hub.SendAsync("notify", what);
        }
        catch (System.Exception) //! LCA2005
        {
        }
    }

    public async Task PublishAsync(byte[] body)
    {
        await Both();

        async Task Both()
        {
            try
            {
                await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "all", PayloadSegment = body });
            }
            catch //! LCA2005
            {
                /* offline */
            }

            try
            {
                await channel.BasicPublishAsync("all", "", body);
            }
            catch (Exception) //! LCA2005
            {
                ;
            }
        }
    }

    // ok LCA2005: reconnected in the catch
    public async Task PublishReconnectingAsync(byte[] body, Func<Task> reconnect)
    {
        try
        {
            await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "all", PayloadSegment = body });
        }
        catch (Exception)
        {
            await reconnect();
        }
    }
}

/// <summary>In a callback: LCA2001 is content with any catch, this rule is not.</summary>
public sealed class Beacon : IDisposable
{
    private readonly Timer _timer;
    private readonly Timer _logged;

    public Beacon(UdpClient udp, IPEndPoint group, byte[] beacon)
    {
        _timer = new Timer(_ =>
        {
            try
            {
                udp.Send(beacon, beacon.Length, group);
            }
            catch (Exception) //! LCA2005
            {
            }
        }, null, 0, 1000);
        _logged = new Timer(LogBeat, (udp, beacon), 0, 1000);
    }

    // ok LCA2005: written to the trace
    private static void LogBeat(object? state)
    {
        var (udp, beacon) = ((UdpClient, byte[]))state!;
        try
        {
            udp.Send(beacon, beacon.Length);
        }
        catch (Exception e)
        {
            System.Diagnostics.Trace.TraceWarning(e.Message);
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _logged.Dispose();
    }
}

public sealed class DisposingSession(NetworkStream stream) : IDisposable
{
    private static readonly byte[] Bye = "QUIT\r\n"u8.ToArray();

    public void Dispose()
    {
        try
        {
            stream.Write(Bye);
        }
        catch //? LCA2005
        {
        }

        stream.Dispose();
    }
}

public sealed class PoliteSession(NetworkStream stream) : IDisposable
{
    private static readonly byte[] Bye = "QUIT\r\n"u8.ToArray();

    // ok LCA2005: only what a dead peer causes
    public void Dispose()
    {
        try
        {
            stream.Write(Bye);
        }
        catch (IOException)
        {
        }
        finally
        {
            stream.Dispose();
        }
    }
}
