// Auction rooms as websocket-sharp behaviours: overrides that the server calls.
using System.Globalization;
using WebSocketSharp;
using WebSocketSharp.Server;

namespace Corpus.Sending.AuctionBehaviors;

public sealed class AuctionHouse
{
    public event EventHandler<decimal>? PriceRaised;

    public decimal Price { get; private set; } = 1m;

    public void Bid(decimal amount)
    {
        if (amount <= Price) return;
        Price = amount;
        PriceRaised?.Invoke(this, amount);
    }
}

public abstract class AuctionBehavior(AuctionHouse house) : WebSocketBehavior
{
    protected AuctionHouse House { get; } = house;

    protected bool CanSend => ConnectionState == WebSocketState.Open;

    protected void SendPrice(decimal price) => Send("price " + price.ToString(CultureInfo.InvariantCulture));
}

public sealed class BidderBehavior(AuctionHouse house) : AuctionBehavior(house)
{
    // ok LCA2001: OnOpen proves the state
    protected override void OnOpen()
    {
        SendPrice(House.Price);
        House.PriceRaised += OnPriceRaised;
    }

    private void OnPriceRaised(object? sender, decimal price)
    {
        SendPrice(price); //! LCA2001
    }

    protected override void OnClose(CloseEventArgs e)
    {
        House.PriceRaised -= OnPriceRaised;
        if (e.Code == 1000) return;
        SendPrice(House.Price); //! LCA2001
    }

    protected override void OnError(WebSocketSharp.ErrorEventArgs e) => Send("error: " + e.Message); //! LCA2001
}

public sealed class WatcherBehavior(AuctionHouse house) : AuctionBehavior(house)
{
    protected override void OnOpen() => House.PriceRaised += OnPriceRaised;

    // ok LCA2001: the base class's property returns the check
    private void OnPriceRaised(object? sender, decimal price)
    {
        if (CanSend) SendPrice(price);
    }

    // ok LCA2001: only while the state says Open
    protected override void OnMessage(MessageEventArgs e)
    {
        if (!CanSend || e.Data.Length == 0) return;
        Send("only watching");
    }

    // ok LCA2001: a closed session throws InvalidOperationException
    protected override void OnError(WebSocketSharp.ErrorEventArgs e)
    {
        try
        {
            Send("error: " + e.Message);
        }
        catch (InvalidOperationException)
        {
            House.PriceRaised -= OnPriceRaised;
        }
    }
}

public sealed class AuctionClient : IDisposable
{
    private readonly WebSocketSharp.WebSocket _socket;
    private readonly Timer _ping;

    public AuctionClient(string url)
    {
        _socket = new WebSocketSharp.WebSocket(url);
        _socket.OnError += (_, e) => Console.Error.WriteLine(e.Message);
        _socket.OnOpen += (_, _) => _socket.Send("join");
        _socket.OnMessage += OnMessage;
        _ping = new Timer(Ping, _socket, 5000, 5000);
    }

    private void OnMessage(object? sender, MessageEventArgs e)
    {
        if (!e.Data.StartsWith("price ", StringComparison.Ordinal)) return;
        var price = decimal.Parse(e.Data.AsSpan(6), CultureInfo.InvariantCulture);
        if (price < 100m) Outbid(price); //! LCA2001
    }

    private void Outbid(decimal price) => _socket.Send(FormattableString.Invariant($"bid {price + 1}"));

    private static void Ping(object? state)
    {
        if (state is not WebSocketSharp.WebSocket socket) return;
        socket.Send("ping"); //! LCA2001
    }

    public void Dispose() => _ping.Dispose();
}
