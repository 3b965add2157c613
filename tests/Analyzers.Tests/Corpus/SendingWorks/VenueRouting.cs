// Order routing to a trading venue: the session throws when it is not active, fills and limits arrive as callbacks.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;

namespace SendingWorks.VenueRouting;

public enum VenueState { LoggedOff, Connecting, Active, Closing, Closed }

public sealed class VenueClosedException(VenueState state) : InvalidOperationException($"the venue session is {state}");

public readonly record struct Fill(string OrderId, decimal Price, long Quantity);

public sealed record Order(string Id, string Symbol, decimal Price, long Quantity);

public sealed class VenueSession(Socket socket, string compId) : IDisposable
{
    private int _sequence;

    public VenueState State { get; private set; } = VenueState.Active;

    public string CompId => compId;

    public void Send(string body)
    {
        if (State != VenueState.Active) throw new VenueClosedException(State);
        var message = $"34={Interlocked.Increment(ref _sequence)}\u000149={compId}\u0001{body}";
        socket.Send(Encoding.ASCII.GetBytes(message));
    }

    public void Dispose()
    {
        State = VenueState.Closing;
        socket.Dispose();
        State = VenueState.Closed;
    }
}

public sealed class LimitMonitor
{
    public event Action<string, decimal>? Breached;
    public event EventHandler? SessionRolled;

    public void Check(string account, decimal exposure, decimal limit)
    {
        if (exposure > limit) Breached?.Invoke(account, exposure);
        if (exposure == 0) SessionRolled?.Invoke(this, EventArgs.Empty);
    }
}

/// <summary>Hears every fill; hedges it, and copies it to the clearer.</summary>
public sealed class HedgingObserver(VenueSession hedge, VenueSession dropCopy, ILogger<HedgingObserver> log) : IObserver<Fill>
{
    public void OnNext(Fill value)
    {
        if (value.Quantity == 0) return;
        hedge.Send($"35=D\u000111=H{value.OrderId}\u000138={-value.Quantity}\u0001"); //! LCA2001
        dropCopy.Send($"35=8\u000111={value.OrderId}\u000131={value.Price}\u0001"); //! LCA2001
        hedge.Send($"35=H\u000111=H{value.OrderId}\u0001");
    }

    public void OnError(Exception error) => log.LogError(error, "fills broken off");

    public void OnCompleted() => log.LogInformation("no more fills");
}

/// <summary>The same, looking at each session that it sends on.</summary>
public sealed class CarefulObserver(VenueSession hedge, VenueSession dropCopy, ILogger<CarefulObserver> log) : IObserver<Fill>
{
    // ok LCA2001: each session is asked, in a switch and with &&
    public void OnNext(Fill value)
    {
        switch (hedge.State)
        {
            case VenueState.Active:
                hedge.Send($"35=D\u000111=H{value.OrderId}\u000138={-value.Quantity}\u0001");
                break;
            case VenueState.Closing or VenueState.Closed:
                log.LogWarning("fill {Order} is not hedged", value.OrderId);
                break;
        }
        if (value.Price > 0 && dropCopy.State == VenueState.Active) dropCopy.Send($"35=8\u000111={value.OrderId}\u0001");
    }

    public void OnError(Exception error) => log.LogError(error, "fills broken off");

    public void OnCompleted() => log.LogInformation("no more fills");
}

/// <summary>Not a connection by its name: what it requires of its callers is seen from the throw at its head.</summary>
public sealed class OrderGateway(VenueSession session)
{
    private readonly ConcurrentDictionary<string, Order> _working = new();

    public IEnumerable<Order> Working => _working.Values;

    public bool Ready => session.State == VenueState.Active;

    public void Submit(Order order)
    {
        if (session.State != VenueState.Active) throw new VenueClosedException(session.State);
        _working[order.Id] = order;
        session.Send($"35=D\u000111={order.Id}\u000155={order.Symbol}\u000144={order.Price}\u0001");
    }

    public void Cancel(string id)
    {
        if (!_working.TryRemove(id, out var order)) return;
        session.Send($"35=F\u000141={order.Id}\u0001");
    }

    public bool TryCancel(string id)
    {
        if (session.State != VenueState.Active) return false;
        Cancel(id);
        return true;
    }
}

public sealed class RiskDesk
{
    private readonly OrderGateway _gateway;
    private readonly ILogger _log;

    public RiskDesk(OrderGateway gateway, LimitMonitor limits, ILogger log)
    {
        _gateway = gateway;
        _log = log;
        limits.Breached += OnBreached;
        limits.SessionRolled += (_, _) => Rehang(); //! LCA2001
        limits.Breached += OnBreachedCarefully;
    }

    private void OnBreached(string account, decimal exposure)
    {
        _log.LogWarning("{Account} is at {Exposure}", account, exposure);
        PullEverything(account); //! LCA2001
    }

    private void PullEverything(string account)
    {
        foreach (var order in _gateway.Working)
        {
            if (!order.Id.StartsWith(account, StringComparison.Ordinal)) continue;
            _gateway.Cancel(order.Id);
        }
    }

    private void Rehang()
    {
        foreach (var order in _gateway.Working) _gateway.Submit(order with { Id = order.Id + "R" });
    }

    // ok LCA2001: TryCancel answers whether it was sent
    private void OnBreachedCarefully(string account, decimal exposure)
    {
        foreach (var order in _gateway.Working)
            if (!_gateway.TryCancel(order.Id)) _log.LogError("{Order} may still be working", order.Id);
    }
}

public interface IPricer
{
    Task<decimal> PriceAsync(string symbol, CancellationToken ct);
}

public sealed class QuoteStreamer(VenueSession session, IPricer pricer, ILogger log)
{
    public void Requote(string symbol)
    {
        pricer.PriceAsync(symbol, CancellationToken.None).ContinueWith( //? LCA1004
            t => SendQuote(symbol, t.Result), //! LCA2001
            TaskContinuationOptions.OnlyOnRanToCompletion);
    }

    // ok LCA2001: the continuation asks with a pattern
    public void RequoteCarefully(string symbol)
    {
        pricer.PriceAsync(symbol, CancellationToken.None).ContinueWith( //? LCA1004
            t => { if (session is { State: VenueState.Active }) SendQuote(symbol, t.Result); },
            TaskContinuationOptions.OnlyOnRanToCompletion);
    }

    private void SendQuote(string symbol, decimal price)
    {
        log.LogTrace("quote {Symbol} {Price}", symbol, price);
        session.Send($"35=S\u000155={symbol}\u0001132={price}\u0001");
    }

    public async Task QuoteAsync(string symbol, CancellationToken ct)
    {
        if (session.State != VenueState.Active)
        {
            log.LogWarning("no quote for {Symbol}: {State}", symbol, session.State);
            return;
        }
        var price = await pricer.PriceAsync(symbol, ct).ConfigureAwait(false);
        if (price <= 0) return;
        session.Send($"35=S\u000155={symbol}\u0001132={price}\u0001"); //! LCA2002
    }

    // ok LCA2002: priced first, asked afterwards
    public async Task QuoteFreshAsync(string symbol, CancellationToken ct)
    {
        var price = await pricer.PriceAsync(symbol, ct).ConfigureAwait(false);
        if (price <= 0 || session.State is not VenueState.Active) return;
        session.Send($"35=S\u000155={symbol}\u0001132={price}\u0001");
    }

    // ok LCA2002: the session may have closed while the price was made; the catch answers that
    public async Task<bool> TryQuoteAsync(string symbol, CancellationToken ct)
    {
        if (session.State != VenueState.Active) return false;
        var price = await pricer.PriceAsync(symbol, ct).ConfigureAwait(false);
        try
        {
            session.Send($"35=S\u000155={symbol}\u0001132={price}\u0001");
            return true;
        }
        catch (Exception ex) when (ex is VenueClosedException or SocketException or ObjectDisposedException)
        {
            log.LogInformation(ex, "{Symbol} not quoted", symbol);
            return false;
        }
    }

    public void Sweep(IReadOnlyList<string> symbols, Func<string, decimal> mid)
    {
        foreach (var symbol in symbols)
        {
            if (session.State != VenueState.Active) break;
            Thread.Sleep(5);
            session.Send($"35=S\u000155={symbol}\u0001132={mid(symbol)}\u0001"); //! LCA2002
        }
    }
}
