// A web API whose requests leave nothing behind, though it looks so.
using System.Collections.Concurrent;
using System.Data.Common;
using System.Net.Http;
using System.Net.Http.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fresh.Silence.OrdersApi;

public sealed record Order(Guid Id, string Article, int Pieces);

public sealed record Job(Order Order, string? TraceId);

/// <summary>What belongs to the request is copied into the job.</summary>
public sealed class JobQueue
{
    private readonly Channel<Job> _jobs = Channel.CreateBounded<Job>(100);

    public ValueTask EnqueueAsync(Job job, CancellationToken ct) => _jobs.Writer.WriteAsync(job, ct);

    public IAsyncEnumerable<Job> ReadAsync(CancellationToken ct) => _jobs.Reader.ReadAllAsync(ct);
}

public sealed class JobWorker(JobQueue queue, IServiceScopeFactory scopes, IHubContext<OrdersHub> hub, ILogger<JobWorker> log) : BackgroundService
{
    private Job? _current;

    public Job? Current => _current;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in queue.ReadAsync(stoppingToken))
        {
            _current = job;
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var writer = scope.ServiceProvider.GetRequiredService<OrderWriter>();
                await writer.WriteAsync(job.Order, stoppingToken);
                await hub.Clients.All.SendAsync("written", job.Order.Id, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                log.LogError(e, "order {Id} of {Trace}", job.Order.Id, job.TraceId);
            }
            finally
            {
                _current = null;
            }
        }
    }
}

/// <summary>Scoped: one connection per order, given back to the driver's pool.</summary>
public sealed class OrderWriter(DbDataSource database)
{
    public async Task WriteAsync(Order order, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "insert into orders values (@id, @article, @pieces)";
        Add(command, "id", order.Id);
        Add(command, "article", order.Article);
        Add(command, "pieces", order.Pieces);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }
}

public sealed class OrdersHub : Hub
{
    private static readonly ConcurrentDictionary<string, DateTimeOffset> Since = new();

    public override async Task OnConnectedAsync()
    {
        Since[Context.ConnectionId] = DateTimeOffset.UtcNow;
        await Clients.Caller.SendAsync("hello", Context.ConnectionId);
        await base.OnConnectedAsync();
    }

    public override Task OnDisconnectedAsync(Exception? exception)
    {
        Since.TryRemove(Context.ConnectionId, out _);
        return base.OnDisconnectedAsync(exception);
    }
}

public static class OrdersEndpoints
{
    public static void MapOrders(this WebApplication app, JobQueue queue)
    {
        app.MapPost("/orders", async (Order order, HttpContext http) =>
        {
            await queue.EnqueueAsync(new Job(order, http.TraceIdentifier), http.RequestAborted);
            return Results.Accepted($"/orders/{order.Id}");
        });

        app.MapGet("/stream", async (HttpContext http, JobWorker worker) =>
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.OnCompleted(() =>
            {
                app.Logger.LogDebug("{Path} is done", http.Request.Path);
                return Task.CompletedTask;
            });
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
            try
            {
                while (await timer.WaitForNextTickAsync(http.RequestAborted))
                    await http.Response.WriteAsync($"data: {worker.Current?.Order.Id}\n\n", http.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                app.Logger.LogDebug("reader left");
            }
        });

        app.MapGet("/stock/{article}", async (string article, IHttpClientFactory clients, HttpContext http) =>
        {
            var client = clients.CreateClient("stock");
            await using var aborted = http.RequestAborted.Register(static () => { });
            var tasks = new[] { "a", "b" }.Select(store => client.GetFromJsonAsync<int>($"/{store}/{article}", http.RequestAborted));
            var counts = await Task.WhenAll(tasks);
            return counts.Sum();
        });
    }
}
