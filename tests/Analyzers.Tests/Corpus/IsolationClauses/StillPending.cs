using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Clauses.StillPending;

public sealed class PooledReceiver(Socket socket)
{
    public void Begin()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1500);
        socket.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, ar =>
        {
            try
            {
                Console.WriteLine(socket.EndReceive(ar));
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e.Message);
            }
        }, null);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
    }

    public void BeginRight()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1500);
        socket.BeginReceive(buffer, 0, buffer.Length, SocketFlags.None, ar =>
        {
            try
            {
                Console.WriteLine(socket.EndReceive(ar));
            }
            catch (Exception e)
            {
                Console.Error.WriteLine(e.Message);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }, null);
    }

    public async Task<int> SumAsync(CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(1500);
        var sum = 0;
        int count;
        while ((count = await socket.ReceiveAsync(buffer.AsMemory(), stop)) > 0)
        {
            for (var i = 0; i < count; i++) sum += buffer[i];
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return sum;
    }

    public async Task SendBothAsync(NetworkStream stream, byte[] source)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(source.Length); //! LCA4004
        source.CopyTo(owner.Memory);
        var sending = stream.WriteAsync(owner.Memory[..source.Length]).AsTask();
        if (await Task.WhenAny(sending, Task.Delay(100)) != sending) throw new TimeoutException(); //? LCA1004
    }

    public async Task SendWholeAsync(NetworkStream stream, byte[] source)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(source.Length);
        source.CopyTo(owner.Memory);
        var sending = stream.WriteAsync(owner.Memory[..source.Length]);
        Console.WriteLine("sending");
        await sending;
    }
}

public sealed class ArgsLoop
{
    private readonly Stack<SocketAsyncEventArgs> _free = new();
    private readonly Socket _socket;

    public ArgsLoop(Socket socket)
    {
        _socket = socket;
    }

    public void SendAll(IEnumerable<byte[]> frames)
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => Console.WriteLine(e.SocketError);
        foreach (var frame in frames)
        {
            args.SetBuffer(frame, 0, frame.Length);
            if (!_socket.SendAsync(args)) Console.WriteLine(args.SocketError);
        }
    }

    public SocketAsyncEventArgs Take()
    {
        lock (_free) return _free.Count > 0 ? _free.Pop() : new SocketAsyncEventArgs();
    }

    public void Give(SocketAsyncEventArgs args)
    {
        if (!_socket.ReceiveAsync(args)) Received(args);
        lock (_free) _free.Push(args); //! LCA4005
    }

    public void GiveWhenDone(SocketAsyncEventArgs args)
    {
        if (_socket.ReceiveAsync(args)) return;
        Received(args);
        lock (_free) _free.Push(args);
    }

    private void Received(SocketAsyncEventArgs args) => Console.WriteLine(args.BytesTransferred);
}

public sealed class TwoCallbacks
{
    private readonly NetworkStream _stream;
    private readonly byte[] _buffer = new byte[64];
    private readonly object _both = new();

    public TwoCallbacks(NetworkStream stream)
    {
        _stream = stream;
    }

    public async Task<int> TemperatureAsync()
    {
        await _stream.WriteAsync("T"u8.ToArray()); //! LCA4006
        return await _stream.ReadAsync(_buffer);
    }

    public int Pressure()
    {
        lock (_both)
        {
            try
            {
                _stream.WriteByte((byte)'P');
                return _stream.ReadByte();
            }
            catch (IOException)
            {
                _stream.Close();
                throw;
            }
        }
    }
}

internal sealed class Handshake(NetworkStream stream)
{
    private readonly byte[] _answer = new byte[16];

    public static async Task<Handshake> OpenAsync(NetworkStream stream, CancellationToken stop)
    {
        var made = new Handshake(stream);
        await made.GreetAsync(stop);
        return made;
    }

    private async Task GreetAsync(CancellationToken stop)
    {
        await stream.WriteAsync("hi"u8.ToArray(), stop);
        await stream.ReadExactlyAsync(_answer, stop);
    }

    public int Version => _answer[0];
}
