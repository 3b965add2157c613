// Database connections kept in fields instead of being taken from the driver's pool.
using System.Data;
using System.Data.Common;
using Npgsql;

namespace Corpus.Reuse.DbCached;

public sealed class SequenceReader(string connectionString) : IAsyncDisposable
{
    private NpgsqlConnection? _connection;

    public async Task<long> NextAsync(string sequence, CancellationToken stop)
    {
        if (_connection is null)
        {
            _connection = new NpgsqlConnection(connectionString);
            await _connection.OpenAsync(stop);
        }

        await using var command = new NpgsqlCommand("select nextval($1)", _connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sequence });
        return (long)(await command.ExecuteScalarAsync(stop))!; //! LCA3001
    }

    // ok LCA3001: opened again when its state says so
    public async Task<long> LastAsync(string sequence, CancellationToken stop)
    {
        _connection ??= new NpgsqlConnection(connectionString);
        if (_connection.State != ConnectionState.Open) await _connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand("select last_value from pg_sequences where sequencename = $1", _connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sequence });
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    public ValueTask DisposeAsync() => _connection?.DisposeAsync() ?? default;
}

public sealed class PooledSequenceReader(NpgsqlDataSource source)
{
    // ok LCA3001: the data source pools and checks
    public async Task<long> NextAsync(string sequence, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var command = new NpgsqlCommand("select nextval($1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = sequence });
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    // ok LCA3001: a command of the data source itself
    public async Task<int> PurgeAsync(CancellationToken stop)
    {
        await using var command = source.CreateCommand("delete from sequences where dead");
        return await command.ExecuteNonQueryAsync(stop);
    }
}

public sealed class TenantDatabases(DbProviderFactory provider, Func<string, string> connectionStringOf)
{
    private readonly Dictionary<string, DbConnection> _connections = [];

    public int Execute(string tenant, string sql)
    {
        if (!_connections.TryGetValue(tenant, out var connection))
        {
            connection = provider.CreateConnection()!;
            connection.ConnectionString = connectionStringOf(tenant);
            connection.Open();
            _connections[tenant] = connection;
        }

        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery(); //! LCA3001
    }

    // ok LCA3001: a broken one is closed and opened before use
    public int ExecuteChecked(string tenant, string sql)
    {
        if (!_connections.TryGetValue(tenant, out var connection))
        {
            connection = provider.CreateConnection()!;
            connection.ConnectionString = connectionStringOf(tenant);
            _connections[tenant] = connection;
        }

        if (connection.State == ConnectionState.Broken) connection.Close();
        if (connection.State != ConnectionState.Open) connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    // ok LCA3001: the catch throws the connection away
    public int ExecuteOrDrop(string tenant, string sql)
    {
        if (!_connections.TryGetValue(tenant, out var connection))
        {
            connection = provider.CreateConnection()!;
            connection.ConnectionString = connectionStringOf(tenant);
            connection.Open();
            _connections[tenant] = connection;
        }

        try
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteNonQuery();
        }
        catch (DbException)
        {
            _connections.Remove(tenant);
            connection.Dispose();
            throw;
        }
    }
}

public sealed class OneQuery(DbDataSource source)
{
    // ok LCA3001: opened for this use
    public async Task<int> CountAsync(string table, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var command = connection.CreateCommand();
        command.CommandText = $"select count(*) from {table}";
        return Convert.ToInt32(await command.ExecuteScalarAsync(stop));
    }
}
