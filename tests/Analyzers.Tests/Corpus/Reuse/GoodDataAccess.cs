// Data access over the driver's own pool: a connection for each unit of work. Nothing to report.
using System.Data;
using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using StackExchange.Redis;

namespace Corpus.Reuse.GoodDataAccess;

public sealed record Customer(int Id, string Name);

public sealed class Customers(NpgsqlDataSource source, IConnectionMultiplexer redis)
{
    public async Task<Customer?> FindAsync(int id, CancellationToken stop)
    {
        var cached = await redis.GetDatabase().StringGetAsync("customer:" + id);
        if (cached.HasValue) return new Customer(id, cached!);

        await using var connection = await source.OpenConnectionAsync(stop);
        await using var command = connection.CreateCommand();
        command.CommandText = "select name from customers where id = $1";
        command.Parameters.Add(new NpgsqlParameter { Value = id });
        if (await command.ExecuteScalarAsync(stop) is not string name) return null;
        await redis.GetDatabase().StringSetAsync("customer:" + id, name, TimeSpan.FromMinutes(1));
        return new Customer(id, name);
    }

    public async Task RenameAsync(int id, string name, CancellationToken stop)
    {
        await using var connection = await source.OpenConnectionAsync(stop);
        await using var transaction = await connection.BeginTransactionAsync(stop);
        await using (var command = new NpgsqlCommand("update customers set name = $2 where id = $1", connection, transaction))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = id });
            command.Parameters.Add(new NpgsqlParameter { Value = name });
            await command.ExecuteNonQueryAsync(stop);
        }

        await transaction.CommitAsync(stop);
        await redis.GetDatabase().KeyDeleteAsync("customer:" + id);
    }
}

/// <summary>A unit of work that opens in its constructor's place, the factory, and ends with its scope.</summary>
public sealed class UnitOfWork : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;

    private UnitOfWork(DbConnection connection, DbTransaction transaction) => (_connection, _transaction) = (connection, transaction);

    public static async Task<UnitOfWork> BeginAsync(DbDataSource source, CancellationToken stop)
    {
        var connection = await source.OpenConnectionAsync(stop);
        try
        {
            return new UnitOfWork(connection, await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, stop));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public async Task<int> ExecuteAsync(string sql, CancellationToken stop)
    {
        await using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = _transaction;
        return await command.ExecuteNonQueryAsync(stop);
    }

    public Task CommitAsync(CancellationToken stop) => _transaction.CommitAsync(stop);

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }
}

public static class DataAccess
{
    public static IServiceCollection AddDataAccess(this IServiceCollection services, string postgres, string redis)
    {
        services.AddSingleton(_ => NpgsqlDataSource.Create(postgres));
        services.AddSingleton<IConnectionMultiplexer>(_ =>
        {
            var multiplexer = ConnectionMultiplexer.Connect(redis);
            multiplexer.ConnectionFailed += static (_, e) => Console.Error.WriteLine(e.FailureType);
            return multiplexer;
        });
        services.AddScoped<Customers>();
        return services;
    }
}
