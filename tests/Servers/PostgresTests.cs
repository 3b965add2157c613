using Broken = Incidents.Servers.Broken;
using Guarded = Incidents.Servers.Guarded;

namespace LifecycleAnalyzers.Servers.Tests;

/// <summary>A kept database connection, and a PostgreSQL server that is killed and started again.</summary>
public sealed class PostgresTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_broken_journal_fails_until_its_program_is_started_again()
    {
        await using var server = new PostgresServer();
        await Recovery.FailsUntilTheProgramIsStartedAgainAsync(
            server, () => new Broken.PostgresJournal(server.ConnectionString), (journal, entry, stop) => journal.WriteAsync(entry, stop), server.JournalAsync, Stop);
    }

    [Fact]
    public async Task The_guarded_journal_recovers_by_itself()
    {
        await using var server = new PostgresServer();
        await using var journal = new Guarded.PostgresJournal(server.ConnectionString);
        await Recovery.RecoversByItselfAsync(server, journal.TryWriteAsync, server.JournalAsync, Stop);
    }
}
