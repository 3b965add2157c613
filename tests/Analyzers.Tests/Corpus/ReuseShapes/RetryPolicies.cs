using System.Data.Common;
using System.Net.Http.Json;
using Npgsql;
using Polly;
using Polly.Retry;

namespace Billing.Resilience;

public sealed record Invoice(int Number, decimal Total);

/// <summary>Writes invoices with pipelines that are built here.</summary>
public sealed class InvoicePoster(HttpClient http)
{
    private static readonly ResiliencePipeline Blunt = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { MaxRetryAttempts = 3, ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>() })
        .Build();

    private static readonly ResiliencePipeline Careful = new ResiliencePipelineBuilder()
        .AddRetry(new RetryStrategyOptions { ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>(e => e.HttpRequestError == HttpRequestError.ConnectionError) })
        .Build();

    public async Task PostAsync(Invoice invoice, CancellationToken ct)
    {
        using var answer = await Blunt.ExecuteAsync(async token => await http.PostAsJsonAsync("invoices", invoice, token), ct); //! LCA3005
        answer.EnsureSuccessStatusCode();
    }

    public async Task PostCarefullyAsync(Invoice invoice, CancellationToken ct)
    {
        using var answer = await Careful.ExecuteAsync(async token => await http.PostAsJsonAsync("invoices", invoice, token), ct); // ok LCA3005: only what never connected
        answer.EnsureSuccessStatusCode();
    }

    public async Task<Invoice?> GetAsync(int number, CancellationToken ct) =>
        await Blunt.ExecuteAsync(async token => await http.GetFromJsonAsync<Invoice>($"invoices/{number}", token), ct); // ok LCA3005: reads
}

/// <summary>The ledger of a month.</summary>
public sealed class Ledger(NpgsqlDataSource source)
{
    private const string Insert = "insert into ledger(number, total) values ($1, $2)";

    public async Task BookAsync(Invoice invoice, CancellationToken ct)
    {
        var tries = 0;
    again:
        try
        {
            await InsertAsync(invoice, ct); //! LCA3005
        }
        catch (NpgsqlException) when (tries++ < 3)
        {
            await Task.Delay(100 * tries, ct);
            goto again;
        }
    }

    /// <summary>A serialization failure was rolled back by the server.</summary>
    public async Task BookSerializableAsync(Invoice invoice, CancellationToken ct)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await InsertAsync(invoice, ct); // ok LCA3005: the server rejected the first
                return;
            }
            catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.SerializationFailure && tries < 5)
            {
            }
        }
    }

    public async Task BookOrReportAsync(Invoice invoice, Action<Exception> report, CancellationToken ct)
    {
        try
        {
            await InsertAsync(invoice, ct);
        }
        catch (DbException e)
        {
            report(e);
            await NoteAsync(invoice.Number, ct); // ok LCA3005: another statement
        }
    }

    private async Task InsertAsync(Invoice invoice, CancellationToken ct)
    {
        await using var command = source.CreateCommand(Insert);
        command.Parameters.AddWithValue(invoice.Number);
        command.Parameters.AddWithValue(invoice.Total);
        await command.ExecuteNonQueryAsync(ct);
    }

    private async Task NoteAsync(int number, CancellationToken ct)
    {
        await using var command = source.CreateCommand("insert into trouble(number) values ($1)");
        command.Parameters.AddWithValue(number);
        await command.ExecuteNonQueryAsync(ct);
    }
}

/// <summary>Synchronous, with a table of delays and a boolean that says whether it worked.</summary>
public sealed class ReminderBatch(DbConnection database)
{
    private static readonly int[] Delays = [50, 200, 1000];

    public int Mark(int customer)
    {
        using var command = database.CreateCommand();
        command.CommandText = $"update customers set reminders = reminders + 1 where id = {customer}";
        foreach (var delay in Delays)
        {
            if (TryRun(command, out var rows)) return rows;
            Thread.Sleep(delay);
        }

        return 0;
    }

    private static bool TryRun(DbCommand command, out int rows)
    {
        try
        {
            rows = command.ExecuteNonQuery(); //? LCA3005
            return true;
        }
        catch (DbException)
        {
            rows = 0;
            return false;
        }
    }

    public int Unmark(int customer)
    {
        using var command = database.CreateCommand();
        command.CommandText = $"update customers set reminders = reminders - 1 where id = {customer}";
        try
        {
            return command.ExecuteNonQuery();
        }
        catch (TimeoutException)
        {
            return command.ExecuteNonQuery(); //! LCA3005
        }
    }

    /// <summary>Another customer's statement after one that failed.</summary>
    public int MarkAll(IEnumerable<int> customers)
    {
        var failed = 0;
        foreach (var customer in customers)
        {
            using var command = database.CreateCommand();
            command.CommandText = $"update customers set seen = true where id = {customer}";
            try
            {
                command.ExecuteNonQuery(); // ok LCA3005: each round is another request
            }
            catch (DbException)
            {
                failed++;
            }
        }

        return failed;
    }
}
