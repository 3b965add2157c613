using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Registry.Lookup;

/// <summary>A line to the registry: a question, an answer, the next question.</summary>
public sealed class RegistryConnection(TcpClient client) : IDisposable
{
    private readonly NetworkStream _stream = client.GetStream();

    public bool IsUsable => !(client.Client.Poll(0, SelectMode.SelectRead) && client.Available == 0);

    public ValueTask SendAsync(string question, CancellationToken cancel) => _stream.WriteAsync(Encoding.UTF8.GetBytes(question + "\n"), cancel);

    public async Task<string> ReceiveAsync(CancellationToken cancel)
    {
        var buffer = new byte[2048];
        var count = await _stream.ReadAsync(buffer, cancel);
        if (count == 0) throw new EndOfStreamException();
        return Encoding.UTF8.GetString(buffer, 0, count);
    }

    public void Dispose() => client.Dispose();
}

public sealed class LinePool(Func<CancellationToken, Task<RegistryConnection>> dial)
{
    private readonly ConcurrentBag<RegistryConnection> _lines = [];

    public async Task<RegistryConnection> RentAsync(CancellationToken cancel)
    {
        while (_lines.TryTake(out var line))
        {
            if (line.IsUsable) return line;
            line.Dispose();
        }

        return await dial(cancel);
    }

    public void Return(RegistryConnection line) => _lines.Add(line);

    public async ValueTask<Borrowed> BorrowAsync(CancellationToken cancel) => new(this, await RentAsync(cancel));

    /// <summary>Runs the work with a line and puts the line back, whatever came of it.</summary>
    public async Task<T> WithAsync<T>(Func<RegistryConnection, CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        var line = await RentAsync(cancel);
        try
        {
            return await work(line, cancel);
        }
        finally
        {
            Return(line); //! LCA4001
        }
    }

    /// <summary>Runs the work; only after its success the line goes back.</summary>
    public async Task<T> WithSoundAsync<T>(Func<RegistryConnection, CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        var line = await RentAsync(cancel);
        try
        {
            var answer = await work(line, cancel);
            Return(line); // ok LCA4001: the work is whole
            return answer;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }
}

/// <summary>Its Dispose gives back.</summary>
public readonly struct Borrowed(LinePool pool, RegistryConnection line) : IDisposable
{
    public RegistryConnection Line => line;

    public void Dispose() => pool.Return(line);
}

/// <summary>Gives back only what was said to be whole.</summary>
public sealed class Leased(LinePool pool, RegistryConnection line) : IDisposable
{
    private bool _whole;

    public RegistryConnection Line => line;

    public void MarkWhole() => _whole = true;

    public void Dispose()
    {
        if (_whole) pool.Return(line);
        else line.Dispose();
    }
}

public sealed class DomainLookup(LinePool pool)
{
    public async Task<string> OwnerAsync(string domain, CancellationToken cancel)
    {
        using var borrowed = await pool.BorrowAsync(cancel); //! LCA4001
        await borrowed.Line.SendAsync("owner " + domain, cancel);
        return await borrowed.Line.ReceiveAsync(cancel);
    }

    public async Task<string> ContactAsync(string domain, CancellationToken cancel)
    {
        using var leased = new Leased(pool, await pool.RentAsync(cancel)); // ok LCA4001: closed unless whole
        await leased.Line.SendAsync("contact " + domain, cancel);
        var answer = await leased.Line.ReceiveAsync(cancel);
        leased.MarkWhole();
        return answer;
    }

    /// <summary>Does not wait longer than a second, and hands the line with the late answer to the next.</summary>
    public async Task<string?> ExpiryAsync(string domain, CancellationToken cancel)
    {
        var line = await pool.RentAsync(cancel);
        string? answer = null;
        try
        {
            await line.SendAsync("expiry " + domain, cancel);
            answer = await line.ReceiveAsync(cancel).WaitAsync(TimeSpan.FromSeconds(1), cancel); //! LCA1004
        }
        catch (TimeoutException)
        {
        }

        pool.Return(line); //! LCA4001
        return answer;
    }

    /// <summary>Says something and expects no answer.</summary>
    public async Task TouchAsync(string domain, CancellationToken cancel)
    {
        var line = await pool.RentAsync(cancel);
        try
        {
            await line.SendAsync("touch " + domain, cancel);
        }
        catch
        {
            line.Dispose();
            throw;
        }

        pool.Return(line); // ok LCA4001: no answer is outstanding
    }
}

/// <summary>The lane of a whole family of questions: the derived class asks, the base gives back.</summary>
public abstract class Question<T>(LinePool pool)
{
    public async Task<T> AskAsync(CancellationToken cancel)
    {
        var line = await pool.RentAsync(cancel);
        try
        {
            return await ExchangeAsync(line, cancel);
        }
        finally
        {
            Settle(line); //! LCA4001
        }
    }

    protected abstract Task<T> ExchangeAsync(RegistryConnection line, CancellationToken cancel);

    private void Settle(RegistryConnection line) => pool.Return(line);
}

public sealed class CountQuestion(LinePool pool) : Question<int>(pool)
{
    protected override async Task<int> ExchangeAsync(RegistryConnection line, CancellationToken cancel)
    {
        await line.SendAsync("count", cancel);
        return int.Parse(await line.ReceiveAsync(cancel));
    }
}
