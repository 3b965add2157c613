// A quote fan-out of a trading desk: sessions behind an interface, a generic broadcaster, stored delegates.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Fresh.Sending.QuoteFanout;

public readonly record struct Quote(string Symbol, decimal Bid, decimal Ask);

public enum DeskState { New, Open, Draining, Closed }

public interface IDeskSession : IDisposable
{
    DeskState State { get; }
    event EventHandler? Drained;
    void Send(ReadOnlyMemory<byte> frame);
    Task SendAsync(ReadOnlyMemory<byte> frame, CancellationToken ct = default);
}

public interface IQuoteSource
{
    event Action<Quote>? Quoted;
    IDisposable Subscribe(IObserver<Quote> observer);
}

public interface IEncoder<in T>
{
    ReadOnlyMemory<byte> Encode(T item);
}

/// <summary>Sends whatever it is told to; who tells it is another matter.</summary>
public class Outlet<T>(IDeskSession session, IEncoder<T> encoder)
{
    public IDeskSession Session => session;

    public void Push(T item) => session.Send(encoder.Encode(item));

    public bool Offer(T item)
    {
        if (session.State != DeskState.Open) return false;
        session.Send(encoder.Encode(item));
        return true;
    }
}

public sealed class DeskWiring
{
    private readonly Outlet<Quote> _left;
    private readonly Outlet<Quote> _right;

    public DeskWiring(IQuoteSource source, IDeskSession left, IDeskSession right, IEncoder<Quote> encoder)
    {
        _left = new Outlet<Quote>(left, encoder);
        _right = new Outlet<Quote>(right, encoder);
        source.Quoted += OnQuoted;
        source.Quoted += quote => _right.Offer(quote); // ok LCA2001: Offer asks the session
    }

    private void OnQuoted(Quote quote)
    {
        if (quote.Bid > quote.Ask) return;
        _left.Push(quote); //! LCA2001
    }
}

public sealed class DelegateDesk
{
    private readonly IDeskSession _session;
    private readonly Action<byte[]> _write;
    private readonly Action<byte[]> _writeIfOpen;
    private readonly Func<byte[], CancellationToken, Task> _writeLater;

    public DelegateDesk(IDeskSession session, IQuoteSource source, ILogger log)
    {
        _session = session;
        _write = bytes => _session.Send(bytes);
        _writeIfOpen = WriteIfOpen;
        _writeLater = async (bytes, ct) => await _session.SendAsync(bytes, ct);
        source.Quoted += q => _write(Bytes(q)); //! LCA2001
        source.Quoted += q => _writeIfOpen(Bytes(q));
        log.LogDebug("wired");
    }

    private static byte[] Bytes(Quote q) => System.Text.Encoding.ASCII.GetBytes($"{q.Symbol}|{q.Bid}|{q.Ask}");

    private void WriteIfOpen(byte[] bytes)
    {
        if (_session is not { State: DeskState.Open }) return;
        _session.Send(bytes);
    }

    // ok LCA2001: no callback at all
    public Task WriteAsync(byte[] bytes, CancellationToken ct) => _writeLater(bytes, ct);
}

/// <summary>An observer that a source calls; OnNext comes from the source's own thread.</summary>
public sealed class DeskObserver(IDeskSession session, IEncoder<Quote> encoder, ILogger log) : IObserver<Quote>
{
    public void OnNext(Quote value)
    {
        log.LogTrace("{Symbol}", value.Symbol);
        session.Send(encoder.Encode(value)); //! LCA2001
    }

    public void OnError(Exception error) => log.LogError(error, "source failed");

    public void OnCompleted()
    {
        try
        {
            session.Send("END"u8.ToArray());
        }
        catch (InvalidOperationException e)
        {
            log.LogDebug(e, "the desk was quicker");
        }
    }
}

public sealed class GuardedDeskObserver(IDeskSession session, IEncoder<Quote> encoder) : IObserver<Quote>
{
    private bool CanPush => session.State is DeskState.Open;

    // ok LCA2001: a property of its own asks
    public void OnNext(Quote value)
    {
        if (CanPush) session.Send(encoder.Encode(value));
    }

    public void OnError(Exception error)
    {
    }

    public void OnCompleted()
    {
    }
}

public sealed class FanoutBook(IEncoder<Quote> encoder)
{
    private readonly ConcurrentDictionary<string, IDeskSession> _desks = new();

    public void Attach(string desk, IDeskSession session, IQuoteSource source)
    {
        _desks[desk] = session;
        session.Drained += (_, _) => Flush(session); //! LCA2001
        source.Quoted += quote =>
        {
            foreach (var (_, each) in _desks)
                if (each.State == DeskState.Open) each.Send(encoder.Encode(quote));
        };
    }

    private void Flush(IDeskSession session)
    {
        foreach (var symbol in (string[])["EUR", "USD"])
            session.Send(encoder.Encode(new Quote(symbol, 0, 0)));
    }

    public async Task SnapshotAsync(string desk, Func<Task<Quote[]>> load)
    {
        if (!_desks.TryGetValue(desk, out var session)) return;
        if (session.State != DeskState.Open) return;
        foreach (var quote in await load())
            await session.SendAsync(encoder.Encode(quote)); //! LCA3001
    }
}
