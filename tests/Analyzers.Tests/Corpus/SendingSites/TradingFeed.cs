// Order entry and quotes: the session is asked, then something takes its time, then the order goes out.
using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Sites.Sending.TradingFeed;

public enum FixState { Connecting, Established, LoggingOut, Closed }

public interface IFixSession : IAsyncDisposable
{
    event EventHandler? LoggedOut;
    FixState State { get; }
    int NextSequence { get; }
    void Send(ReadOnlySpan<byte> message);
    ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct);
    ValueTask<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken ct);
    ValueTask CloseAsync(CancellationToken ct);
}

public sealed record Order(string Symbol, decimal Price, int Quantity)
{
    public byte[] Encode(int sequence) => System.Text.Encoding.ASCII.GetBytes($"35=D|34={sequence}|55={Symbol}|44={Price}|38={Quantity}");
}

public interface IRiskDesk
{
    Task<bool> ApproveAsync(Order order, CancellationToken ct);
}

public sealed class OrderRouter(IFixSession session, IRiskDesk risk, ILogger<OrderRouter> log)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Lock _book = new();
    private readonly List<Order> _open = [];

    public event EventHandler<Order>? Routing;

    public async Task<bool> RouteAsync(Order order, CancellationToken ct)
    {
        if (session.State != FixState.Established)
        {
            log.LogWarning("{Symbol} refused, session is {State}", order.Symbol, session.State);
            return false;
        }

        if (!await risk.ApproveAsync(order, ct)) return false;
        await session.SendAsync(order.Encode(session.NextSequence), ct); //! LCA2002
        return true;
    }

    // ok LCA2002: the desk is asked first
    public async Task<bool> RouteApprovedAsync(Order order, CancellationToken ct)
    {
        if (!await risk.ApproveAsync(order, ct)) return false;
        if (session.State is not FixState.Established) return false;
        await session.SendAsync(order.Encode(session.NextSequence), ct);
        return true;
    }

    // ok LCA2002: the send itself stands in a try that knows what a closing session throws
    public async Task<bool> TryRouteAsync(Order order, CancellationToken ct)
    {
        if (session.State != FixState.Established) return false;
        if (!await risk.ApproveAsync(order, ct)) return false;
        try
        {
            await session.SendAsync(order.Encode(session.NextSequence), ct);
            return true;
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or ObjectDisposedException)
        {
            log.LogWarning(e, "{Symbol} not routed", order.Symbol);
            return false;
        }
    }

    public async Task RouteInTurnAsync(Order order, CancellationToken ct)
    {
        if (session is not { State: FixState.Established }) throw new InvalidOperationException("no session");
        await _gate.WaitAsync(ct);
        try
        {
            await session.SendAsync(order.Encode(session.NextSequence), ct); //! LCA2002
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: asked once more when it is our turn
    public async Task RouteInTurnSafelyAsync(Order order, CancellationToken ct)
    {
        if (session is not { State: FixState.Established }) throw new InvalidOperationException("no session");
        await _gate.WaitAsync(ct);
        try
        {
            if (session.State == FixState.Established)
                await session.SendAsync(order.Encode(session.NextSequence), ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    public void RouteBooked(Order order)
    {
        int sequence;
        lock (_book)
        {
            if (session.State is FixState.LoggingOut or FixState.Closed) return;
            _open.Add(order);
            sequence = _open.Count;
        }

        session.Send(order.Encode(sequence)); //! LCA2002
    }

    // ok LCA2002: booked and sent under one lock
    public void RouteBookedInside(Order order)
    {
        lock (_book)
        {
            if (session.State is FixState.LoggingOut or FixState.Closed) return;
            _open.Add(order);
            session.Send(order.Encode(_open.Count));
        }
    }

    public void RouteAnnounced(Order order)
    {
        if (session.State != FixState.Established) return;
        Routing?.Invoke(this, order);
        session.Send(order.Encode(session.NextSequence)); //! LCA2002
    }

    // ok LCA2002: announced before the session is asked
    public void RouteAnnouncedFirst(Order order)
    {
        Routing?.Invoke(this, order);
        if (session.State != FixState.Established) return;
        session.Send(order.Encode(session.NextSequence));
    }
}

public sealed class QuoteReplayer(IFixSession session)
{
    public async Task ReplayAsync(IAsyncEnumerable<byte[]> quotes, CancellationToken ct)
    {
        if (session.State != FixState.Established) return;
        await foreach (var quote in quotes.WithCancellation(ct))
        {
            session.Send(quote); //! LCA2002
        }
    }

    // ok LCA2002: asked for each quote
    public async Task ReplayCheckedAsync(IAsyncEnumerable<byte[]> quotes, CancellationToken ct)
    {
        await foreach (var quote in quotes.WithCancellation(ct))
        {
            if (session.State != FixState.Established) break;
            session.Send(quote);
        }
    }

    public async Task ReplayPacedAsync(IReadOnlyList<byte[]> quotes, TimeSpan pace, CancellationToken ct)
    {
        foreach (var quote in quotes)
        {
            if (session.State != FixState.Established) return;
            await Task.Delay(pace, ct);
            await session.SendAsync(quote, ct); //! LCA2002
        }
    }

    // ok LCA2002: waits first, then asks
    public async Task ReplayPacedSafelyAsync(IReadOnlyList<byte[]> quotes, TimeSpan pace, CancellationToken ct)
    {
        foreach (var quote in quotes)
        {
            await Task.Delay(pace, ct);
            if (session.State != FixState.Established) return;
            await session.SendAsync(quote, ct);
        }
    }

    public void Burst(byte[][] quotes)
    {
        if (session.State == FixState.Established)
        {
            Thread.Sleep(TimeSpan.FromMilliseconds(quotes.Length));
            foreach (var quote in quotes) session.Send(quote); //! LCA2002
        }
    }

    // ok LCA2002: a receive that worked proved the session open //? LCA4006
    public async Task MirrorAsync(CancellationToken ct)
    {
        while (session.State == FixState.Established)
        {
            var message = await session.ReceiveAsync(ct);
            await session.SendAsync(message, ct);
        }
    }
}

/// <summary>The helper has just asked: its end is no gap.</summary>
public sealed class DropCopyWriter(IFixSession session, TimeProvider time)
{
    private readonly Channel<byte[]> _copies = Channel.CreateBounded<byte[]>(512);

    // ok LCA2002: EnsureEstablishedAsync returns only when the session is usable
    public async Task CopyAsync(byte[] report, CancellationToken ct)
    {
        await EnsureEstablishedAsync(ct);
        await session.SendAsync(report, ct);
    }

    private async Task EnsureEstablishedAsync(CancellationToken ct)
    {
        while (session.State == FixState.Connecting) await Task.Delay(TimeSpan.FromMilliseconds(50), time, ct);
        if (session.State != FixState.Established) throw new InvalidOperationException("logged out");
    }

    // ok LCA2001: a flow of its own, not a callback
    public async Task PumpAsync(CancellationToken ct)
    {
        await foreach (var copy in _copies.Reader.ReadAllAsync(ct))
            await session.SendAsync(copy, ct);
    }

    // ok LCA2001: only queues
    public void Attach(IFixSession other) => other.LoggedOut += (_, _) => _copies.Writer.TryWrite("35=5"u8.ToArray());
}

/// <summary>An observer of the tape: the exchange calls OnNext whenever it likes.</summary>
public sealed class TapePublisher(IFixSession client) : IObserver<Order>
{
    public void OnNext(Order value)
    {
        if (value.Quantity == 0) return;
        Publish(value); //! LCA2001
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }

    private void Publish(Order order) => client.Send(order.Encode(client.NextSequence));
}

public sealed class CheckedTapePublisher(IFixSession client) : IObserver<Order>
{
    private readonly ConcurrentQueue<Order> _missed = new();

    // ok LCA2001: the switch over the state decides
    public void OnNext(Order value)
    {
        switch (client.State)
        {
            case FixState.Established:
                client.Send(value.Encode(client.NextSequence));
                break;
            case FixState.Connecting:
                _missed.Enqueue(value);
                break;
        }
    }

    public void OnCompleted() { }

    public void OnError(Exception error) { }
}
