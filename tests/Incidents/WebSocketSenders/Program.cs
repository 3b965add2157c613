// The scenario: a server that ends the first connection, sends its commands on the second, and begins to read only
// when all three senders are at work; then the client says goodbye while its timer runs. The server counts what
// arrives, by message, and ends the connection on the first one that has something of another message in it.
using System.Collections.Concurrent;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Incidents.WebSocketSenders;

public static class Program
{
    private const int Commands = 20;
    private const int Subscriptions = 5;
    private const int Snapshots = 10;

    public static async Task<int> Main()
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(50));
        var stop = deadline.Token;
        var server = new CommandServer(Commands);
        await using var app = server.Build();
        await app.StartAsync(stop);
        var address = new UriBuilder(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()) { Scheme = "ws" }.Uri;
        using var transport = new HttpMessageInvoker(new SocketsHttpHandler { ConnectCallback = OpenAsync });

        string[] sent;
        await using (var client = new DeviceClient())
        {
            await client.RunAsync(address, transport, stop);
            Console.WriteLine("the server ended the first connection");

            var running = client.RunAsync(address, transport, stop);
            await UntilAsync(() => client.Begun >= Commands + 3 && client.Snapshots >= 3, stop);
            server.Read();
            await UntilAsync(() => server.Has("done") >= Commands && server.Has("subscribe") >= Subscriptions && server.Has("snapshot") >= Snapshots, stop);
            Console.WriteLine("the server has read them all");

            await client.CloseAsync(stop);
            var snapshots = client.Snapshots;
            await UntilAsync(() => client.Snapshots >= snapshots + 5, stop);
            server.SayGoodbye();
            await running;
            await client.DisposeAsync();
            sent = [.. client.Sent];
        }

        await server.Ended.WaitAsync(stop);
        var sockets = await OpenSocketsAsync(address.Port, stop);
        await app.StopAsync(stop);

        string[] received = [.. server.Whole];
        string[] acknowledged = [.. received.Where(message => message.StartsWith("done", StringComparison.Ordinal))];
        string[] subscribed = [.. received.Where(message => message.StartsWith("subscribe", StringComparison.Ordinal))];
        var inOrder = acknowledged.SequenceEqual(Enumerable.Range(1, Commands).Select(number => $"done command {number}"))
            && subscribed.SequenceEqual(Enumerable.Range(1, Subscriptions).Select(number => $"subscribe {number}"));
        var twice = received.Length - received.Distinct().Count();
        var lost = sent.Except(received).Count();
        var unreported = received.Except(sent).Count();
        Console.WriteLine($"torn {server.Torn}");
        Console.WriteLine($"in order {(inOrder ? 1 : 0)}");
        Console.WriteLine($"twice {twice}");
        Console.WriteLine($"lost {lost}");
        Console.WriteLine($"unreported {unreported}");
        Console.WriteLine($"open-sockets {sockets}");

        var healthy = server.Torn == 0 && inOrder && sent.Length >= Commands + Subscriptions + Snapshots && twice == 0 && lost == 0 && unreported == 0 && sockets == 0;
        Console.WriteLine(healthy ? "RESULT ok" : "RESULT failed");
        return healthy ? 0 : 1;
    }

    /// <summary>Little room on the way: a message waits in the client until the server reads.</summary>
    private static async ValueTask<Stream> OpenAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { SendBufferSize = 8 * 1024, NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, stop);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task UntilAsync(Func<bool> reached, CancellationToken stop)
    {
        while (!reached()) await Task.Delay(5, stop);
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

/// <summary>Sends commands, and reads what it is sent when it is told to.</summary>
public sealed class CommandServer(int commands)
{
    private readonly TaskCompletionSource _reading = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _goodbye = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _connections;
    private int _torn;

    /// <summary>The messages that came whole, in their order.</summary>
    public ConcurrentQueue<string> Whole { get; } = new();

    /// <summary>How many whole messages of a kind have come.</summary>
    public int Has(string kind) => Whole.Count(message => message.StartsWith(kind, StringComparison.Ordinal));

    /// <summary>How many messages had something of another one in them.</summary>
    public int Torn => Volatile.Read(ref _torn);

    public Task Ended => _ended.Task;

    public void Read() => _reading.TrySetResult();

    public void SayGoodbye() => _goodbye.TrySetResult();

    public WebApplication Build()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(options => options.CreateBoundListenSocket = endPoint =>
        {
            var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
            listener.ReceiveBufferSize = 8 * 1024;
            return listener;
        });
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBufferSize = 64 * 1024;
            options.Listen(IPAddress.Loopback, 0);
        });
        var app = builder.Build();
        app.UseWebSockets();
        app.Run(ServeAsync);
        return app;
    }

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        if (Interlocked.Increment(ref _connections) == 1)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "", context.RequestAborted);
            return;
        }

        for (var number = 1; number <= commands; number++)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes($"command {number}"), WebSocketMessageType.Text, true, context.RequestAborted);
        }

        await _reading.Task.WaitAsync(context.RequestAborted);
        try
        {
            await ReadAsync(socket, context.RequestAborted);
        }
        catch (Exception failure) when (failure is WebSocketException or InvalidDataException)
        {
            // Frames of two messages in turn are a breach of the protocol, or one torn message, as it happens.
            Console.WriteLine("the server gives up: these are not whole messages");
            return;
        }

        await _goodbye.Task.WaitAsync(context.RequestAborted);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", context.RequestAborted);
        _ended.SetResult();
    }

    private async Task ReadAsync(WebSocket socket, CancellationToken stop)
    {
        var message = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), stop);
            if (frame.MessageType == WebSocketMessageType.Close) return;
            message.Write(buffer, 0, frame.Count);
            if (!frame.EndOfMessage) continue;
            if (Message.NameIfWhole(message.GetBuffer().AsSpan(0, (int)message.Length)) is not { } name)
            {
                Interlocked.Increment(ref _torn);
                throw new InvalidDataException("A message has something of another one in it.");
            }

            Whole.Enqueue(name);
            message.SetLength(0);
        }
    }
}
