// A SIP trunk with own connection type: what happens between "is it registered?" and the send.
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace HeldOut.Sending.SipTrunk;

public enum TrunkState { Down, Registering, Established, Closing }

public sealed class TrunkClosedException(TrunkState state) : InvalidOperationException($"trunk is {state}");

public sealed class TrunkConnection(Socket socket) : IDisposable
{
    public TrunkState State { get; private set; } = TrunkState.Established;

    public event EventHandler? Closing;

    public void Send(ReadOnlySpan<byte> message)
    {
        if (State is not TrunkState.Established) throw new TrunkClosedException(State);
        socket.Send(message);
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken ct = default)
    {
        if (State is not TrunkState.Established) throw new TrunkClosedException(State);
        await socket.SendAsync(message, ct).ConfigureAwait(false);
    }

    public async ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken ct = default) =>
        await socket.ReceiveAsync(buffer, ct).ConfigureAwait(false);

    public void Dispose()
    {
        State = TrunkState.Closing;
        Closing?.Invoke(this, EventArgs.Empty);
        socket.Dispose();
        State = TrunkState.Down;
    }
}

internal static class TrunkExtensions
{
    extension(TrunkConnection trunk)
    {
        public bool IsUp => trunk.State == TrunkState.Established;
    }

    public static bool CanCall(this TrunkConnection trunk) => trunk.State switch
    {
        TrunkState.Established => true,
        TrunkState.Registering or TrunkState.Closing or TrunkState.Down => false,
        _ => throw new ArgumentOutOfRangeException(nameof(trunk)),
    };
}

public interface ICallRouter
{
    ValueTask<string> RouteAsync(string number, CancellationToken ct);
}

public sealed partial class CallAgent(TrunkConnection trunk, ICallRouter router, ILogger<CallAgent> log)
{
    private readonly Lock _sync = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _sequence;

    private bool Ready => IsReady();

    public async Task InviteAsync(string number, CancellationToken ct)
    {
        if (!Ready) return;
        var target = await router.RouteAsync(number, ct).ConfigureAwait(false);
        await trunk.SendAsync(Encode("INVITE", target), ct); //! LCA2002
    }

    // ok LCA2002: routed first, asked afterwards
    public async Task InviteRoutedAsync(string number, CancellationToken ct)
    {
        var target = await router.RouteAsync(number, ct).ConfigureAwait(false);
        if (!Ready) return;
        await trunk.SendAsync(Encode("INVITE", target), ct);
    }

    // ok LCA2002: asked twice, the second time after the last await
    public async Task InviteTwiceAskedAsync(string number, CancellationToken ct)
    {
        if (!trunk.CanCall()) return;
        var target = await router.RouteAsync(number, ct).ConfigureAwait(false);
        if (!trunk.CanCall())
        {
            log.LogInformation("trunk went away while routing {Number}", number);
            return;
        }

        await trunk.SendAsync(Encode("INVITE", target), ct);
    }

    public async Task OptionsAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30));
        while (trunk is { State: TrunkState.Established })
        {
            if (!await timer.WaitForNextTickAsync(ct)) break;
            await trunk.SendAsync(Encode("OPTIONS", "*"), ct); //! LCA2002
        }
    }

    // ok LCA2002: the tick comes before the question
    public async Task OptionsTickedAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(30));
        while (await timer.WaitForNextTickAsync(ct) && trunk.IsUp)
        {
            await trunk.SendAsync(Encode("OPTIONS", "*"), ct);
        }
    }

    public void Bye(string call)
    {
        byte[] message;
        using (_sync.EnterScope())
        {
            if (trunk.State != TrunkState.Established) return;
            message = Encode("BYE", call);
        }

        trunk.Send(message); //! LCA2002
    }

    // ok LCA2002: the scope ends after the send
    public void ByeLocked(string call)
    {
        using var scope = _sync.EnterScope();
        if (trunk.State != TrunkState.Established) return;
        trunk.Send(Encode("BYE", call));
    }

    // The gate is taken after the question: whoever held it may have closed the trunk.
    public async ValueTask AckAsync(string call, CancellationToken ct)
    {
        if (trunk.IsUp)
        {
            await _gate.WaitAsync(ct).ConfigureAwait(false);
            try
            {
                await trunk.SendAsync(Encode("ACK", call), ct); //! LCA2002
            }
            finally
            {
                _gate.Release();
            }
        }
    }

    // ok LCA2002: asked inside the gate
    public async ValueTask AckGatedAsync(string call, CancellationToken ct)
    {
        await _gate.WaitAsync(ct).ConfigureAwait(false);
        try
        {
            if (trunk.IsUp) await trunk.SendAsync(Encode("ACK", call), ct);
        }
        finally
        {
            _gate.Release();
        }
    }

    // ok LCA2002: what was received on the trunk proves it open
    public async Task EchoAsync(CancellationToken ct)
    {
        var buffer = new byte[1500];
        while (trunk.State == TrunkState.Established)
        {
            var n = await trunk.ReceiveAsync(buffer, ct);
            if (n == 0) return;
            await trunk.SendAsync(buffer.AsMemory(0, n), ct);
        }
    }

    // Rings through whatever list of subscribers there is, then sends as if nothing had happened.
    public void Ring(string call, Action<string> ringing)
    {
        if (!trunk.CanCall()) return;
        ringing(call);
        trunk.Send(Encode("RINGING", call)); //! LCA2002
    }

    // ok LCA2002: the failure is expected, and typed
    public async Task RingCaughtAsync(string call, Func<string, Task> ringing, CancellationToken ct)
    {
        if (!trunk.CanCall()) return;
        try
        {
            await ringing(call);
            await trunk.SendAsync(Encode("RINGING", call), ct);
        }
        catch (InvalidOperationException ex)
        {
            log.LogDebug(ex, "caller hung up");
        }
    }
}

// The other half: helpers that the first half's guard leads to.
public sealed partial class CallAgent
{
    private bool IsReady()
    {
        var state = trunk.State;
        return state == TrunkState.Established;
    }

    private byte[] Encode(string verb, string target) =>
        System.Text.Encoding.ASCII.GetBytes($"{verb} {target} SIP/2.0\r\nCSeq: {++_sequence} {verb}\r\n\r\n");
}
