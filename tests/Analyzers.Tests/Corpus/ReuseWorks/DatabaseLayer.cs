// A data access layer on Npgsql as it grew over the years: shared connections, units of work, retries.
using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Npgsql;

namespace Works.Reuse.DatabaseLayer;

public sealed record Booking(Guid Id, string Account, decimal Amount);

internal static class Open
{
    public static async Task<NpgsqlConnection> NewAsync(string connectionString, CancellationToken ct)
    {
        var connection = new NpgsqlConnection(connectionString);
        try
        {
            await connection.OpenAsync(ct); //? LCA1001
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}

/// <summary>"Opening is expensive", so one connection is opened for all time.</summary>
public sealed class SharedConnectionLedger(string connectionString)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private NpgsqlConnection? _connection;

    public async Task<int> BalanceAsync(string account, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            _connection ??= await Open.NewAsync(connectionString, ct); //? LCA1001
            await using var command = _connection.CreateCommand(); //? LCA3001
            command.CommandText = "select sum(amount) from ledger where account = @account";
            command.Parameters.AddWithValue("account", account);
            return Convert.ToInt32(await command.ExecuteScalarAsync(ct)); //! LCA3001
        }
        finally
        {
            _gate.Release();
        }
    }

    public async Task<int> BalanceCheckedAsync(string account, CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (_connection is null || _connection.State != ConnectionState.Open)
            {
                if (_connection is not null) await _connection.DisposeAsync();
                _connection = await Open.NewAsync(connectionString, ct); //? LCA1001
            }

            await using var command = _connection.CreateCommand();
            command.CommandText = "select sum(amount) from ledger where account = @account";
            command.Parameters.AddWithValue("account", account);
            return Convert.ToInt32(await command.ExecuteScalarAsync(ct)); // ok LCA3001: the state was asked
        }
        finally
        {
            _gate.Release();
        }
    }
}

/// <summary>The driver's own pool: nothing to check.</summary>
public sealed class DataSourceLedger(NpgsqlDataSource source)
{
    private static NpgsqlDataSource? s_reporting;

    public async Task<int> BalanceAsync(string account, CancellationToken ct)
    {
        await using var command = source.CreateCommand("select sum(amount) from ledger where account = @account");
        command.Parameters.AddWithValue("account", account);
        return Convert.ToInt32(await command.ExecuteScalarAsync(ct)); // ok LCA3001: a data source opens what it needs
    }

    public static async Task<int> CountAsync(string connectionString, CancellationToken ct)
    {
        s_reporting ??= NpgsqlDataSource.Create(connectionString);
        await using var command = s_reporting.CreateCommand("select count(*) from ledger");
        return Convert.ToInt32(await command.ExecuteScalarAsync(ct)); // ok LCA3001: as above, static or not
    }
}

/// <summary>Inserts, and inserts again when it is not sure.</summary>
public sealed class BookingWriter(NpgsqlDataSource source)
{
    public async Task WriteAsync(Booking booking, CancellationToken ct)
    {
        await using var command = Insert(booking);
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (NpgsqlException)
        {
            await Task.Delay(250, ct);
            await command.ExecuteNonQueryAsync(ct); //! LCA3005
        }
    }

    public async Task WriteSerializableAsync(Booking booking, CancellationToken ct)
    {
        await using var command = Insert(booking);
        try
        {
            await command.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SerializationFailure)
        {
            await Task.Delay(50, ct);
            await command.ExecuteNonQueryAsync(ct); // ok LCA3005: the server itself rolled it back
        }
    }

    public async Task WriteLoopAsync(Booking booking, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = Insert(booking);
                await command.ExecuteNonQueryAsync(ct); //! LCA3005
                return;
            }
            catch (DbException) when (attempt < 4)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), ct);
            }
        }
    }

    public async Task WriteRejectedLoopAsync(Booking booking, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = Insert(booking);
                await command.ExecuteNonQueryAsync(ct); // ok LCA3005: 40001 alone is repeated
                return;
            }
            catch (PostgresException e) when (e.SqlState == "40001" && attempt < 4)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100 << attempt), ct);
            }
        }
    }

    public async Task<long> CountLoopAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = source.CreateCommand("select count(*) from booking");
                return (long)(await command.ExecuteScalarAsync(ct))!; // ok LCA3005: a query
            }
            catch (NpgsqlException) when (attempt < 4)
            {
                await Task.Delay(100, ct);
            }
        }
    }

    public async Task WriteManyAsync(IEnumerable<Booking> bookings, CancellationToken ct)
    {
        foreach (var booking in bookings)
        {
            await using var command = Insert(booking);
            try
            {
                await command.ExecuteNonQueryAsync(ct); // ok LCA3005: the next round writes the next booking
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                Console.Error.WriteLine($"{booking.Id} is known already");
            }
        }
    }

    private NpgsqlCommand Insert(Booking booking)
    {
        var command = source.CreateCommand("insert into booking (id, account, amount) values (@id, @account, @amount)");
        command.Parameters.AddWithValue("id", booking.Id);
        command.Parameters.AddWithValue("account", booking.Account);
        command.Parameters.AddWithValue("amount", booking.Amount);
        return command;
    }
}

/// <summary>Read replicas by region; the probe is a query of its own.</summary>
public sealed class ReplicaReader(Func<string, DbConnection> open)
{
    private readonly ConcurrentDictionary<string, DbConnection> _byRegion = new();
    private readonly object _sync = new();

    public object? Read(string region, string sql)
    {
        lock (_sync)
        {
            var connection = _byRegion.GetOrAdd(region, open);
            using var command = connection.CreateCommand(); //? LCA3001
            command.CommandText = sql;
            return command.ExecuteScalar(); //! LCA3001
        }
    }

    public object? ReadChecked(string region, string sql)
    {
        lock (_sync)
        {
            var connection = _byRegion.GetOrAdd(region, open);
            if (connection.State is ConnectionState.Broken or ConnectionState.Closed)
            {
                connection.Dispose();
                _byRegion[region] = connection = open(region);
            }

            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar(); // ok LCA3001: broken and closed ones are replaced
        }
    }
}
