using System.Collections.Concurrent;
using System.Net.Sockets;
using Acme.Wire;

namespace Clauses.HandedOver;

public sealed class StackPool
{
    private readonly Stack<TcpClient> _idle = new();

    public async Task<int> AskAsync(byte[] question, byte[] answer, CancellationToken stop)
    {
        TcpClient? client = null;
        lock (_idle)
        {
            while (client is null && _idle.TryPop(out var idle))
            {
                if (idle.Client.Poll(0, SelectMode.SelectRead)) idle.Dispose();
                else client = idle;
            }
        }

        client ??= new TcpClient("db", 5432);
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(question, stop);
            return await stream.ReadAsync(answer, stop);
        }
        catch (OperationCanceledException)
        {
            return -1;
        }
        finally
        {
            lock (_idle) _idle.Push(client); //! LCA4001
        }
    }

    public async Task<int> AskAndKeepAsync(byte[] question, byte[] answer, CancellationToken stop)
    {
        TcpClient? client = null;
        lock (_idle)
        {
            while (client is null && _idle.TryPop(out var idle))
            {
                if (idle.Client.Poll(0, SelectMode.SelectRead)) idle.Dispose();
                else client = idle;
            }
        }

        client ??= new TcpClient("db", 5432);
        var count = -1;
        try
        {
            var stream = client.GetStream();
            await stream.WriteAsync(question, stop);
            count = await stream.ReadAsync(answer, stop);
            return count;
        }
        finally
        {
            if (count > 0)
            {
                lock (_idle) _idle.Push(client);
            }
            else
            {
                client.Dispose();
            }
        }
    }
}

public sealed class NullTold(WirePool pool)
{
    public async Task<byte[]?> AskAsync(byte[] question, CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        byte[]? answer = null;
        try
        {
            await connection.SendAsync(question, stop);
            answer = await connection.ReceiveAsync(stop);
        }
        catch (IOException)
        {
        }
        finally
        {
            if (answer is not null) pool.Return(connection);
            else connection.Dispose();
        }

        return answer;
    }
}

public abstract class Exchange(WirePool pool)
{
    public async Task<byte[]> RunAsync(CancellationToken stop)
    {
        var connection = await pool.RentAsync(stop);
        try
        {
            return await TalkAsync(connection, stop);
        }
        finally
        {
            pool.Return(connection); //! LCA4001
        }
    }

    protected abstract Task<byte[]> TalkAsync(WireConnection connection, CancellationToken stop);
}

public sealed class Hello(WirePool pool) : Exchange(pool)
{
    protected override async Task<byte[]> TalkAsync(WireConnection connection, CancellationToken stop)
    {
        await connection.SendAsync("hello"u8.ToArray(), stop);
        return await connection.ReceiveAsync(stop);
    }
}

public sealed class Numbered(WireConnection connection)
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<byte[]>> _waiting = new();
    private readonly SemaphoreSlim _one = new(1, 1);
    private int _next;

    public async Task<byte[]> AskAsync(byte[] body, CancellationToken stop)
    {
        var id = Interlocked.Increment(ref _next);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[id] = answer;
        await _one.WaitAsync(stop);
        try
        {
            await connection.SendAsync(BitConverter.GetBytes(id).Concat(body).ToArray(), stop);
        }
        finally
        {
            _one.Release();
        }

        return await answer.Task.WaitAsync(stop);
    }

    public async Task ReadLoopAsync(CancellationToken stop)
    {
        while (connection.IsOpen)
        {
            var frame = await connection.ReceiveAsync(stop);
            if (_waiting.TryRemove(BitConverter.ToInt32(frame), out var answer)) answer.TrySetResult(frame[4..]);
        }
    }
}

public sealed class SerialMeter
{
    private readonly object _bus = new object();
    private readonly System.IO.Ports.SerialPort _port;

    public SerialMeter(System.IO.Ports.SerialPort port)
    {
        _port = port;
        _port.ReadTimeout = 300;
    }

    public string Read(string register)
    {
        lock (_bus)
        {
            _port.WriteLine(register);
            return _port.ReadLine();
        } //! LCA4001
    }

}

public sealed class CleanSerialMeter
{
    private readonly object _bus = new object();
    private readonly System.IO.Ports.SerialPort _port;

    public CleanSerialMeter(System.IO.Ports.SerialPort port)
    {
        _port = port;
        _port.ReadTimeout = 300;
    }

    public string Read(string register)
    {
        lock (_bus)
        {
            _port.DiscardInBuffer();
            _port.WriteLine(register);
            return _port.ReadLine();
        }
    }
}
