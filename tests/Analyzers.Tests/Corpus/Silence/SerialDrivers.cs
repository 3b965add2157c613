// Serial and Modbus drivers of a measuring rack: busy flags, command queues, reconnecting ports, exchanges under a lock.
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Silence.SerialDrivers;

public enum PortState { Closed, Opening, Ready, Faulted }

public readonly record struct Command(byte[] Telegram, int AnswerLength, TaskCompletionSource<byte[]> Answer);

public interface IInstrumentLink : IDisposable
{
    bool IsOpen { get; }
    ValueTask WriteAsync(ReadOnlyMemory<byte> telegram, CancellationToken ct);
    ValueTask ReadAsync(Memory<byte> answer, CancellationToken ct);
}

public interface IInstrumentLinkFactory
{
    ValueTask<IInstrumentLink> OpenAsync(string port, CancellationToken ct);
}

/// <summary>A single consumer executes what callers queue.</summary>
public sealed class QueuedInstrument(IInstrumentLinkFactory factory, string port, ILogger<QueuedInstrument> log)
{
    private readonly Channel<Command> _commands = Channel.CreateBounded<Command>(32);

    // ok LCA4006: callers only queue
    public async Task<byte[]> ExecuteAsync(byte[] telegram, int answerLength, CancellationToken ct)
    {
        var command = new Command(telegram, answerLength, new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously));
        await _commands.Writer.WriteAsync(command, ct);
        return await command.Answer.Task.WaitAsync(ct);
    }

    // ok LCA4001: the link of a failed exchange is closed before the next command
    // ok LCA3001: opened anew when it is not open
    public async Task RunAsync(CancellationToken ct)
    {
        IInstrumentLink? link = null;
        try
        {
            await foreach (var command in _commands.Reader.ReadAllAsync(ct))
            {
                try
                {
                    if (link is not { IsOpen: true })
                    {
                        link?.Dispose();
                        link = null;
                        link = await factory.OpenAsync(port, ct);
                    }

                    await link.WriteAsync(command.Telegram, ct);
                    var answer = new byte[command.AnswerLength];
                    await link.ReadAsync(answer, ct);
                    command.Answer.TrySetResult(answer);
                }
                catch (Exception e)
                {
                    log.LogWarning(e, "{Port}: command failed", port);
                    command.Answer.TrySetException(e);
                    link?.Dispose();
                    link = null;
                }
            }
        }
        finally
        {
            link?.Dispose();
        }
    }
}

/// <summary>Refuses a second caller while one is at work.</summary>
public sealed class BusyInstrument(IInstrumentLink link)
{
    private int _busy;

    // ok LCA4006: the busy flag refuses callers
    // ok LCA4001: an unfinished exchange closes the link
    public async Task<byte[]> ExecuteAsync(ReadOnlyMemory<byte> telegram, int answerLength, CancellationToken ct)
    {
        if (Interlocked.CompareExchange(ref _busy, 1, 0) != 0) throw new InvalidOperationException("busy");
        try
        {
            await link.WriteAsync(telegram, ct);
            var answer = new byte[answerLength];
            await link.ReadAsync(answer, ct);
            return answer;
        }
        catch
        {
            link.Dispose();
            throw;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }
}

public abstract class ExchangingDriver(IInstrumentLink link)
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    protected abstract int AnswerLength { get; }

    protected abstract ReadOnlyMemory<byte> Encode(int register);

    // ok LCA4006 LCA4001: a template method; what it cannot finish it closes
    public async Task<byte[]> ReadRegisterAsync(int register, CancellationToken ct)
    {
        var request = Encode(register);
        await _turn.WaitAsync(ct);
        var finished = false;
        try
        {
            await link.WriteAsync(request, ct);
            var answer = new byte[AnswerLength];
            await link.ReadAsync(answer, ct);
            finished = true;
            return answer;
        }
        finally
        {
            if (!finished) link.Dispose();
            _turn.Release();
        }
    }

    // Added for slow devices: it gives up, and leaves the answer on its way to the next caller.
    public async Task<byte[]> ReadRegisterWithinAsync(int register, TimeSpan limit)
    {
        using var timeout = new CancellationTokenSource(limit);
        var request = Encode(register);
        await _turn.WaitAsync();
        try
        {
            await link.WriteAsync(request, timeout.Token);
            var answer = new byte[AnswerLength];
            await link.ReadAsync(answer, timeout.Token);
            return answer;
        }
        finally
        {
            _turn.Release(); //! LCA4001
        }
    }
}

public sealed class RegisterReader(IInstrumentLink link) : ExchangingDriver(link)
{
    protected override int AnswerLength => 9;

    protected override ReadOnlyMemory<byte> Encode(int register) => new byte[] { 1, 3, (byte)(register >> 8), (byte)register, 0, 2 };
}

/// <summary>Transaction ids are compared, and an answer that belongs to nobody is skipped.</summary>
public sealed class ModbusTcpMaster : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ushort, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _writes = new(1, 1);
    private readonly NetworkStream _stream;
    private readonly Task _reader;
    private int _transaction;

    public ModbusTcpMaster(NetworkStream stream)
    {
        _stream = stream;
        _reader = ReadAnswersAsync();
    }

    // ok LCA4006: correlated by the transaction id
    public async Task<byte[]> SendAsync(byte[] request, TimeSpan limit, CancellationToken ct)
    {
        var id = (ushort)Interlocked.Increment(ref _transaction);
        var waiter = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = waiter;
        try
        {
            (request[0], request[1]) = ((byte)(id >> 8), (byte)id);
            await _writes.WaitAsync(ct);
            try
            {
                await _stream.WriteAsync(request, CancellationToken.None);
            }
            finally
            {
                _writes.Release();
            }

            return await waiter.Task.WaitAsync(limit, ct);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    private async Task ReadAnswersAsync()
    {
        var head = new byte[6];
        try
        {
            while (true)
            {
                await _stream.ReadExactlyAsync(head);
                var body = new byte[head[4] << 8 | head[5]];
                await _stream.ReadExactlyAsync(body);
                if (_waiting.TryRemove((ushort)(head[0] << 8 | head[1]), out var waiter)) waiter.TrySetResult(body);
            }
        }
        catch (Exception e)
        {
            foreach (var waiter in _waiting.Values) waiter.TrySetException(new IOException("the station is gone", e));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _reader;
    }
}

/// <summary>One driver per rack, kept over its life; the field is dropped when an exchange breaks.</summary>
public sealed class RackDriver(string host) : IDisposable
{
    private readonly object _sync = new();
    private TcpClient? _client;

    // ok LCA3001 LCA3002 LCA4001: whatever goes wrong drops the client, and the next call dials
    public byte[] Exchange(byte[] request, int length)
    {
        lock (_sync)
        {
            var client = _client ??= new TcpClient(host, 502) { ReceiveTimeout = 2000, SendTimeout = 2000 };
            try
            {
                var stream = client.GetStream();
                stream.Write(request);
                var answer = new byte[length];
                stream.ReadExactly(answer);
                return answer;
            }
            catch
            {
                Drop();
                throw;
            }
        }
    }

    // The same, but a timeout is "no answer this time".
    public byte[]? TryExchange(byte[] request, int length)
    {
        lock (_sync)
        {
            if (_client is null || Ended(_client.Client))
            {
                Drop();
                _client = new TcpClient(host, 502) { ReceiveTimeout = 2000, SendTimeout = 2000 }; //? LCA3002
            }

            try
            {
                var stream = _client.GetStream();
                stream.Write(request);
                var answer = new byte[length];
                stream.ReadExactly(answer);
                return answer;
            }
            catch (IOException) //! LCA4001
            {
                return null;
            }
        }
    }

    private static bool Ended(Socket socket) => socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;

    private void Drop()
    {
        _client?.Dispose();
        _client = null;
    }

    public void Dispose()
    {
        lock (_sync) Drop();
    }
}
