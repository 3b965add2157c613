// Teller machines: borrowed lines, templates, and leases that are records.
using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Acme.Wire;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Fresh.Isolation.TellerLeases;

public abstract class TellerTemplate<TAnswer>(WirePool pool)
{
    protected abstract byte[] Question { get; }

    protected abstract TAnswer Parse(byte[] answer);

    public async Task<TAnswer> RunAsync(CancellationToken ct)
    {
        var line = await pool.RentAsync(ct);
        try
        {
            await line.SendAsync(Question, ct);
            return Parse(await line.ReceiveAsync(ct));
        }
        finally
        {
            pool.Return(line); //! LCA4001
        }
    }
}

public abstract class CarefulTemplate<TAnswer>(WirePool pool)
{
    protected abstract byte[] Question { get; }

    protected abstract TAnswer Parse(byte[] answer);

    public async Task<TAnswer> RunAsync(CancellationToken ct)
    {
        var line = await pool.RentAsync(ct);
        byte[] answer;
        try
        {
            await line.SendAsync(Question, ct);
            answer = await line.ReceiveAsync(ct);
        }
        catch
        {
            line.Dispose();
            throw;
        }

        pool.Return(line);
        return Parse(answer);
    }
}

public sealed record TellerLease(WireConnection Line, ChannelWriter<WireConnection> Home) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        if (!Home.TryWrite(Line)) await Line.DisposeAsync();
    }
}

public sealed class TellerBank(Channel<WireConnection> lines, ILogger<TellerBank> log)
{
    private async ValueTask<TellerLease> LeaseAsync(CancellationToken ct)
    {
        while (true)
        {
            var line = await lines.Reader.ReadAsync(ct);
            if (line.IsOpen) return new TellerLease(line, lines.Writer);
            await line.DisposeAsync();
        }
    }

    public async Task<byte[]?> BalanceAsync(string card, CancellationToken ct)
    {
        await using var lease = await LeaseAsync(ct); //! LCA4001
        try
        {
            await lease.Line.SendAsync(Encoding.ASCII.GetBytes(card), ct);
            return await lease.Line.ReceiveAsync(ct).WaitAsync(TimeSpan.FromSeconds(2), ct); //? LCA1004
        }
        catch (TimeoutException e)
        {
            log.LogWarning(e, "teller is slow");
            return null;
        }
    }

    // ok LCA4001: a line whose answer is still to come is closed before it goes home
    public async Task<byte[]?> BalanceOrCloseAsync(string card, CancellationToken ct)
    {
        var line = await lines.Reader.ReadAsync(ct);
        var whole = false;
        try
        {
            if (!line.IsOpen) return null;
            await line.SendAsync(Encoding.ASCII.GetBytes(card), ct);
            var answer = await line.ReceiveAsync(ct);
            whole = true;
            return answer;
        }
        finally
        {
            if (!whole) await line.DisposeAsync();
            await lines.Writer.WriteAsync(line, CancellationToken.None);
        }
    }
}

public sealed class PolicyTeller(ObjectPool<WireConnection> pool)
{
    public async Task<byte[]> AskAsync(byte[] question, CancellationToken ct)
    {
        var line = pool.Get();
        if (!line.IsOpen) throw new IOException("stale line");
        try
        {
            await line.SendAsync(question, ct);
            return await line.ReceiveAsync(ct);
        }
        finally
        {
            pool.Return(line); //! LCA4001
        }
    }
}

/// <summary>Pipes over one stream: the pair is one connection.</summary>
public sealed class PipeTeller(IDuplexPipe pipe)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    public async Task<byte[]> AskAsync(ReadOnlyMemory<byte> question, CancellationToken ct)
    {
        await pipe.Output.WriteAsync(question, ct); //! LCA4006
        var read = await pipe.Input.ReadAtLeastAsync(4, ct);
        var answer = read.Buffer.ToArray();
        pipe.Input.AdvanceTo(read.Buffer.End);
        return answer;
    }

    // ok LCA4006: one at a time, and no token that could cut an exchange short
    public async Task<byte[]> AskInTurnAsync(ReadOnlyMemory<byte> question)
    {
        await _turn.WaitAsync();
        try
        {
            await pipe.Output.WriteAsync(question);
            var read = await pipe.Input.ReadAtLeastAsync(4);
            var answer = read.Buffer.ToArray();
            pipe.Input.AdvanceTo(read.Buffer.End);
            return answer;
        }
        finally
        {
            _turn.Release(); //? LCA4001
        }
    }
}

public sealed class BusyTeller(NetworkStream stream)
{
    private int _busy;

    // ok LCA4006: who comes second is refused
    public async Task<byte[]> AskAsync(byte[] question)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("busy");
        try
        {
            await stream.WriteAsync(question);
            var answer = new byte[8];
            await stream.ReadExactlyAsync(answer);
            return answer;
        }
        catch (IOException)
        {
            stream.Close();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}
