// Names and shapes that look like connections and callbacks and are none, or are safe: nothing here is reported.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.Logging;

namespace SendingWorks.Lookalikes;

/// <summary>"Uplink" is one word: no Link.</summary>
public sealed class Uplink
{
    private readonly List<string> _telemetry = new();
    public bool IsOpen { get; private set; } = true;
    public void Send(string line) => _telemetry.Add(line);
    public void Close() => IsOpen = false;
}

/// <summary>A shop's session: it is opened and closed, and sends nothing.</summary>
public sealed class CheckoutSession
{
    public bool IsClosed { get; private set; }
    public decimal Total { get; private set; }
    public void Add(decimal price) => Total += price;
    public void Close() => IsClosed = true;
}

/// <summary>Sends, but has neither state nor end.</summary>
public sealed class TicketClient(List<string> tickets)
{
    public void Send(string subject) => tickets.Add(subject);
}

/// <summary>Publishes and is ready, but never ends.</summary>
public sealed class RumourChannel
{
    private readonly ConcurrentQueue<string> _rumours = new();
    public bool IsReady => _rumours.Count < 100;
    public void Publish(string rumour) => _rumours.Enqueue(rumour);
}

public sealed class StoreFront : IDisposable
{
    private readonly Timer _timer;
    private readonly Timer _expiry;

    // ok LCA2001: none of these is a connection
    public StoreFront(Uplink uplink, TicketClient tickets, RumourChannel rumours, CheckoutSession checkout)
    {
        _timer = new Timer(_ =>
        {
            uplink.Send($"total {checkout.Total}");
            tickets.Send("till");
            rumours.Publish("sale");
        }, null, 1000, 1000);
        _expiry = new Timer(_ => checkout.Close(), null, 600_000, Timeout.Infinite);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _expiry.Dispose();
    }
}

/// <summary>A connection whose own send asks, and returns: whoever calls it from a callback is safe.</summary>
public sealed class PagerConnection(Socket socket) : IDisposable
{
    public bool IsOpen { get; private set; } = true;

    public void Send(string text)
    {
        if (!IsOpen) return;
        socket.Send(Encoding.ASCII.GetBytes(text));
    }

    public void Dispose()
    {
        IsOpen = false;
        socket.Dispose();
    }
}

public sealed class NightWatch
{
    // ok LCA2001: the check stands at the head of the send
    public NightWatch(PagerConnection pager, Progress<string> rounds) => rounds.ProgressChanged += (_, place) => pager.Send(place);
}

/// <summary>Flows of their own: a thread, a task, a periodic timer.</summary>
public sealed class Metronome(Socket socket, ILogger<Metronome> log)
{
    private Thread? _thread;

    public void Start()
    {
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    // ok LCA2001: no callback
    private void Run()
    {
        try
        {
            while (true)
            {
                Thread.Sleep(500);
                socket.Send("tick"u8);
            }
        }
        catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
        {
            log.LogInformation(ex, "metronome ends");
        }
    }

    // ok LCA2001: awaited by whoever asked for it
    public Task ChimeAsync(int hours) => Task.Run(() =>
    {
        for (var i = 0; i < hours; i++) socket.Send("bim"u8);
    });

    // ok LCA2001: a loop of the caller's
    public async Task SwingAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(ct)) socket.Send("swing"u8);
    }
}

/// <summary>A hub answers its caller; the framework knows whether he is still there.</summary>
public sealed class AnswerHub : Hub
{
    // ok LCA2001: the framework's own response object, the request being handled
    public Task Ask(string question) => Clients.Caller.SendAsync("answer", question.Length);
}

/// <summary>A maintenance page: an answer to the request being handled.</summary>
public sealed class MaintenanceMiddleware(Func<bool> closed) : IMiddleware
{
    // ok LCA2001: the response of this request
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!closed())
        {
            await next(context);
            return;
        }
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync("closed for maintenance", context.RequestAborted);
    }
}

/// <summary>A web socket's calls that send nothing of the user's.</summary>
public sealed class Reception
{
    private readonly List<string> _log = new();
    private readonly Timer _watch;

    // ok LCA2001 LCA2005: the callback aborts, it does not send
    public Reception(WebSocket socket)
    {
        _watch = new Timer(_ =>
        {
            if (socket.CloseStatus is null) return;
            try
            {
                socket.Abort();
            }
            catch
            {
            }
        }, null, 5000, 5000);
    }

    // ok LCA2004: a send and a receive may be outstanding together
    public static async Task ExchangeAsync(WebSocket socket, byte[] hello, byte[] answer, CancellationToken ct)
    {
        var sent = socket.SendAsync(new ArraySegment<byte>(hello), WebSocketMessageType.Binary, true, ct);
        var received = socket.ReceiveAsync(new ArraySegment<byte>(answer), ct);
        await Task.WhenAll(sent, received);
    }

    public void Stop() => _watch.Dispose();
}
