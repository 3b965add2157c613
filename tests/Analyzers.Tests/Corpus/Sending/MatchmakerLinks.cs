// Matchmaking over generic links: heartbeats and seat offers for whatever transport a shard uses.
namespace Corpus.Sending.MatchmakerLinks;

public interface IShardLink
{
    bool IsOpen { get; }
    ValueTask SendAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellation);
    void Close();
}

public interface IFrameCodec<in T>
{
    ReadOnlyMemory<byte> Encode(T message);
}

public sealed record SeatOffer(int Match, int Seat);

public class Heartbeater<TLink> : IDisposable where TLink : class, IShardLink
{
    private readonly TLink _link;
    private readonly System.Timers.Timer _timer;

    public Heartbeater(TLink link, double interval)
    {
        _link = link;
        _timer = new System.Timers.Timer(interval);
        _timer.Elapsed += async (_, _) => await BeatAsync(); //! LCA2001
        _timer.Start();
    }

    protected virtual async Task BeatAsync() => await _link.SendAsync(new byte[] { 1 }, CancellationToken.None);

    public void Dispose() => _timer.Dispose();
}

public sealed class CheckedHeartbeater<TLink> : IDisposable where TLink : class, IShardLink
{
    private readonly TLink _link;
    private readonly System.Timers.Timer _timer;

    // ok LCA2001: asked before each beat
    public CheckedHeartbeater(TLink link, double interval)
    {
        _link = link;
        _timer = new System.Timers.Timer(interval);
        _timer.Elapsed += async (_, _) => await BeatAsync();
        _timer.Start();
    }

    private async Task BeatAsync()
    {
        if (!_link.IsOpen)
        {
            _timer.Stop();
            return;
        }
        await _link.SendAsync(new byte[] { 1 }, CancellationToken.None);
    }

    public void Dispose() => _timer.Dispose();
}

public sealed class Offers<TMessage>
{
    private readonly IShardLink _link;
    private readonly IFrameCodec<TMessage> _codec;

    public Offers(IShardLink link, IFrameCodec<TMessage> codec) => (_link, _codec) = (link, codec);

    public void Bind(Seats seats, Func<SeatOffer, TMessage> convert)
    {
        seats.Freed += async offer => await OfferAsync(convert(offer), default); //! LCA2001
    }

    // ok LCA2001: a conditional expression decides
    public void BindChecked(Seats seats, Func<SeatOffer, TMessage> convert)
    {
        seats.Freed += async offer => await (_link.IsOpen ? OfferAsync(convert(offer), default) : ValueTask.CompletedTask);
    }

    // ok LCA2001: called by the matchmaker itself
    public ValueTask OfferAsync(TMessage message, CancellationToken cancellation) => _link.SendAsync(_codec.Encode(message), cancellation);
}

public sealed class Seats
{
    public event Action<SeatOffer>? Freed;

    public void Free(int match, int seat) => Freed?.Invoke(new SeatOffer(match, seat));
}
