using System.Net;

namespace Incidents.Servers.Broken;

/// <summary>Appends to a list on one connection, which is opened at the first entry and kept.</summary>
public sealed class RedisLog(IPEndPoint server, string key) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private RedisLink? _link;

    public async Task AppendAsync(int entry, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            _link ??= await RedisLink.OpenAsync(server, stop);
            await _link.SendAsync(stop, "RPUSH", key, $"{entry}"); //! LCA3001
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_link is { } link) await link.DisposeAsync();
        _turn.Dispose();
    }
}
