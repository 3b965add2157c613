// A trading feed: the state was asked, and then something else came first.
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Ways.Quotes;

public sealed record Quote(string Symbol, decimal Bid, decimal Ask);

public delegate ValueTask<Quote?> QuoteSource(string symbol, CancellationToken cancel);

public sealed class QuoteSender(ILogger<QuoteSender> log)
{
    public required WebSocket Socket { private get; init; }

    private bool IsOpen => Socket.State == WebSocketState.Open;

    public async Task SendAsync(string symbol, QuoteSource source, CancellationToken cancel)
    {
        if (!IsOpen) return;
        var quote = await source(symbol, cancel).ConfigureAwait(false);
        await Socket.SendAsync(Encode(quote), WebSocketMessageType.Text, true, cancel); //! LCA2002
    }

    public async Task SendFreshAsync(string symbol, QuoteSource source, CancellationToken cancel)
    {
        var quote = await source(symbol, cancel).ConfigureAwait(false);
        if (!IsOpen) return;
        await Socket.SendAsync(Encode(quote), WebSocketMessageType.Text, true, cancel);
    }

    public async Task SendAllAsync(IAsyncEnumerable<Quote> quotes, CancellationToken cancel)
    {
        if (Socket is not { State: WebSocketState.Open }) return;
        await foreach (var quote in quotes.WithCancellation(cancel).ConfigureAwait(false))
            await Socket.SendAsync(Encode(quote), WebSocketMessageType.Text, true, cancel); //! LCA2002
    }

    public async Task SendWhileOpenAsync(IAsyncEnumerable<Quote> quotes, CancellationToken cancel)
    {
        await foreach (var quote in quotes.WithCancellation(cancel))
        {
            if (Socket is not { State: WebSocketState.Open }) break;
            await Socket.SendAsync(Encode(quote), WebSocketMessageType.Text, true, cancel);
        }
    }

    public async Task EchoAsync(CancellationToken cancel)
    {
        var buffer = new byte[1024];
        while (Socket.State == WebSocketState.Open)
        {
            var (count, end) = await Receive();
            await Socket.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Text, end, cancel);
        }

        async ValueTask<(int Count, bool End)> Receive()
        {
            var result = await Socket.ReceiveAsync(buffer.AsMemory(), cancel);
            return (result.Count, result.EndOfMessage);
        }
    }

    public async Task TickAsync(PeriodicTimer timer, Func<byte[]> next, CancellationToken cancel)
    {
        while (Socket.State is WebSocketState.Open && await timer.WaitForNextTickAsync(cancel))
        {
            await Socket.SendAsync(next(), WebSocketMessageType.Binary, true, cancel); //! LCA2002
        }
    }

    public async Task TickCheckedAsync(PeriodicTimer timer, Func<byte[]> next, CancellationToken cancel)
    {
        while (await timer.WaitForNextTickAsync(cancel) && Socket.State is WebSocketState.Open)
        {
            await Socket.SendAsync(next(), WebSocketMessageType.Binary, true, cancel);
        }
    }

    public async Task TryTickAsync(PeriodicTimer timer, Func<byte[]> next, CancellationToken cancel)
    {
        while (Socket.State is WebSocketState.Open && await timer.WaitForNextTickAsync(cancel))
        {
            try
            {
                await Socket.SendAsync(next(), WebSocketMessageType.Binary, true, cancel);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                log.LogInformation(e, "feed closed");
                return;
            }
        }
    }

    private static byte[] Encode(Quote? quote) => quote is { Symbol: [_, ..] } ? JsonSerializer.SerializeToUtf8Bytes(quote) : [];
}

public enum DeskState { Idle, Open, Closing }

public interface IDeskChannel
{
    DeskState State { get; }

    void Publish(Quote quote);

    void Close();
}

public sealed class DeskPublisher(IDeskChannel channel)
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Quote? _last;

    public Func<Quote, Quote>? Enrich { get; set; }

    public bool PublishLate(Quote quote)
    {
        bool open;
        lock (_gate)
        {
            open = channel.State is DeskState.Open;
            _last = quote;
        }

        if (open) channel.Publish(quote); //! LCA2002
        return open;
    }

    public bool PublishLocked(Quote quote)
    {
        using (_gate.EnterScope())
        {
            if (channel.State is not DeskState.Open) return false;
            channel.Publish(_last = quote);
            return true;
        }
    }

    public void PublishEnriched(Quote quote)
    {
        if (channel.State == DeskState.Closing) return;
        var richer = Enrich is { } enrich ? enrich(quote) : quote;
        channel.Publish(richer); //! LCA2002
    }

    public void PublishEnrichedFirst(Quote quote)
    {
        var richer = Enrich?.Invoke(quote) ?? quote;
        if (channel.State == DeskState.Closing) return;
        channel.Publish(richer);
    }

    public async ValueTask<bool> PublishInTurnAsync(Quote quote)
    {
        if (channel.State != DeskState.Open) return false;
        await _turn.WaitAsync();
        try
        {
            channel.Publish(quote); //! LCA2002
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask<bool> PublishInTurnCheckedAsync(Quote quote)
    {
        await _turn.WaitAsync();
        try
        {
            if (channel.State != DeskState.Open) return false;
            channel.Publish(quote);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }
}
