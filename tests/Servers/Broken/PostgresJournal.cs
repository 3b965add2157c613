using Npgsql;

namespace Incidents.Servers.Broken;

/// <summary>Writes entries on one connection, which is opened at the first entry and kept.</summary>
public sealed class PostgresJournal(string database) : IAsyncDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private NpgsqlConnection? _connection;

    public async Task WriteAsync(int entry, CancellationToken stop)
    {
        await _turn.WaitAsync(stop);
        try
        {
            _connection ??= await OpenAsync(stop);
            using var command = new NpgsqlCommand("INSERT INTO journal (entry) VALUES (@entry)", _connection) { Parameters = { new("entry", entry) } };
            await command.ExecuteNonQueryAsync(stop); //! LCA3001
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection) await connection.DisposeAsync();
        _turn.Dispose();
    }

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken stop)
    {
        var connection = new NpgsqlConnection(database);
        try
        {
            await connection.OpenAsync(stop);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
