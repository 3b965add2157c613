using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Clauses.MoreCounts;

public sealed class Gatekeeper
{
    private readonly ConcurrentDictionary<string, TcpClient> _byName = new();
    private readonly SemaphoreSlim _limit = new(50, 50);
    private int _greeted;
    private int _sessions;

    public int Sessions => Volatile.Read(ref _sessions);

    public async Task AdmitAsync(HttpContext context, string name)
    {
        if (!await _limit.WaitAsync(0)) //! LCA1007
        {
            context.Response.StatusCode = 503;
            return;
        }

        using var web = await context.WebSockets.AcceptWebSocketAsync();
        await TalkAsync(web);
        _limit.Release();
    }

    public async Task AdmitSafelyAsync(HttpContext context, string name)
    {
        if (!await _limit.WaitAsync(0))
        {
            context.Response.StatusCode = 503;
            return;
        }

        try
        {
            using var web = await context.WebSockets.AcceptWebSocketAsync();
            await TalkAsync(web);
        }
        finally
        {
            _limit.Release();
        }
    }

    public void Register(string name, TcpClient client)
    {
        _byName[name] = client;
    }

    public void Unregister(string name)
    {
        if (_byName.TryRemove(name, out var client)) client.Dispose();
    }

    public bool Begin(TcpClient client, byte[] hello)
    {
        Interlocked.Increment(ref _greeted); //! LCA1007
        if (hello.Length < 4)
        {
            client.Dispose();
            return false;
        }

        client.GetStream().Write(hello, 0, hello.Length);
        Interlocked.Decrement(ref _greeted);
        return true;
    }

    public async Task SessionAsync(TcpClient client, CancellationToken stop)
    {
        using var counted = new Counted(this);
        await client.GetStream().CopyToAsync(Stream.Null, stop);
    }

    private static async Task TalkAsync(WebSocket web)
    {
        var buffer = new byte[1024];
        while (web.State == WebSocketState.Open) await web.ReceiveAsync(buffer, CancellationToken.None);
    }

    private readonly struct Counted : IDisposable
    {
        private readonly Gatekeeper _owner;

        public Counted(Gatekeeper owner)
        {
            _owner = owner;
            Interlocked.Increment(ref owner._sessions);
        }

        public void Dispose() => Interlocked.Decrement(ref _owner._sessions);
    }
}
