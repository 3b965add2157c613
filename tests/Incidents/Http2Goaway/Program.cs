// The scenario: a web server that says GOAWAY on its first connection while orders are on their way, cuts its second
// one with orders on their way, and serves the rest on the third. It counts what arrives, by order.
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Incidents.Http2Goaway;

public static class Program
{
    private const int Orders = 200;
    private const int AtATime = 4;

    public static async Task<int> Main()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        var server = new OrderServer(AtATime);
        await using var app = server.Build();
        await app.StartAsync(deadline.Token);
        var address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        var endPoint = new IPEndPoint(IPAddress.Loopback, address.Port);

        var finished = new ConcurrentQueue<OrderStream>();
        var allFinished = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        string[] sent;
        int sessions;
        using (var client = new OrderClient(endPoint))
        {
            client.SessionGoesAway += (_, _) => server.ClientKnows();
            client.Finished += (_, stream) =>
            {
                finished.Enqueue(stream);
                if (finished.Count == Orders) allFinished.TrySetResult();
            };
            for (var order = 1; order <= Orders; order++) client.Enqueue($"order {order}");
            client.Start(AtATime);
            await allFinished.Task.WaitAsync(deadline.Token);
            sent = [.. client.Sent];
            sessions = client.SessionsOpened;
        }

        var sockets = await OpenSocketsAsync(endPoint.Port, deadline.Token);
        await app.StopAsync(deadline.Token);

        var received = server.Received;
        var answered = finished.Count(stream => stream.End == StreamEnd.Completed && stream.Answer == $"took {stream.Order}");
        var interrupted = finished.Count(stream => stream.End == StreamEnd.Interrupted);
        var twice = received.Count - received.Distinct().Count();
        var lost = sent.Except(received).Count();
        Console.WriteLine($"sent {sent.Length}");
        Console.WriteLine($"received {received.Count}");
        Console.WriteLine($"answered {answered}");
        Console.WriteLine($"interrupted {interrupted}");
        Console.WriteLine($"twice {twice}");
        Console.WriteLine($"lost {lost}");
        Console.WriteLine($"sessions {sessions}");
        Console.WriteLine($"open-sockets {sockets}");

        var healthy = sent.Length == Orders && answered == Orders - AtATime && interrupted == AtATime && twice == 0 && lost == 0 && sessions == 3 && sockets == 0;
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    /// <summary>Connections to the server's port that the operating system still knows as open, on either side, once it settled.</summary>
    private static async Task<int> OpenSocketsAsync(int port, CancellationToken stop)
    {
        var open = Count();
        for (var wait = 0; wait < 100 && open > 0; wait++, open = Count()) await Task.Delay(20, stop);
        return open;

        int Count() => IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections().Count(connection =>
            (connection.LocalEndPoint.Port == port || connection.RemoteEndPoint.Port == port)
            && connection.State is TcpState.Established or TcpState.CloseWait or TcpState.SynSent or TcpState.SynReceived);
    }
}

/// <summary>Takes orders, and ends its first two connections while all that the client has on its way is here.</summary>
public sealed class OrderServer(int atATime)
{
    private readonly ConcurrentDictionary<string, ConnectionContext> _connections = new();
    private readonly Dictionary<string, Visit> _visits = [];
    private readonly TaskCompletionSource _clientKnows = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>The client has read the GOAWAY.</summary>
    public void ClientKnows() => _clientKnows.TrySetResult();

    public WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Use(next => async connection =>
            {
                _connections[connection.ConnectionId] = connection;
                await next(connection);
            });
        }));
        var app = builder.Build();
        app.Run(TakeAsync);
        return app;
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new StreamReader(context.Request.Body);
        var order = await body.ReadToEndAsync(context.RequestAborted);
        Received.Enqueue(order);
        var connection = context.Connection;
        var visit = VisitOn(connection.Id);
        var place = visit.NextPlace();
        switch (visit.Number)
        {
            case 1:
                if (place == atATime)
                {
                    Console.WriteLine("the server says GOAWAY");
                    connection.RequestClose();
                }

                // all that the client may have on its way is here, and is answered once the client has read the GOAWAY
                await _clientKnows.Task.WaitAsync(context.RequestAborted);
                break;
            case 2 when place > 10 * atATime:
                if (place == 11 * atATime)
                {
                    Console.WriteLine("the server cuts the connection");
                    _connections[connection.Id].Abort();
                }

                await Task.Delay(Timeout.Infinite, context.RequestAborted);
                break;
        }

        await context.Response.WriteAsync($"took {order}", context.RequestAborted);
    }

    /// <summary>The first orders of a connection come at the same time: only one of them may count it.</summary>
    private Visit VisitOn(string connection)
    {
        lock (_visits)
        {
            if (!_visits.TryGetValue(connection, out var visit)) _visits[connection] = visit = new Visit(_visits.Count + 1);
            return visit;
        }
    }

    /// <summary>One connection of the client: which it is, and how many orders came on it.</summary>
    private sealed class Visit(int number)
    {
        private int _orders;

        public int Number { get; } = number;

        public int NextPlace() => Interlocked.Increment(ref _orders);
    }
}
