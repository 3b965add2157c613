using System.Diagnostics;
using Npgsql;

namespace LifecycleAnalyzers.Servers.Tests;

public sealed class PostgresServer : LocalServer
{
    private const string User = "postgres";
    private readonly string _server = Tool("postgres");

    public string ConnectionString =>
        $"Host=127.0.0.1;Port={Port};Username={User};Database=postgres;Pooling=false;Timeout=5;Command Timeout=10;SSL Mode=Disable";

    private string Data => Path.Combine(Folder, "data");

    /// <summary>The entries of the journal, in the order of their writing.</summary>
    public async Task<List<int>> JournalAsync(CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("SELECT entry FROM journal ORDER BY place", connection);
        await using var rows = await command.ExecuteReaderAsync(stop);
        var entries = new List<int>();
        while (await rows.ReadAsync(stop)) entries.Add(rows.GetInt32(0));
        return entries;
    }

    protected override async Task PrepareAsync(CancellationToken stop)
    {
        if (Directory.Exists(Data)) return;
        await RunAsync(AsUser(User, Tool("initdb"), "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"), stop);
    }

    // Without fsync: what survives here is the death of a process, not that of the machine.
    protected override ProcessStartInfo Command() => AsUser(
        User, _server, "-D", Data, "-p", $"{Port}", "-h", "127.0.0.1", "-k", "", "-F", "-c", "shared_buffers=16MB", "-c", "max_connections=20", "-c", "logging_collector=off");

    protected override async Task AskAsync(CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(ConnectionString);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS journal (place serial, entry int NOT NULL)", connection);
        await command.ExecuteNonQueryAsync(stop);
    }

    private static string Tool(string name) => Installed.Program(name, "postgresql", "/usr/lib/postgresql/*/bin");
}
