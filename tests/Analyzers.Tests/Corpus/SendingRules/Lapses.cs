// More gaps between check and send: timers, delays, streams, mutexes.
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using Renci.SshNet;
using WsSharp = WebSocketSharp;

namespace Corpus.Sending.Lapses;

public sealed class Pinger(ClientWebSocket ws, ILogger log)
{
    public async Task RunAsync(TimeSpan interval, CancellationToken stop)
    {
        while (ws.State == WebSocketState.Open)
        {
            await Task.Delay(interval, stop);
            await ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop); //! LCA2002
        }
    }

    // ok LCA2002: waits at the end
    public async Task RunCheckedAsync(TimeSpan interval, CancellationToken stop)
    {
        while (ws.State == WebSocketState.Open)
        {
            await ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop);
            await Task.Delay(interval, stop);
        }
    }

    public async Task RunTimerAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        if (ws.State != WebSocketState.Open) throw new InvalidOperationException("not open");
        while (await timer.WaitForNextTickAsync(stop))
            await ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop); //! LCA2002
    }

    // ok LCA2002: a filter and a catch around all
    public async Task RunCaughtAsync(TimeSpan interval, CancellationToken stop)
    {
        try
        {
            while (ws.State == WebSocketState.Open)
            {
                await Task.Delay(interval, stop);
                await ws.SendAsync("ping"u8.ToArray(), WebSocketMessageType.Text, true, stop);
            }
        }
        catch (Exception ex) when (ex is WebSocketException or ObjectDisposedException or InvalidOperationException)
        {
            log.LogInformation(ex, "ping ended");
        }
    }

    public async Task StreamAsync(Stream file, CancellationToken stop)
    {
        if (ws.State != WebSocketState.Open) return;
        var buffer = new byte[4096];
        var n = await file.ReadAsync(buffer, stop);
        await ws.SendAsync(buffer.AsMemory(0, n), WebSocketMessageType.Binary, true, stop); //! LCA2002
    }

    // ok LCA2002: the receive was this socket's own
    public async Task AnswerAsync(CancellationToken stop)
    {
        var buffer = new byte[4096];
        if (ws.State != WebSocketState.Open) return;
        var got = await ws.ReceiveAsync(buffer.AsMemory(), stop);
        await ws.SendAsync(buffer.AsMemory(0, got.Count), got.MessageType, true, stop);
    }

    // the state is asked before the relay's other end is read
    public async Task RelayAsync(NetworkStream source, CancellationToken stop)
    {
        var buffer = new byte[4096];
        while (ws.State == WebSocketState.Open)
        {
            var n = await source.ReadAsync(buffer, stop);
            if (n == 0) return;
            await ws.SendAsync(buffer.AsMemory(0, n), WebSocketMessageType.Binary, true, stop); //! LCA2002
        }
    }
}

public sealed class Stepper
{
    private readonly IMqttClient _mqtt;
    private readonly Func<string, Task<byte[]>> _render;

    public Stepper(IMqttClient mqtt, Func<string, Task<byte[]>> render, System.Timers.Timer timer)
    {
        (_mqtt, _render) = (mqtt, render);
        timer.Elapsed += async (_, _) => await StepAsync("step"); //? LCA2002
    }

    private async Task StepAsync(string topic)
    {
        if (!_mqtt.IsConnected) return;
        var payload = await _render(topic);
        await _mqtt.PublishAsync(new MqttApplicationMessage { Topic = topic, PayloadSegment = new(payload) }); //! LCA2002
    }
}

public sealed class Crank(SshClient ssh, WsSharp.WebSocket ws, ReaderWriterLockSlim rw)
{
    public event EventHandler<string>? Turning;
    private Action? _before;

    public void Before(Action before) => _before = before;

    public void Turn(string command)
    {
        if (!ssh.IsConnected) throw new InvalidOperationException("not connected");
        Turning?.Invoke(this, command);
        ssh.RunCommand(command); //! LCA2002
    }

    // ok LCA2002: raised after
    public void TurnThenTell(string command)
    {
        if (!ssh.IsConnected) throw new InvalidOperationException("not connected");
        ssh.RunCommand(command);
        Turning?.Invoke(this, command);
    }

    public void TurnPrepared(string command)
    {
        if (!ssh.IsConnected) return;
        _before?.Invoke();
        ssh.RunCommand(command); //! LCA2002
    }

    public void TurnLocked(string text)
    {
        bool open;
        rw.EnterReadLock();
        try
        {
            open = ws.ReadyState == WsSharp.WebSocketState.Open;
        }
        finally
        {
            rw.ExitReadLock();
        }
        if (open) ws.Send(text); //! LCA2002
    }

    // ok LCA2002: sent under it
    public void TurnUnderLock(string text)
    {
        rw.EnterReadLock();
        try
        {
            if (ws.ReadyState == WsSharp.WebSocketState.Open) ws.Send(text);
        }
        finally
        {
            rw.ExitReadLock();
        }
    }

    public void TurnMonitor(string text)
    {
        Monitor.Enter(this);
        var open = ws.ReadyState == WsSharp.WebSocketState.Open;
        Monitor.Exit(this);
        if (!open) return;
        ws.Send(text); //! LCA2002
    }

    public void TurnWaited(string text, ManualResetEventSlim ready)
    {
        if (ws.ReadyState != WsSharp.WebSocketState.Open) return;
        ready.Wait(1000); //? LCA2002
        ws.Send(text); //? LCA2002
    }

    // ok LCA2002: other code of ours is no user code
    public void TurnFormatted(string text)
    {
        if (ws.ReadyState != WsSharp.WebSocketState.Open) return;
        var line = Format(text);
        ws.Send(line);
    }

    private static string Format(string text) => string.Join(' ', text.Split('\n').Select(l => l.Trim()));

    public async Task TurnMutexAsync(string text, SemaphoreSlim mutex)
    {
        if (ws.ReadyState == WsSharp.WebSocketState.Open)
        {
            await mutex.WaitAsync();
            try
            {
                ws.Send(text); //! LCA2002
            }
            finally
            {
                mutex.Release();
            }
        }
    }

    // ok LCA2002: a getter that validates under its lock
    public void TurnGot(string text) => Open().Send(text);

    private WsSharp.WebSocket Open()
    {
        lock (rw)
        {
            if (ws.ReadyState != WsSharp.WebSocketState.Open) ws.Connect();
            return ws;
        }
    }
}

public enum WinchState { Idle, Active, Closed }

public sealed class WinchConnection(TcpClient client)
{
    public WinchState State { get; private set; } = WinchState.Active;

    public async Task SendAsync(byte[] data, CancellationToken stop)
    {
        if (State == WinchState.Closed) throw new InvalidOperationException("closed");
        await client.GetStream().WriteAsync(data, stop);
    }

    public void Close()
    {
        State = WinchState.Closed;
        client.Close();
    }
}

public sealed class Winch(WinchConnection connection, Func<CancellationToken, Task<byte[]>> plan)
{
    public async Task HaulAsync(CancellationToken stop)
    {
        if (connection.State == WinchState.Closed) return;
        await connection.SendAsync(await plan(stop), stop); //! LCA2002
    }

    // ok LCA2002: planned first
    public async Task HaulPlannedAsync(CancellationToken stop)
    {
        var data = await plan(stop);
        if (connection.State == WinchState.Active)
            await connection.SendAsync(data, stop);
    }

    public async Task HaulSwitchedAsync(CancellationToken stop)
    {
        switch (connection.State)
        {
            case WinchState.Active:
                await Task.Yield();
                await connection.SendAsync([1], stop); //! LCA2002
                break;
            case WinchState.Idle:
            case WinchState.Closed:
                break;
        }
    }
}
