// An outbox with one consumer: the session lives in the loop, and a failure ends it there. Nothing to report.
using System.Net.WebSockets;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Corpus.Reuse.GoodOutbox;

public sealed class Outbox
{
    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateBounded<ReadOnlyMemory<byte>>(
        new BoundedChannelOptions(1000) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    public ChannelReader<ReadOnlyMemory<byte>> Messages => _messages.Reader;

    public ValueTask EnqueueAsync(ReadOnlyMemory<byte> message, CancellationToken stop) => _messages.Writer.WriteAsync(message, stop);

    public bool TryEnqueue(ReadOnlyMemory<byte> message) => _messages.Writer.TryWrite(message);
}

public sealed class OutboxSender(Outbox outbox, Uri server, ILogger<OutboxSender> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunSessionAsync(stoppingToken);
            }
            catch (Exception ex) when (ex is WebSocketException or IOException)
            {
                log.LogWarning(ex, "outbox session ended, next in a second");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
        }
    }

    private async Task RunSessionAsync(CancellationToken stop)
    {
        using var socket = new ClientWebSocket();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        await socket.ConnectAsync(server, limit.Token);
        log.LogInformation("outbox session open");
        await foreach (var message in outbox.Messages.ReadAllAsync(stop))
        {
            if (socket.State != WebSocketState.Open)
            {
                outbox.TryEnqueue(message);
                break;
            }

            await socket.SendAsync(message, WebSocketMessageType.Binary, true, stop);
        }
    }
}
