// Order entry with actors: a mailbox each, a link that is looked at before it is written to.
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fresh.Sending.OrderActors;

public abstract record Command;

public sealed record NewOrder(string Symbol, int Quantity) : Command;

public sealed record CancelOrder(long Id) : Command;

public sealed record Beat : Command;

public interface IOrderLink
{
    bool IsConnected { get; }
    Task SendAsync(byte[] message, CancellationToken ct);
    void Disconnect();
}

public sealed class LinkDownException() : IOException("the link is down");

public interface IRiskDesk
{
    Task<bool> AllowsAsync(NewOrder order, CancellationToken ct);
    void Note(Command command);
}

public sealed class OrderActor(IOrderLink link, IRiskDesk risk, ILogger<OrderActor> log)
{
    private readonly Channel<Command> _mailbox = Channel.CreateUnbounded<Command>();

    public bool Tell(Command command) => _mailbox.Writer.TryWrite(command);

    public async Task RunAsync(CancellationToken ct)
    {
        while (await _mailbox.Reader.WaitToReadAsync(ct))
        {
            while (_mailbox.Reader.TryRead(out var command))
            {
                await (command switch
                {
                    NewOrder order => EnterAsync(order, ct),
                    CancelOrder cancel => CancelAsync(cancel, ct),
                    _ => Task.CompletedTask,
                });
            }
        }
    }

    private async Task EnterAsync(NewOrder order, CancellationToken ct)
    {
        if (!link.IsConnected)
        {
            log.LogWarning("order for {Symbol} refused", order.Symbol);
            return;
        }

        if (!await risk.AllowsAsync(order, ct)) return;
        await link.SendAsync(Encode(order), ct); //! LCA2002
    }

    // ok LCA2002: asked after the wait
    private async Task CancelAsync(CancelOrder cancel, CancellationToken ct)
    {
        await Task.Yield();
        if (link.IsConnected) await link.SendAsync(Encode(cancel), ct);
    }

    public async Task EnterAllAsync(IEnumerable<NewOrder> orders, CancellationToken ct)
    {
        var usable = link is { IsConnected: true };
        await foreach (var order in Approved(orders, ct))
        {
            if (!usable) break;
            await link.SendAsync(Encode(order), ct); //! LCA2002
        }
    }

    // ok LCA2002: each pass asks again, and nothing lies between
    public async Task EnterAllWatchfullyAsync(IEnumerable<NewOrder> orders, CancellationToken ct)
    {
        await foreach (var order in Approved(orders, ct))
        {
            if (link is not { IsConnected: true }) break;
            await link.SendAsync(Encode(order), ct);
        }
    }

    private async IAsyncEnumerable<NewOrder> Approved(IEnumerable<NewOrder> orders, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var order in orders)
            if (await risk.AllowsAsync(order, ct)) yield return order;
    }

    public async Task FlattenAsync(CancellationToken ct)
    {
        if (!link.IsConnected) return;
        await risk.AllowsAsync(new NewOrder("*", 0), ct);
        try
        {
            await link.SendAsync("FLAT"u8.ToArray(), ct); // ok LCA2002: its failure is handled right here
        }
        catch (LinkDownException)
        {
            link.Disconnect();
        }
    }

    private static byte[] Encode(Command command) => System.Text.Encoding.ASCII.GetBytes(command.ToString());
}

/// <summary>The loop that reads is not the only one that writes.</summary>
public sealed class VenueSocket(WebSocket socket, ILogger log)
{
    private readonly Channel<byte[]> _orders = Channel.CreateUnbounded<byte[]>();

    public async Task RunAsync(CancellationToken ct)
    {
        var writer = WriteAsync(ct);
        var beats = BeatAsync(ct);
        await Task.WhenAll(writer, beats);
    }

    private async Task WriteAsync(CancellationToken ct)
    {
        await foreach (var order in _orders.Reader.ReadAllAsync(ct))
            await socket.SendAsync(order, WebSocketMessageType.Text, true, ct);
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(ct))
        {
            log.LogTrace("beat");
            await socket.SendAsync("{}"u8.ToArray(), WebSocketMessageType.Text, true, ct); //! LCA2004
        }
    }

    public bool Post(byte[] order) => _orders.Writer.TryWrite(order);
}

/// <summary>Beats go through the same mailbox as everything else.</summary>
public sealed class SingleWriterVenue(WebSocket socket)
{
    private readonly Channel<byte[]> _outbox = Channel.CreateUnbounded<byte[]>();

    public Task RunAsync(CancellationToken ct) => Task.WhenAll(WriteAsync(ct), BeatAsync(ct));

    private async Task WriteAsync(CancellationToken ct)
    {
        await foreach (var message in _outbox.Reader.ReadAllAsync(ct))
            await socket.SendAsync(message, WebSocketMessageType.Text, true, ct);
    }

    private async Task BeatAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10));
        while (await timer.WaitForNextTickAsync(ct)) _outbox.Writer.TryWrite("{}"u8.ToArray());
    }
}
