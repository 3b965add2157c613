using System.Net;
using System.Net.Sockets;
using LifecycleAnalyzers.Runtime;

namespace Incidents.Servers.Guarded;

/// <summary>Appends to lists, each key on a connection of its own that is opened when it is needed and replaced when it has died.</summary>
public sealed class RedisLog : IAsyncDisposable
{
    private readonly SendGate _turn = new();
    private readonly SessionCache<string, RedisLink> _links;

    public RedisLog(IPEndPoint server) =>
        _links = new(async (_, stop) => await RedisLink.OpenAsync(server, stop), new() { IsUsable = static link => link.IsOpen });

    /// <returns>Sent: in the list. Not open: provably not written. Unknown: the server may have appended it and died.</returns>
    public async Task<SendResult> TryAppendAsync(string key, int entry, CancellationToken stop)
    {
        using var turn = await _turn.EnterAsync(stop);
        try
        {
            await _links.RunAsync(key, async (link, token) => await link.SendAsync(token, "RPUSH", key, $"{entry}"), stop);
            return SendResult.Sent;
        }
        catch (Exception failure) when (failure is IOException or SocketException)
        {
            return Replay.IsSafe(failure) ? SendResult.NotOpen(failure) : SendResult.Unknown(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        await _links.DisposeAsync();
    }
}
