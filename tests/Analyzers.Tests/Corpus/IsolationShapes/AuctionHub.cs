using System.Collections.Concurrent;
using System.Timers;
using Grpc.Core;
using Microsoft.AspNetCore.SignalR;
using Timer = System.Timers.Timer;

namespace Auctions.Live;

public interface IBidder
{
    Task Outbid(decimal amount);
}

/// <summary>A hub instance lives for one call.</summary>
public sealed class AuctionHub(IHubContext<AuctionHub, IBidder> hub, BidBook book) : Hub<IBidder>
{
    private static HubCallerContext? s_last;

    public async Task Watch(string lot)
    {
        s_last = Context; //! LCA4002
        await book.NoteAsync(lot);
        await Groups.AddToGroupAsync(s_last.ConnectionId, lot);
    }

    public void Remind(int seconds)
    {
        var timer = new Timer(seconds * 1000) { AutoReset = false };
        timer.Elapsed += (_, _) => Clients.Caller.Outbid(0); //! LCA4003
        timer.Start();
    }

    public void RemindLater(int seconds)
    {
        var caller = Context.ConnectionId;
        var timer = new Timer(seconds * 1000) { AutoReset = false };
        timer.Elapsed += (_, _) => hub.Clients.Client(caller).Outbid(0); // ok LCA4003: the hub's context lives on
        timer.Start();
    }

    public void Bid(string lot, decimal amount)
    {
        book.Bid(lot, amount);
        ThreadPool.QueueUserWorkItem(_ => book.Remember(lot, Context.UserIdentifier)); //! LCA4003
    }

    public async Task BidAndWait(string lot, decimal amount)
    {
        var tasks = new List<Task> { book.NoteAsync(lot), Task.Run(() => book.Remember(lot, Context.UserIdentifier)) };
        book.Bid(lot, amount);
        await Task.WhenAll(tasks); // ok LCA4003: awaited together
    }
}

public sealed class BidBook
{
    private readonly ConcurrentDictionary<string, decimal> _bids = new();
    private readonly ConcurrentDictionary<string, string?> _bidders = new();

    public void Bid(string lot, decimal amount) => _bids.AddOrUpdate(lot, amount, (_, old) => Math.Max(old, amount));
    public void Remember(string lot, string? user) => _bidders[lot] = user;
    public Task NoteAsync(string lot) => Task.CompletedTask;
}

public sealed record LotRequest(string Lot);
public sealed record LotReply(decimal Amount);

/// <summary>A gRPC service; its instances are made for each call.</summary>
public class LotService(BidBook book)
{
    private ServerCallContext? _call;

    public virtual Task<LotReply> Follow(LotRequest request, IServerStreamWriter<LotReply> replies, ServerCallContext context)
    {
        _call = context; // ok LCA4002: made for each call
        Task.Factory.StartNew(() => book.Remember(request.Lot, context.RequestHeaders.GetValue("user"))); //! LCA4003
        return Task.FromResult(new LotReply(_call.Peer.Length));
    }

    public virtual async Task<LotReply> FollowAndWait(LotRequest request, IServerStreamWriter<LotReply> replies, ServerCallContext context)
    {
        var pump = PumpAsync(replies, context); // ok LCA4003: awaited at the end
        book.Remember(request.Lot, context.Peer);
        await pump;
        return new LotReply(0);
    }

    private static async Task PumpAsync(IServerStreamWriter<LotReply> replies, ServerCallContext context)
    {
        while (!context.CancellationToken.IsCancellationRequested)
        {
            await replies.WriteAsync(new LotReply(1));
            await Task.Delay(1000);
        }
    }
}
