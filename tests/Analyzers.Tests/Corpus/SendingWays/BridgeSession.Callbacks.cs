namespace Ways.Bridge;

public interface IBrokerEvents
{
    event EventHandler<byte[]> Delivered;

    event Func<CancellationToken, Task> Flushed;

    Action<string>? OnBlocked { get; set; }
}

partial class BridgeSession
{
    private Timer? _timer;

    public void Attach(IBrokerEvents broker)
    {
        broker.Delivered += OnDelivered;
        broker.Flushed += AfterFlushAsync;
        broker.OnBlocked = reason => { _pending.Enqueue([1]); Drain(); }; //! LCA2001
        _timer = new Timer(OnTick, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private partial void OnTick(object? state)
    {
        Drain(); //! LCA2001
    }

    private void OnDelivered(object? sender, byte[] frame)
    {
        _pending.Enqueue(frame);
        if (!TryDrain()) _pending.Clear();
    }

    private async Task AfterFlushAsync(CancellationToken cancel)
    {
        await SendAsync([0], cancel); //! LCA2001
    }

    public void AttachChecked(IBrokerEvents broker)
    {
        broker.Delivered += (_, frame) =>
        {
            if (IsOpen) Send(frame);
        };
        broker.Flushed += async cancel =>
        {
            if (_closing) return;
            await SendAsync([0], cancel);
        };
        broker.OnBlocked = reason => _ = TryDrain();
    }
}

/// <summary>Bridges two sessions: each side's delivery goes out on the other.</summary>
internal readonly ref struct BridgePair(BridgeSession left, BridgeSession right)
{
    public void Connect(IBrokerEvents fromLeft, IBrokerEvents fromRight)
    {
        var (l, r) = (left, right);
        fromLeft.Delivered += (_, frame) => r.Send(frame); //! LCA2001
        fromRight.Delivered += (_, frame) => { if (l is { IsOpen: true }) l.Send(frame); };
    }
}
