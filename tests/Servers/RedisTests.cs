using Broken = Incidents.Servers.Broken;
using Guarded = Incidents.Servers.Guarded;

namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>A kept connection, and a Redis server that is killed and started again.</summary>
public sealed class RedisTests
{
    private const string Key = "entries";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_broken_log_fails_until_its_program_is_started_again()
    {
        await using var server = new RedisServer();
        await Recovery.FailsUntilTheProgramIsStartedAgainAsync(
            server, () => new Broken.RedisLog(server.Address, Key), (log, entry, stop) => log.AppendAsync(entry, stop), ListAsync, Stop);

        Task<List<int>> ListAsync(CancellationToken stop) => server.ListAsync(Key, stop);
    }

    [Fact]
    public async Task The_guarded_log_recovers_by_itself()
    {
        await using var server = new RedisServer();
        await using var log = new Guarded.RedisLog(server.Address);
        await Recovery.RecoversByItselfAsync(server, (entry, stop) => log.TryAppendAsync(Key, entry, stop), stop => server.ListAsync(Key, stop), Stop);
    }
}
