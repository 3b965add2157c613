using System.Net.Sockets;
using System.Text;
using Acme.Wire;

namespace Clauses.Interleaved;

public sealed class ModbusClient(NetworkStream stream)
{
    private readonly byte[] _answer = new byte[260];
    private readonly SemaphoreSlim _one = new(1, 1);
    private readonly SemaphoreSlim _write = new(1, 1);

    public async Task<int> ReadAsync(byte[] request, CancellationToken stop)
    {
        await stream.WriteAsync(request, stop); //! LCA4006
        return await stream.ReadAsync(_answer, stop);
    }

    public async Task<int> ReadGatedAsync(byte[] request, CancellationToken stop)
    {
        await _one.WaitAsync(stop);
        try
        {
            await stream.WriteAsync(request, stop);
            return await stream.ReadAsync(_answer, stop);
        }
        catch
        {
            stream.Close();
            throw;
        }
        finally
        {
            _one.Release();
        }
    }

    public async Task<int> ReadHalfGatedAsync(byte[] request, CancellationToken stop)
    {
        await _write.WaitAsync(stop);
        try
        {
            await stream.WriteAsync(request, stop); //! LCA4006
        }
        finally
        {
            _write.Release();
        }

        return await stream.ReadAsync(_answer, stop);
    }
}

public sealed class TextClient
{
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private bool _busy;

    public TextClient(TcpClient client)
    {
        _reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        _writer = new StreamWriter(client.GetStream(), Encoding.ASCII) { AutoFlush = true };
    }

    public async Task<string?> AskAsync(string question)
    {
        await _writer.WriteLineAsync(question); //! LCA4006
        return await _reader.ReadLineAsync();
    }

    public async Task<string?> AskAloneAsync(string question)
    {
        if (_busy) throw new InvalidOperationException("one question at a time");
        _busy = true;
        try
        {
            await _writer.WriteLineAsync(question);
            return await _reader.ReadLineAsync();
        }
        catch
        {
            _writer.Dispose();
            throw;
        }
        finally
        {
            _busy = false;
        }
    }
}

public sealed class MeterLoop(WireConnection meter)
{
    public async Task RunAsync(CancellationToken stop)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await tick.WaitForNextTickAsync(stop)) Console.WriteLine((await PollAsync(stop)).Length);
    }

    private async Task<byte[]> PollAsync(CancellationToken stop)
    {
        await meter.SendAsync(new byte[] { 0x10 }, stop);
        return await meter.ReceiveAsync(stop);
    }
}

internal sealed class VendorDriver(WireConnection connection)
{
    internal async Task<byte[]> CallAsync(byte[] frame)
    {
        await connection.SendAsync(frame); //! LCA4006
        await Task.Yield();
        var answer = await connection.ReceiveAsync();
        return answer;
    }

    public async Task TellAsync(byte[] frame) => await connection.SendAsync(frame);
}
