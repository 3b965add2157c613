// Statements and messages that are sent again after a failure.
using System.Data.Common;
using Microsoft.Extensions.Logging;
using MQTTnet;
using MQTTnet.Client;
using Npgsql;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;
using StackExchange.Redis;

namespace Corpus.Reuse.StatementRetries;

public sealed class Ledger(NpgsqlDataSource source, ILogger<Ledger> log)
{
    public async Task BookAsync(string account, decimal amount, CancellationToken ct)
    {
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            try
            {
                await using var command = source.CreateCommand("insert into booking (account, amount) values ($1, $2)");
                command.Parameters.Add(new NpgsqlParameter { Value = account });
                command.Parameters.Add(new NpgsqlParameter { Value = amount });
                await command.ExecuteNonQueryAsync(ct); //! LCA3005
                return;
            }
            catch (NpgsqlException e)
            {
                log.LogWarning(e, "booking attempt {Attempt} failed", attempt);
            }
        }
    }

    // ok LCA3005: a serialisation failure was rolled back by the server
    public async Task BookSerializableAsync(string account, decimal amount, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = source.CreateCommand("insert into booking (account, amount) values ($1, $2)");
                command.Parameters.Add(new NpgsqlParameter { Value = account });
                command.Parameters.Add(new NpgsqlParameter { Value = amount });
                await command.ExecuteNonQueryAsync(ct);
                return;
            }
            catch (PostgresException e) when (e.SqlState == "40001" && attempt < 5)
            {
                await Task.Delay(20 * attempt, ct);
            }
        }
    }

    public static int Withdraw(DbCommand command)
    {
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (DbException)
        {
            Thread.Sleep(100);
            return command.ExecuteNonQuery(); //! LCA3005
        }
    }

    // ok LCA3005: a query changes nothing
    public async Task<object?> BalanceAsync(string account, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await using var command = source.CreateCommand("select sum(amount) from booking where account = $1");
                command.Parameters.Add(new NpgsqlParameter { Value = account });
                return await command.ExecuteScalarAsync(ct);
            }
            catch (NpgsqlException) when (attempt < 3)
            {
                log.LogDebug("balance of {Account} asked again", account);
            }
        }
    }

    // ok LCA3005: opening is repeated, the statement is not
    public async Task BookPatientlyAsync(string sql, CancellationToken ct)
    {
        NpgsqlConnection? connection = null;
        for (var attempt = 1; connection is null; attempt++)
        {
            try
            {
                connection = await source.OpenConnectionAsync(ct);
            }
            catch (NpgsqlException) when (attempt < 10)
            {
                await Task.Delay(500, ct);
            }
        }

        await using (connection)
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync(ct);
        }
    }
}

public sealed class OrderBus(IChannel channel, IMqttClient mqtt, ISubscriber redis, ILogger<OrderBus> log)
{
    public async Task PublishAsync(string key, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        try
        {
            await channel.BasicPublishAsync("orders", key, body, ct);
        }
        catch (OperationInterruptedException e)
        {
            log.LogWarning(e, "interrupted, publishing {Key} again", key);
            await channel.BasicPublishAsync("orders", key, body, ct); //! LCA3005
        }
    }

    // ok LCA3005: not repeated, but set aside
    public async Task PublishOrParkAsync(string key, byte[] body, Queue<byte[]> parked, CancellationToken ct)
    {
        try
        {
            await channel.BasicPublishAsync("orders", key, body, ct);
        }
        catch (OperationInterruptedException e)
        {
            log.LogWarning(e, "{Key} parked", key);
            parked.Enqueue(body);
        }
    }

    public async Task TellAsync(MqttApplicationMessage message, CancellationToken ct)
    {
        var sent = false;
        for (var attempt = 0; !sent && attempt < 3; attempt++)
        {
            try
            {
                await mqtt.PublishAsync(message, ct); //! LCA3005
                sent = true;
            }
            catch (TimeoutException)
            {
                log.LogInformation("no acknowledgement for {Topic}", message.Topic);
            }
        }
    }

    public long Notify(string channelName, string text)
    {
        while (true)
        {
            try
            {
                return redis.Publish(channelName, text); //! LCA3005
            }
            catch (TimeoutException e)
            {
                log.LogWarning(e, "redis is slow");
            }
        }
    }

    // ok LCA3005: each message once; what failed is skipped
    public async Task TellAllAsync(IEnumerable<MqttApplicationMessage> messages, CancellationToken ct)
    {
        foreach (var message in messages)
        {
            try
            {
                await mqtt.PublishAsync(message, ct);
            }
            catch (TimeoutException e)
            {
                log.LogWarning(e, "{Topic} skipped", message.Topic);
            }
        }
    }
}

public sealed class BrokerStarter(ConnectionFactory factory)
{
    // ok LCA3005: an unreachable broker has been sent nothing
    public async Task<IConnection> StartAsync(CancellationToken ct)
    {
        while (true)
        {
            try
            {
                return await factory.CreateConnectionAsync(ct);
            }
            catch (BrokerUnreachableException)
            {
                await Task.Delay(2000, ct);
            }
        }
    }
}
