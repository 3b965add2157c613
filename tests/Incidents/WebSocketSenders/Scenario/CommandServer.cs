using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Incidents.WebSocketSenders;

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

    /// <param name="certificate">Of the server, where TLS shall lie below.</param>
    public WebApplication Build(X509Certificate2? certificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseSockets(options =>
        {
            // What is encrypted is read ahead here, and not in the request's buffer.
            if (certificate is not null) options.MaxReadBufferSize = 16 * 1024;
            options.CreateBoundListenSocket = endPoint =>
            {
                var listener = SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                listener.ReceiveBufferSize = 8 * 1024;
                return listener;
            };
        });
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBufferSize = 64 * 1024;
            options.Listen(IPAddress.Loopback, 0, listen =>
            {
                if (certificate is not null) listen.UseHttps(certificate);
            });
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
