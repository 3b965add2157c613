// PostgreSQL notifications and house-keeping over connections that are held open.
using System;
using System.Collections.Generic;
using System.Data;
using System.Data.Common;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace SendingWorks.DbNotifications;

public sealed record Reading(int Sensor, double Value);

public interface IReadingSource
{
    Task<IReadOnlyList<Reading>> NextAsync(CancellationToken ct);
}

/// <summary>One connection listens, another writes what was heard.</summary>
public sealed class ChangeRecorder
{
    private readonly NpgsqlConnection _audit;

    public ChangeRecorder(NpgsqlConnection listening, NpgsqlConnection audit)
    {
        _audit = audit;
        listening.Notification += OnNotification;
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs e)
    {
        using var command = new NpgsqlCommand("insert into audit(channel, payload) values (@c, @p)", _audit);
        command.Parameters.AddWithValue("c", e.Channel);
        command.Parameters.AddWithValue("p", e.Payload);
        command.ExecuteNonQuery(); //! LCA2001
    }
}

public sealed class CheckedChangeRecorder
{
    private readonly NpgsqlConnection _audit;
    private readonly ILogger<CheckedChangeRecorder> _log;

    public CheckedChangeRecorder(NpgsqlConnection listening, NpgsqlConnection audit, ILogger<CheckedChangeRecorder> log)
    {
        _audit = audit;
        _log = log;
        listening.Notification += OnNotification;
    }

    // ok LCA2001: the state of the connection that writes
    private void OnNotification(object sender, NpgsqlNotificationEventArgs e)
    {
        if (_audit.State != ConnectionState.Open)
        {
            _log.LogWarning("{Payload} not recorded", e.Payload);
            return;
        }
        using var command = new NpgsqlCommand("insert into audit(payload) values (@p)", _audit);
        command.Parameters.AddWithValue("p", e.Payload);
        command.ExecuteNonQuery();
    }
}

/// <summary>Removes what has expired; any provider.</summary>
public sealed class Reaper : IDisposable
{
    private readonly DbConnection _connection;
    private readonly ILogger _log;
    private readonly System.Threading.Timer _timer;
    private readonly System.Threading.Timer _nightly;

    public Reaper(DbConnection connection, ILogger log)
    {
        _connection = connection;
        _log = log;
        _timer = new System.Threading.Timer(_ => Purge("sessions"), null, 60_000, 60_000); //! LCA2001
        _nightly = new System.Threading.Timer(PurgeAll, null, 86_400_000, 86_400_000);
    }

    private void Purge(string table)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = $"delete from {table} where expires < current_timestamp";
        var rows = command.ExecuteNonQuery();
        _log.LogInformation("{Rows} rows of {Table}", rows, table);
    }

    // ok LCA2001: what the provider throws is caught and logged
    private void PurgeAll(object? state)
    {
        try
        {
            Purge("tokens");
            Purge("locks");
        }
        catch (Exception ex) when (ex is DbException or InvalidOperationException)
        {
            _log.LogError(ex, "nightly purge");
        }
    }

    public void Dispose()
    {
        _timer.Dispose();
        _nightly.Dispose();
    }
}

public sealed class ReadingWriter(DbConnection connection, IReadingSource source)
{
    public async Task WriteNextAsync(CancellationToken ct)
    {
        if (connection.State != ConnectionState.Open) return;
        var readings = await source.NextAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into readings(count) values (" + readings.Count + ")";
        await command.ExecuteNonQueryAsync(ct); //! LCA2002
    }

    // ok LCA2002: fetched first
    public async Task WriteFetchedAsync(CancellationToken ct)
    {
        var readings = await source.NextAsync(ct);
        if (connection.State != ConnectionState.Open) return;
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into readings(count) values (" + readings.Count + ")";
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task EnsureOpenAsync(CancellationToken ct)
    {
        if (connection.State == ConnectionState.Closed) await connection.OpenAsync(ct); //? LCA1001
    }

    // ok LCA2002: the helper has just checked or opened
    public async Task WriteMarkAsync(CancellationToken ct)
    {
        await EnsureOpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into marks default values";
        await command.ExecuteNonQueryAsync(ct);
    }

    // ok LCA2002: an execution that worked keeps the check for the next
    public async Task WriteTwoMarksAsync(CancellationToken ct)
    {
        if (connection.State != ConnectionState.Open) return;
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into marks default values";
        await command.ExecuteNonQueryAsync(ct);
        await command.ExecuteNonQueryAsync(ct);
    }
}
