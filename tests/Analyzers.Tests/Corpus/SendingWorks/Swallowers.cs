// Sends whose failures are hidden, or told: dashboards, beacons, relays.
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Pipes;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using RabbitMQ.Client;

namespace SendingWorks.Swallowers;

public sealed class DashboardRelay(IReadOnlyList<WebSocket> dashboards, ILogger<DashboardRelay> log)
{
    public async Task PushAsync(byte[] update, CancellationToken ct)
    {
        foreach (var dashboard in dashboards)
        {
            try
            {
                await dashboard.SendAsync(new ArraySegment<byte>(update), WebSocketMessageType.Text, true, ct);
            }
            catch //! LCA2005
            {
                // the browser has gone
            }
        }
    }

    // ok LCA2005: narrow
    public async Task PushNarrowAsync(byte[] update, CancellationToken ct)
    {
        foreach (var dashboard in dashboards)
        {
            try
            {
                await dashboard.SendAsync(new ArraySegment<byte>(update), WebSocketMessageType.Text, true, ct);
            }
            catch (WebSocketException)
            {
            }
        }
    }

    // ok LCA2005: closes what failed
    public async Task PushOrAbortAsync(byte[] update, CancellationToken ct)
    {
        foreach (var dashboard in dashboards)
        {
            try
            {
                await dashboard.SendAsync(new ArraySegment<byte>(update), WebSocketMessageType.Text, true, ct);
            }
            catch
            {
                dashboard.Abort();
            }
        }
    }

    // ok LCA2005: logged
    public async Task PushLoggedAsync(byte[] update, CancellationToken ct)
    {
        foreach (var dashboard in dashboards)
        {
            try
            {
                await dashboard.SendAsync(new ArraySegment<byte>(update), WebSocketMessageType.Text, true, ct);
            }
            catch (Exception ex)
            {
                log.LogDebug(ex, "dashboard not updated");
            }
        }
    }

    // ok LCA2005: nothing is sent here, the sockets are closed
    public async Task CloseAllAsync()
    {
        foreach (var dashboard in dashboards)
        {
            try
            {
                await dashboard.CloseAsync(WebSocketCloseStatus.NormalClosure, "bye", CancellationToken.None);
            }
            catch
            {
            }
        }
    }
}

/// <summary>Announces the server on the local network.</summary>
public sealed class Beacon : IDisposable
{
    private readonly UdpClient _udp;
    private readonly IPEndPoint _group;
    private readonly byte[] _announcement;
    private readonly Timer _timer;

    public Beacon(UdpClient udp, IPEndPoint group, string name)
    {
        _udp = udp;
        _group = group;
        _announcement = Encoding.ASCII.GetBytes("HERE " + name);
        _timer = new Timer(_ => Announce(), null, 0, 5000);
    }

    // LCA2001 is answered by the catch; that it hides everything is LCA2005's
    private void Announce()
    {
        try
        {
            _udp.Send(_announcement, _announcement.Length, _group);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _udp.Dispose();
    }
}

public sealed class ConsumptionReporter(IMqttClient mqtt, HubConnection hub, IModel channel)
{
    private readonly object _sync = new();

    public event EventHandler<Exception>? SendFailed;

    public async Task ReportAsync(string meter, double kilowattHours)
    {
        var payload = Encoding.ASCII.GetBytes(kilowattHours.ToString("F3"));
        try
        {
            await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "meters/" + meter, PayloadSegment = payload });
        }
        catch (Exception) { } //! LCA2005
        try
        {
            await hub.SendAsync("consumption", new { meter, kilowattHours });
        }
        catch (InvalidOperationException)
        {
            // ok LCA2005: narrow, the hub is not connected
        }
    }

    public void Archive(string meter, byte[] reading)
    {
        try
        {
            lock (_sync)
            {
                channel.BasicPublish("archive", meter, null, reading);
            }
        }
        catch //! LCA2005
        {
        }
    }

    // ok LCA2005: a result that tells
    public bool TryArchive(string meter, byte[] reading)
    {
        try
        {
            lock (_sync) channel.BasicPublish("archive", meter, null, reading);
            return true;
        }
        catch
        {
            return false;
        }
    }

    // ok LCA2005: handed to whoever listens
    public async Task ReportRaisedAsync(string meter, double kilowattHours)
    {
        try
        {
            await hub.SendAsync("consumption", new { meter, kilowattHours });
        }
        catch (Exception ex)
        {
            SendFailed?.Invoke(this, ex);
        }
    }

    // ok LCA2005: wrapped and thrown on
    public async Task ReportStrictAsync(string meter, byte[] payload)
    {
        try
        {
            await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "meters/" + meter, PayloadSegment = payload });
        }
        catch (Exception ex)
        {
            throw new IOException($"{meter} not reported", ex);
        }
    }
}

public sealed class TraceTee(Socket viewer, NamedPipeClientStream recorder, ILogger log)
{
    public void Write(byte[] entry)
    {
        try
        {
            viewer.Send(entry);
        }
        catch (SocketException)
        {
            // a viewer that closed its window
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public void WriteAll(IEnumerable<byte[]> entries)
    {
        foreach (var entry in entries)
        {
            try
            {
                recorder.Write(entry, 0, entry.Length);
            }
            catch (Exception) //! LCA2005
            {
                continue;
            }
            log.LogTrace("{Length} bytes recorded", entry.Length);
        }
    }

    // ok LCA2005: the first failure ends the recording and closes the pipe
    public void WriteUntilClosed(IEnumerable<byte[]> entries)
    {
        try
        {
            foreach (var entry in entries) recorder.Write(entry, 0, entry.Length);
        }
        catch (Exception)
        {
            recorder.Dispose();
        }
    }

    // ok LCA2005: the awaiting side is told
    public void WriteFor(byte[] entry, TaskCompletionSource<int> done)
    {
        try
        {
            done.TrySetResult(viewer.Send(entry));
        }
        catch (Exception ex)
        {
            done.TrySetException(ex);
        }
    }

    // ok LCA2005: the filter names what is hidden
    public void WriteFiltered(byte[] entry)
    {
        try
        {
            viewer.Send(entry);
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
        }
    }

    // ok LCA2005: no connection is written to, a file is deleted
    public static void Clean(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch
        {
        }
    }
}
