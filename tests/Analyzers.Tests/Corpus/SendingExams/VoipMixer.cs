// VoIP: a mixer that pushes audio to a conference's legs; the state lives in a base class, behind a lock, in a nested record.
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.VoipMixer;

public enum LegState { Ringing, Connected, Hangup }

public abstract class MediaLink
{
    private readonly Lock _sync = new();

    protected MediaLink(string id) => Id = id;

    public string Id { get; }

    public LegState State
    {
        get
        {
            lock (_sync) return field;
        }
        protected set
        {
            lock (_sync) field = value;
        }
    } = LegState.Ringing;

    public abstract void SendFrame(ReadOnlySpan<short> samples);

    public abstract ValueTask SendDtmfAsync(char key, CancellationToken ct = default);

    public virtual void Close() => State = LegState.Hangup;
}

public sealed record Leg(MediaLink Link, int Gain)
{
    public bool Live => Link.State == LegState.Connected;
}

public sealed class Conference(ILogger<Conference> log)
{
    private ImmutableArray<Leg> _legs = [];
    private readonly SemaphoreSlim _mixing = new(1);

    public event Action<Leg>? Speaking;

    public void Mix(Leg leg, short[] samples)
    {
        if (!leg.Live) return;
        Speaking?.Invoke(leg);
        leg.Link.SendFrame(samples); //! LCA2002
    }

    // ok LCA2002: raised first
    public void MixAfterEvent(Leg leg, short[] samples)
    {
        Speaking?.Invoke(leg);
        if (leg.Live) leg.Link.SendFrame(samples);
    }

    public async Task DialDigitsAsync(Leg leg, string digits, CancellationToken ct)
    {
        foreach (var digit in digits)
        {
            if (leg is not { Link.State: LegState.Connected }) return;
            await Task.Delay(120, ct);
            await leg.Link.SendDtmfAsync(digit, ct); //! LCA2002
        }
    }

    // ok LCA2002: a for loop whose condition asks after each pause
    public async Task DialDigitsAskedAsync(Leg leg, string digits, CancellationToken ct)
    {
        for (var i = 0; i < digits.Length && leg.Live; await Task.Delay(120, ct), i++)
        {
            await leg.Link.SendDtmfAsync(digits[i], ct);
        }
    }

    public async Task MixAllAsync(short[] samples, CancellationToken ct)
    {
        var live = _legs.Where(l => l.Live).ToList();
        await _mixing.WaitAsync(ct);
        try
        {
            foreach (var leg in live) leg.Link.SendFrame(samples); //? LCA2002
        }
        finally
        {
            _mixing.Release();
        }
    }

    // ok LCA2002: the wait comes before the question
    public async Task MixAllAskedAsync(short[] samples, CancellationToken ct)
    {
        await _mixing.WaitAsync(ct);
        try
        {
            foreach (var leg in _legs)
            {
                if (leg.Live) leg.Link.SendFrame(samples);
            }
        }
        finally
        {
            _mixing.Release();
        }
    }

    public void Announce(Leg leg, short[] jingle)
    {
        var live = leg.Live;
        Thread.Sleep(200);
        if (live)
        {
            log.LogInformation("jingle for {Leg}", leg.Link.Id);
            leg.Link.SendFrame(jingle); //! LCA2002
        }
    }

    // ok LCA2002: the nap only where nothing is sent
    public void AnnounceOrNap(Leg leg, short[] jingle)
    {
        if (leg.Live)
        {
            leg.Link.SendFrame(jingle);
        }
        else
        {
            Thread.Sleep(200);
        }
    }

    // ok LCA2002: a Try… whose result decides
    public async Task<bool> TryDialAsync(Leg leg, char digit, Func<Task> prepare)
    {
        await prepare();
        return await TrySendAsync(leg, digit);
    }

    private static async Task<bool> TrySendAsync(Leg leg, char digit)
    {
        if (!leg.Live) return false;
        await leg.Link.SendDtmfAsync(digit);
        return true;
    }

    public void Add(Leg leg) => ImmutableInterlocked.Update(ref _legs, static (legs, added) => legs.Add(added), leg);
}

public sealed class VoiceBridge
{
    private readonly MediaLink _a, _b;

    public VoiceBridge(MediaLink a, MediaLink b, IObservable<short[]> fromA, IObservable<short[]> fromB)
    {
        (_a, _b) = (a, b);
        fromA.Subscribe(new Sink(samples => _b.SendFrame(samples))); //! LCA2001
        fromB.Subscribe(new Sink(samples =>
        {
            if (_a.State == LegState.Connected) _a.SendFrame(samples);
        }));
    }

    private sealed class Sink(Action<short[]> next) : IObserver<short[]>
    {
        public void OnCompleted() { }

        public void OnError(Exception error) { }

        public void OnNext(short[] value) => next(value);
    }
}
