// More replacements: a tuple, a coalescing assignment after a test, a handler that sends through the field.
namespace Corpus.Reuse.ReplacedPeers;

public interface IPeerSession : IAsyncDisposable
{
    event Action? Dropped;
    event Action<IPeerSession, string>? Received;
    bool IsAlive { get; }
    bool TrySend(string text);
    Task StopAsync();
}

public sealed class TuplePeer(Func<IPeerSession> open)
{
    private IPeerSession? _peer;
    private DateTime _since;

    public void Renew()
    {
        var next = open();
        next.Dropped += Forget;
        (_peer, _since) = (next, DateTime.UtcNow); //! LCA3006
    }

    private void Forget() => _peer = null;

    public TimeSpan? Age => _peer is null ? null : DateTime.UtcNow - _since;
}

public sealed class StoppingPeer(Func<IPeerSession> open)
{
    private IPeerSession? _peer;

    public void Renew()
    {
        IPeerSession next = open();
        next.Dropped += async () =>
        {
            if (_peer is { } current) await current.StopAsync();
        };
        _peer = next; //! LCA3006
    }

    public bool Alive => _peer?.IsAlive == true;
}

public sealed class SenderArgumentPeer(Func<IPeerSession> open)
{
    private IPeerSession? _peer;

    // ok LCA3006: the event names its session, and that is compared
    public void Renew()
    {
        var next = open();
        next.Received += OnReceived;
        _peer = next;
    }

    private void OnReceived(IPeerSession from, string text)
    {
        if (from != _peer) return;
        if (text == "quit") _peer = null;
    }
}
