using System.Diagnostics;
using System.Net;
using Incidents.Servers;

namespace LifecycleAnalyzers.Servers.Tests;

public sealed class RedisServer : LocalServer
{
    private readonly string _server = Installed.Program("redis-server", "redis-server", "/usr/bin");

    public IPEndPoint Address => new(IPAddress.Loopback, Port);

    /// <summary>The entries of a list, in its order.</summary>
    public async Task<List<int>> ListAsync(string key, CancellationToken stop)
    {
        await using var link = await RedisLink.OpenAsync(Address, stop);
        var entries = new List<int>();
        while (await link.SendAsync(stop, "LINDEX", key, $"{entries.Count}") is { } entry) entries.Add(int.Parse(entry));
        return entries;
    }

    // Every write is in the file before it is answered, and in the system's hands is enough: a process dies here, not the machine.
    protected override ProcessStartInfo Command() => new(
        _server, ["--bind", "127.0.0.1", "--port", $"{Port}", "--dir", Folder, "--appendonly", "yes", "--appendfsync", "no", "--save", "", "--daemonize", "no"]);

    protected override async Task AskAsync(CancellationToken stop)
    {
        await using var link = await RedisLink.OpenAsync(Address, stop);
        await link.SendAsync(stop, "PING");
    }
}
