namespace Consumer;

/// <summary>One session to the exchange; the other side ends it after an idle time.</summary>
public sealed class QuoteSession
{
    public bool IsOpen { get; private set; } = true;

    public async Task<string> RequestAsync(string symbol)
    {
        if (!IsOpen) throw new InvalidOperationException("the session has ended");
        await Task.Yield();
        return symbol + " 42";
    }

    public void Close() => IsOpen = false;
}

/// <summary>Keeps the session, and asks only whether there is one.</summary>
public sealed class Quotes
{
    private QuoteSession? _session;

    public async Task<string> GetAsync(string symbol)
    {
        if (_session is null) _session = new QuoteSession();
        return await _session.RequestAsync(symbol); //! LCA3001
    }
}
