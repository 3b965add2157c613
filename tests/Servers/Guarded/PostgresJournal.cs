using System.Data;
using LifecycleAnalyzers.Runtime;
using Npgsql;

namespace Incidents.Servers.Guarded;

/// <summary>Writes entries on one connection, which is opened when it is needed and replaced when it has failed.</summary>
public sealed class PostgresJournal : IAsyncDisposable
{
    private readonly SendGate _turn = new();
    private readonly SessionSlot<NpgsqlConnection> _connection;

    public PostgresJournal(string database) =>
        _connection = new(stop => OpenAsync(database, stop), new() { IsUsable = static connection => connection.FullState == ConnectionState.Open });

    /// <returns>Sent: committed. Not open: provably not written. Unknown: the server may have committed it and died.</returns>
    public async Task<SendResult> TryWriteAsync(int entry, CancellationToken stop)
    {
        using var turn = await _turn.EnterAsync(stop);
        try
        {
            await _connection.RunAsync(
                async (connection, token) =>
                {
                    await using var command = new NpgsqlCommand("INSERT INTO journal (entry) VALUES (@entry)", connection) { Parameters = { new("entry", entry) } };
                    await command.ExecuteNonQueryAsync(token);
                },
                stop);
            return SendResult.Sent;
        }
        catch (NotSentException failure)
        {
            return SendResult.NotOpen(failure);
        }
        catch (Exception failure) when (failure is NpgsqlException or TimeoutException)
        {
            return SendResult.Unknown(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        await _connection.DisposeAsync();
    }

    private static async ValueTask<NpgsqlConnection> OpenAsync(string database, CancellationToken stop)
    {
        var connection = new NpgsqlConnection(database);
        try
        {
            await connection.OpenAsync(stop);
            return connection;
        }
        catch (NpgsqlException failure)
        {
            await connection.DisposeAsync();
            throw new NotSentException("There is no connection to the database.", failure);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
