// A shop's API: work that goes on after the answer, with and without the request's context.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Works.Isolation.OrderEndpoints;

public sealed record Order(Guid Id, string Customer, decimal Total);

public interface IAuditTrail
{
    Task AppendAsync(string who, string what, CancellationToken ct = default);
}

public interface IOrderBook
{
    event EventHandler<Order>? Shipped;
    Task<Order> PlaceAsync(Order order, CancellationToken ct);
    Task<IReadOnlyList<Order>> OfAsync(string customer, CancellationToken ct);
}

[ApiController, Route("orders")]
public sealed class OrdersController(IOrderBook book, IAuditTrail audit, IServiceScopeFactory scopes, ILogger<OrdersController> log) : ControllerBase
{
    [HttpPost]
    public async Task<IActionResult> PlaceAsync(Order order)
    {
        var placed = await book.PlaceAsync(order, HttpContext.RequestAborted);
        _ = Task.Run(async () =>
        {
            try
            {
                await audit.AppendAsync(HttpContext.User.Identity?.Name ?? "?", "placed " + placed.Id); //! LCA4003
            }
            catch (Exception e)
            {
                log.LogError(e, "audit of {Order} failed", placed.Id);
            }
        });
        return Accepted(placed);
    }

    // ok LCA4003: the name is copied while the request lives
    [HttpPost("copied")]
    public async Task<IActionResult> PlaceCopiedAsync(Order order)
    {
        var placed = await book.PlaceAsync(order, HttpContext.RequestAborted);
        var who = HttpContext.User.Identity?.Name ?? "?";
        _ = Task.Run(async () =>
        {
            try
            {
                using var scope = scopes.CreateScope();
                await scope.ServiceProvider.GetRequiredService<IAuditTrail>().AppendAsync(who, "placed " + placed.Id);
            }
            catch (Exception e)
            {
                log.LogError(e, "audit of {Order} failed", placed.Id);
            }
        });
        return Accepted(placed);
    }

    [HttpDelete("{id:guid}")]
    public IActionResult Cancel(Guid id)
    {
        ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Id} cancelled from {Agent}", id, Request.Headers.UserAgent)); //! LCA4003
        return NoContent();
    }

    // ok LCA4003
    [HttpDelete("{id:guid}/copied")]
    public IActionResult CancelCopied(Guid id)
    {
        var agent = Request.Headers.UserAgent.ToString();
        ThreadPool.QueueUserWorkItem(_ => log.LogInformation("{Id} cancelled from {Agent}", id, agent));
        return NoContent();
    }

    [HttpGet("{customer}")]
    public async Task<IActionResult> ListAsync(string customer)
    {
        var orders = await book.OfAsync(customer, HttpContext.RequestAborted);
        _ = RecordVisitAsync(HttpContext, customer); //! LCA4003
        return Ok(orders);
    }

    // ok LCA4003: awaited, so the request is still there
    [HttpGet("{customer}/awaited")]
    public async Task<IActionResult> ListAwaitedAsync(string customer)
    {
        var recorded = RecordVisitAsync(HttpContext, customer);
        var orders = await book.OfAsync(customer, HttpContext.RequestAborted);
        await recorded;
        return Ok(orders);
    }

    // ok LCA4003: what the dropped call gets is a string
    [HttpGet("{customer}/path")]
    public async Task<IActionResult> ListByPathAsync(string customer)
    {
        var orders = await book.OfAsync(customer, HttpContext.RequestAborted);
        _ = RecordPathAsync(Request.Path.Value ?? "/", customer);
        return Ok(orders);
    }

    [HttpPost("{id:guid}/follow")]
    public IActionResult Follow(Guid id)
    {
        book.Shipped += (_, order) =>
        {
            if (order.Id == id) log.LogInformation("{Id} shipped, asked for by {Trace}", id, HttpContext.TraceIdentifier); //! LCA4003
        };
        return Accepted();
    }

    // ok LCA4003: the identifier is a copy
    [HttpPost("{id:guid}/follow-copied")]
    public IActionResult FollowCopied(Guid id)
    {
        var trace = HttpContext.TraceIdentifier;
        book.Shipped += (_, order) =>
        {
            if (order.Id == id) log.LogInformation("{Id} shipped, asked for by {Trace}", id, trace);
        };
        return Accepted();
    }

    // ok LCA4003: both run within the request
    [HttpGet("{customer}/summary")]
    public async Task<IActionResult> SummaryAsync(string customer)
    {
        var total = Task.Run(async () => (await book.OfAsync(customer, HttpContext.RequestAborted)).Sum(o => o.Total));
        var visit = Task.Run(() => audit.AppendAsync(Request.Path, "summary"));
        await Task.WhenAll(total, visit);
        return Ok(await total);
    }

    // ok LCA4003: the server runs these while it still has the context
    [HttpGet("{customer}/export")]
    public async Task ExportAsync(string customer)
    {
        Response.OnStarting(() =>
        {
            Response.Headers["X-Customer"] = customer;
            return Task.CompletedTask;
        });
        Response.OnCompleted(() => audit.AppendAsync(HttpContext.TraceIdentifier, "exported"));
        var temp = new FileStream(Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, 4096, FileOptions.DeleteOnClose);
        Response.RegisterForDispose(temp);
        foreach (var order in await book.OfAsync(customer, HttpContext.RequestAborted)) await temp.WriteAsync(order.Id.ToByteArray());
        temp.Position = 0;
        await temp.CopyToAsync(Response.Body, HttpContext.RequestAborted);
    }

    private async Task RecordVisitAsync(HttpContext context, string customer)
    {
        try
        {
            await Task.Yield();
            await audit.AppendAsync(context.Connection.RemoteIpAddress?.ToString() ?? "?", "listed " + customer);
        }
        catch (Exception e)
        {
            log.LogError(e, "visit not recorded");
        }
    }

    private async Task RecordPathAsync(string path, string customer)
    {
        try
        {
            await audit.AppendAsync(path, "listed " + customer);
        }
        catch (Exception e)
        {
            log.LogError(e, "visit not recorded");
        }
    }
}

public static class BasketEndpoints
{
    private sealed record Touch(string Basket, string? Address);

    private static readonly Channel<Touch> s_touches = Channel.CreateBounded<Touch>(1000);

    public static void MapBaskets(this WebApplication app)
    {
        app.MapPost("/baskets/{id}/touch", (string id, HttpContext http) =>
        {
            Task.Run(() => s_touches.Writer.TryWrite(new Touch(id, http.Connection.RemoteIpAddress?.ToString()))); //! LCA4003
            return Results.Accepted();
        });

        // ok LCA4003: written at once, by value
        app.MapPost("/baskets/{id}/touch-now", (string id, HttpContext http) =>
        {
            s_touches.Writer.TryWrite(new Touch(id, http.Connection.RemoteIpAddress?.ToString()));
            return Results.Accepted();
        });

        app.MapPost("/baskets/{id}/remind", (string id, HttpRequest request, Reminders reminders) =>
        {
            reminders.Keep(id, new Timer(_ => reminders.Due(id, request.Headers["X-Mail"].ToString()), null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan)); //! LCA4003
            return Results.Accepted();
        });

        // ok LCA4003
        app.MapPost("/baskets/{id}/remind-copied", (string id, HttpRequest request, Reminders reminders) =>
        {
            var mail = request.Headers["X-Mail"].ToString();
            reminders.Keep(id, new Timer(_ => reminders.Due(id, mail), null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan));
            return Results.Accepted();
        });

        app.MapPut("/baskets/{id}", async (string id, HttpContext http, ILogger<Reminders> log) =>
        {
            var basket = await http.Request.ReadFromJsonAsync<Order>();
            _ = Task.Run(async () =>
            {
                await Task.Delay(500);
                log.LogInformation("basket {Id} saved, answered {Status}", id, http.Response.StatusCode); //! LCA4003
            });
            return basket is null ? Results.BadRequest() : Results.Ok(basket);
        });
    }
}

public sealed class Reminders(ILogger<Reminders> log)
{
    private readonly Dictionary<string, Timer> _timers = [];

    public void Keep(string id, Timer timer)
    {
        lock (_timers) _timers[id] = timer;
    }

    public void Due(string id, string mail) => log.LogInformation("remind {Mail} of {Basket}", mail, id);
}
