// Traps, dashboards and alarms: which failures of a send are hidden, and which are told.
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;

namespace Ways.Quiet;

public sealed class AlarmSender(Socket socket, ILogger log)
{
    private int _failures;

    public void Send(byte[] alarm)
    {
        try { socket.Send(alarm); }
        catch { } //! LCA2005
    }

    public void SendTyped(byte[] alarm)
    {
        try
        {
            socket.Send(alarm);
        }
        catch (Exception) //! LCA2005
        {
            // nobody listens
        }
    }

    public bool SendTold(byte[] alarm)
    {
        try { return socket.Send(alarm) == alarm.Length; }
        catch (Exception) { return false; }
    }

    public void SendCounted(byte[] alarm)
    {
        try { socket.Send(alarm); }
        catch (Exception) { _failures++; }
    }

    public void SendNarrow(byte[] alarm)
    {
        try { socket.Send(alarm); }
        catch (SocketException) { }
        catch (ObjectDisposedException) { }
    }

    public void SendFiltered(byte[] alarm)
    {
        try { socket.Send(alarm); }
        catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.ConnectionReset }) { }
    }

    public void SendLogged(byte[] alarm)
    {
        try { socket.Send(alarm); }
        catch (Exception e) { log.LogWarning(e, "alarm not sent"); }
    }

    public void SendClosing(byte[] alarm)
    {
        try { socket.Send(alarm); }
        catch { socket.Dispose(); }
    }

    public int Failures => _failures;
}

public sealed class Dashboard(WebSocket socket)
{
    public async ValueTask PushAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, true, default).ConfigureAwait(false);
        }
        catch (Exception _) //! LCA2005
        {
        }
    }

    public async Task<Exception?> PushToldAsync(ReadOnlyMemory<byte> frame)
    {
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, true, default);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    public Task PushAllAsync(IEnumerable<ReadOnlyMemory<byte>> frames) => Parallel.ForEachAsync(
        frames.Where(static f => f is { IsEmpty: false }),
        new ParallelOptions { MaxDegreeOfParallelism = 1 },
        async (frame, cancel) =>
        {
            try { await socket.SendAsync(frame, WebSocketMessageType.Text, true, cancel); }
            catch { return; } //! LCA2005
        });

    public async Task CloseAsync()
    {
        try
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        }
        catch (Exception)
        {
            // closing: nothing was to be sent
        }
    }
}

public static class Traps
{
    public static void Notify(string host, byte[] trap)
    {
        using UdpClient manager = new(host, 162);
        try
        {
            manager.Send(trap);
        }
        catch (System.Exception) //! LCA2005
        {
            ;
        }
    }

    public static bool TryNotify(string host, byte[] trap, out string? reason)
    {
        using UdpClient manager = new(host, 162);
        reason = null;
        try
        {
            manager.Send(trap);
        }
        catch (Exception ex)
        {
            reason = ex.Message;
        }

        return reason is null;
    }
}
