using System.IO.Pipes;
using System.IO.Ports;
using System.Net.Sockets;
using System.Text;

namespace Yard.WeighBridge;

/// <summary>A scale on a serial line: weigh, wait for the answer with a time limit.</summary>
public sealed class SerialScale(SerialPort port)
{
    private readonly object _line = new();

    public decimal Weigh()
    {
        lock (_line)
        {
            port.ReadTimeout = 800;
            port.WriteLine("W");
            var answer = port.ReadLine();
            return decimal.Parse(answer);
        } //! LCA4001
    }

    /// <summary>Swallows the silence, and the next caller reads what comes late.</summary>
    public decimal? TryWeigh()
    {
        lock (_line)
        {
            try
            {
                port.WriteLine("W");
                return decimal.Parse(port.ReadLine());
            }
            catch (TimeoutException) //! LCA4001
            {
                return null;
            }
        }
    }

    /// <summary>After a silence the line is closed; the next weighing opens it again.</summary>
    public decimal? WeighOrClose()
    {
        lock (_line)
        {
            if (!port.IsOpen) port.Open();
            try
            {
                port.WriteLine("W");
                return decimal.Parse(port.ReadLine());
            }
            catch (TimeoutException) // ok LCA4001: nothing late can be read from a closed port
            {
                port.Close();
                return null;
            }
        }
    }
}

/// <summary>The gate's barrier over TCP: two callers mix their questions.</summary>
public class BarrierClient
{
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;
    private readonly StreamWriter _writer;
    private readonly SemaphoreSlim _turn = new(1, 1);

    public BarrierClient(TcpClient client)
    {
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.ASCII);
        _writer = new StreamWriter(_stream, Encoding.ASCII) { AutoFlush = true };
    }

    public async Task<bool> IsRaisedAsync()
    {
        await _writer.WriteLineAsync("STATE?"); //! LCA4006
        return await _reader.ReadLineAsync() == "UP";
    }

    /// <summary>The gate holds for the writing only.</summary>
    public async Task<string?> NameAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            await _writer.WriteLineAsync("NAME?".AsMemory(), token); //! LCA4006
        }
        finally
        {
            _turn.Release();
        }

        return await _reader.ReadLineAsync(token);
    }

    /// <summary>The whole exchange under the gate; a broken one ends the client.</summary>
    public async Task<string?> VersionAsync(CancellationToken token)
    {
        await _turn.WaitAsync(token);
        try
        {
            await _writer.WriteLineAsync("VERSION?".AsMemory(), token); // ok LCA4006: gated
            return await _reader.ReadLineAsync(token);
        }
        catch
        {
            await _stream.DisposeAsync();
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public Task RaiseAsync() => _writer.WriteLineAsync("RAISE"); // ok LCA4006: no answer is read
}

/// <summary>The camera's pipe, behind an interface; a flag refuses the second caller.</summary>
public interface ICamera
{
    Task<byte[]> SnapAsync(CancellationToken token);
}

public sealed class PipeCamera(NamedPipeClientStream pipe) : ICamera
{
    public async Task<byte[]> SnapAsync(CancellationToken token)
    {
        await pipe.WriteAsync("SNAP"u8.ToArray(), token); //! LCA4006
        await pipe.FlushAsync(token);
        var head = new byte[4];
        await pipe.ReadExactlyAsync(head, token);
        var picture = new byte[BitConverter.ToInt32(head)];
        await pipe.ReadExactlyAsync(picture, token);
        return picture;
    }
}

public sealed class RefusingPipeCamera(NamedPipeClientStream pipe) : ICamera
{
    private int _busy;

    public async Task<byte[]> SnapAsync(CancellationToken token)
    {
        if (Interlocked.Exchange(ref _busy, 1) == 1) throw new InvalidOperationException("A picture is being taken.");
        try
        {
            await pipe.WriteAsync("SNAP"u8.ToArray(), token); // ok LCA4006: one caller at a time
            var picture = new byte[640 * 480];
            await pipe.ReadExactlyAsync(picture, token);
            Volatile.Write(ref _busy, 0);
            return picture;
        }
        catch
        {
            await pipe.DisposeAsync();
            throw;
        }
    }
}

/// <summary>Asked by nobody but its own loop.</summary>
public sealed class PollingCamera(NamedPipeClientStream pipe, Action<byte[]> show)
{
    public async Task RunAsync(CancellationToken token)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await tick.WaitForNextTickAsync(token))
        {
            show(await SnapAsync(token));
        }
    }

    private async Task<byte[]> SnapAsync(CancellationToken token)
    {
        await pipe.WriteAsync("SNAP"u8.ToArray(), token); // ok LCA4006: a private pair in one loop
        var picture = new byte[640 * 480];
        await pipe.ReadExactlyAsync(picture, token);
        return picture;
    }
}
