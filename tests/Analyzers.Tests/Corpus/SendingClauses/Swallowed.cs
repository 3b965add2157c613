using System.Net.Mail;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;

namespace Clauses.Swallowed;

public sealed class Notifier(WebSocket web, ILogger<Notifier> log)
{
    public async Task NotifyAsync(byte[] message, CancellationToken stop)
    {
        try
        {
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
        }
        catch (Exception) //! LCA2005
        {
        }
    }

    public async Task NotifyUntypedAsync(byte[] message, CancellationToken stop)
    {
        try
        {
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
        }
        catch //! LCA2005
        {
            // the page has gone
        }
    }

    public async Task NotifyLoggedAsync(byte[] message, CancellationToken stop)
    {
        try
        {
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
        }
        catch (Exception e)
        {
            log.LogDebug(e, "not sent");
        }
    }

    public async Task<bool> TryNotifyAsync(byte[] message, CancellationToken stop)
    {
        try
        {
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    public async Task NotifyOrAbortAsync(byte[] message, CancellationToken stop)
    {
        try
        {
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
        }
        catch (Exception)
        {
            web.Abort();
        }
    }

    public async Task NotifyNarrowAsync(byte[] message, CancellationToken stop)
    {
        try
        {
            await web.SendAsync(message, WebSocketMessageType.Text, true, stop);
        }
        catch (WebSocketException)
        {
        }
    }
}

public sealed class AlertMail(SmtpClient smtp)
{
    public void Alert(string subject)
    {
        try
        {
            smtp.Send("plant@example.org", "night@example.org", subject, "");
        }
        catch (Exception)
        {
        }
    }

    public void AlertOrKeep(string subject, Queue<string> unsent)
    {
        try
        {
            smtp.Send("plant@example.org", "night@example.org", subject, "");
        }
        catch (Exception)
        {
            unsent.Enqueue(subject);
        }
    }
}

public sealed class LastWords(IMqttClient mqtt, SshClient shell, UdpClient udp)
{
    public async Task SayAsync(CancellationToken stop)
    {
        try
        {
            await mqtt.PublishAsync(new MqttApplicationMessage { Topic = "gone" }, stop);
        }
        catch (Exception ex) //! LCA2005
        {
            _ = ex;
        }
    }

    public void Halt()
    {
        try { shell.RunCommand("halt"); }
        catch { } //! LCA2005
    }

    public void Shout(byte[] frame)
    {
        try { udp.Send(frame, frame.Length, "255.255.255.255", 9); } catch (Exception) { return; } //! LCA2005
    }

    public void HaltFiltered()
    {
        try
        {
            shell.RunCommand("halt");
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
        }
    }

    public void Probe()
    {
        try
        {
            Console.WriteLine(File.ReadAllText("/etc/motd"));
        }
        catch
        {
        }
    }

    public void Leave()
    {
        try
        {
            shell.RunCommand("logout");
        }
        catch (SocketException)
        {
        }
        catch (Exception e)
        {
            Console.Error.WriteLine(e.Message);
        }
    }
}
