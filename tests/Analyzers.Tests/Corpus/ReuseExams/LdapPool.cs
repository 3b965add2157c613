// An LDAP client with its own sessions: pooled, cached, validated and not.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace HeldOut.Reuse.LdapPool;

public sealed class LdapSession(Socket socket) : IDisposable
{
    public bool IsOpen { get; private set; } = true;

    public DateTime LastUsed { get; set; } = DateTime.UtcNow;

    public Task SendAsync(byte[] request, CancellationToken ct) => socket.SendAsync(request, ct).AsTask();

    public async Task<byte[]> SearchAsync(byte[] request, CancellationToken ct)
    {
        await socket.SendAsync(request, ct); //? LCA4006
        var answer = new byte[4096];
        var n = await socket.ReceiveAsync(answer, ct);
        return answer[..n];
    }

    public bool Probe() => !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0);

    public void Dispose()
    {
        IsOpen = false;
        socket.Dispose();
    }
}

public interface ILdapDialer
{
    Task<LdapSession> DialAsync(string server, CancellationToken ct);
}

public sealed class LdapPool(ILdapDialer dialer, string server, ILogger<LdapPool> log)
{
    private readonly ConcurrentStack<LdapSession> _idle = new();

    public async Task<LdapSession> RentAsync(CancellationToken ct)
    {
        if (_idle.TryPop(out var session)) //! LCA3004
        {
            log.LogTrace("reused");
            return session;
        }

        return await dialer.DialAsync(server, ct);
    }

    // ok LCA3004: the helper asks, and what is dead is dropped
    public async Task<LdapSession> RentAliveAsync(CancellationToken ct)
    {
        while (_idle.TryPop(out var session))
        {
            if (Usable(session)) return session;
        }

        return await dialer.DialAsync(server, ct);
    }

    // Young is not alive.
    public async Task<LdapSession> RentYoungAsync(CancellationToken ct)
    {
        while (_idle.TryPop(out var session)) //! LCA3004
        {
            if (DateTime.UtcNow - session.LastUsed < TimeSpan.FromMinutes(1)) return session;
            session.Dispose();
        }

        return await dialer.DialAsync(server, ct);
    }

    private bool Usable(LdapSession session)
    {
        if (session is { IsOpen: true } && session.Probe()) return true;
        log.LogDebug("dead session dropped");
        session.Dispose();
        return false;
    }

    public void Return(LdapSession session)
    {
        session.LastUsed = DateTime.UtcNow;
        _idle.Push(session);
    }

    // ok LCA3004: emptied in order to close
    public void Drain()
    {
        while (_idle.TryPop(out var session)) session.Dispose();
    }
}

public sealed class ChannelPool(ILdapDialer dialer)
{
    private readonly Channel<LdapSession> _idle = Channel.CreateBounded<LdapSession>(16);

    public async Task<byte[]> FindAsync(string server, byte[] request, CancellationToken ct)
    {
        if (!_idle.Reader.TryRead(out var session)) session = await dialer.DialAsync(server, ct); //! LCA3004
        var ok = false;
        try
        {
            var answer = await session.SearchAsync(request, ct);
            ok = true;
            return answer;
        }
        finally
        {
            if (!ok || !_idle.Writer.TryWrite(session)) session.Dispose();
        }
    }

    // ok LCA3004: a use in a try that discards and takes another
    public async Task<byte[]> FindRetriedAsync(string server, byte[] request, CancellationToken ct)
    {
        while (_idle.Reader.TryRead(out var pooled))
        {
            try
            {
                var answer = await pooled.SearchAsync(request, ct);
                if (!_idle.Writer.TryWrite(pooled)) pooled.Dispose();
                return answer;
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                pooled.Dispose();
            }
        }

        var fresh = await dialer.DialAsync(server, ct);
        try
        {
            return await fresh.SearchAsync(request, ct);
        }
        finally
        {
            fresh.Dispose();
        }
    }
}

public sealed class LdapPolicy(Func<LdapSession> dial) : PooledObjectPolicy<LdapSession>
{
    public override LdapSession Create() => dial();

    public override bool Return(LdapSession obj) => obj.IsOpen;
}

public sealed class PolicyUser(ObjectPool<LdapSession> pool)
{
    public async Task AbandonAsync(byte[] request, CancellationToken ct)
    {
        var session = pool.Get(); //! LCA3004
        await session.SendAsync(request, ct);
        pool.Return(session);
    }

    // ok LCA3004: asked after the taking out
    public async Task AbandonAskedAsync(byte[] request, CancellationToken ct)
    {
        var session = pool.Get();
        if (!session.IsOpen) throw new InvalidOperationException("directory is away");
        await session.SendAsync(request, ct);
        pool.Return(session);
    }
}

public sealed class LdapRequests
{
    private readonly ConcurrentQueue<byte[]> _requests = new();
    private readonly ConcurrentQueue<LdapSession> _accepted = new();

    // ok LCA3004: jobs, no connections
    public byte[]? Next() => _requests.TryDequeue(out var request) ? request : null;

    public void Accept(LdapSession session) => _accepted.Enqueue(session);

    // ok LCA3004: each goes through once
    public async Task GreetNextAsync(CancellationToken ct)
    {
        if (!_accepted.TryDequeue(out var session)) return;
        using (session) await session.SendAsync([0x30, 0x0c], ct);
    }
}

public sealed class StackPool(ILdapDialer dialer)
{
    private readonly Stack<LdapSession> _free = [];
    private readonly Lock _lock = new();

    private LdapSession? Take()
    {
        lock (_lock)
        {
            return _free.TryPop(out var session) ? session : null; // ok LCA3004: private, and every caller checks
        }
    }

    public async Task<byte[]> OneAsync(string server, byte[] request, CancellationToken ct)
    {
        var session = Take();
        if (session is not { IsOpen: true }) session = await dialer.DialAsync(server, ct);
        var answer = await session.SearchAsync(request, ct);
        lock (_lock) _free.Push(session);
        return answer;
    }

    public async Task<byte[]> OtherAsync(string server, byte[] request, CancellationToken ct)
    {
        LdapSession? session;
        lock (_lock) session = _free.Count == 0 ? null : _free.Pop(); //! LCA3004
        session ??= await dialer.DialAsync(server, ct);
        var answer = await session.SearchAsync(request, ct);
        lock (_lock) _free.Push(session);
        return answer;
    }
}
