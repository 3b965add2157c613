using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Probes.Buffers;

/// <summary>Old and new ways of sending what was rented.</summary>
public sealed class ProbeSocket(Socket socket, Stream log)
{
    public void Send(byte[] data)
    {
        var rented = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(rented, 0);
        socket.BeginSend(rented, 0, data.Length, SocketFlags.None, OnSent, null);
        ArrayPool<byte>.Shared.Return(rented); //! LCA4004
    }

    private void OnSent(IAsyncResult result)
    {
        try
        {
            socket.EndSend(result);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(e.Message);
        }
    }

    /// <summary>The buffer travels as the state and goes back in the callback.</summary>
    public void SendStateful(byte[] data)
    {
        var rented = ArrayPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(rented, 0);
        socket.BeginSend(rented, 0, data.Length, SocketFlags.None, result =>
        {
            try
            {
                socket.EndSend(result);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                Console.Error.WriteLine(e.Message);
            }

            ArrayPool<byte>.Shared.Return((byte[])result.AsyncState!); // ok LCA4004: the send has ended
        }, rented);
    }

    public void Log(byte[] data)
    {
        var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(owner.Memory);
        log.WriteAsync(owner.Memory[..data.Length]).AsTask().ContinueWith(written =>
        {
            _ = written.Exception;
            owner.Dispose(); // ok LCA4004: behind the write
        }, TaskScheduler.Default);
    }

    public bool LogWithin(byte[] data, int milliseconds)
    {
        var rented = ArrayPool<byte>.Shared.Rent(data.Length);
        try
        {
            data.CopyTo(rented, 0);
            return log.WriteAsync(rented, 0, data.Length).Wait(milliseconds); //? LCA1004
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented); //! LCA4004
        }
    }

    public async Task SendBothAsync(byte[] data, Socket other, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(data.Length);
        data.CopyTo(owner.Memory);
        var part = owner.Memory[..data.Length];
        var first = socket.SendAsync(part, ct).AsTask();
        var second = other.SendAsync(part, ct).AsTask();
        await Task.WhenAll(first, second); // ok LCA4004: both are waited for
    }

    public async Task SendEitherAsync(byte[] data, Socket other, CancellationToken ct)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(data.Length); //! LCA4004
        data.CopyTo(owner.Memory);
        var part = owner.Memory[..data.Length];
        var first = socket.SendAsync(part, ct).AsTask(); //? LCA1004
        var second = other.SendAsync(part, ct).AsTask(); //? LCA1004
        await await Task.WhenAny(first, second); //? LCA1004
    }
}

/// <summary>Operations from a pool, awaited by a completion source.</summary>
public sealed class ProbeOperations(Socket socket)
{
    private readonly ConcurrentBag<SocketAsyncEventArgs> _free = [];

    /// <summary>Gives up after a second; the operation goes back and is still at work.</summary>
    public async Task<int> ReceiveWithinAsync(byte[] buffer)
    {
        var operation = _free.TryTake(out var known) ? known : Create();
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        operation.UserToken = ended;
        operation.SetBuffer(buffer);
        try
        {
            if (!socket.ReceiveAsync(operation)) return operation.BytesTransferred;
            return await ended.Task.WaitAsync(TimeSpan.FromSeconds(1)); //? LCA1004
        }
        finally
        {
            _free.Add(operation); //! LCA4005
        }
    }

    /// <summary>Waits for its end, however long it takes.</summary>
    public async Task<int> ReceiveAsync(byte[] buffer)
    {
        var operation = _free.TryTake(out var known) ? known : Create();
        var ended = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        operation.UserToken = ended;
        operation.SetBuffer(buffer);
        try
        {
            return socket.ReceiveAsync(operation) ? await ended.Task : operation.BytesTransferred;
        }
        finally
        {
            _free.Add(operation); // ok LCA4005: it has ended
        }
    }

    private static SocketAsyncEventArgs Create()
    {
        var operation = new SocketAsyncEventArgs();
        operation.Completed += static (_, e) => ((TaskCompletionSource<int>)e.UserToken!).TrySetResult(e.BytesTransferred);
        return operation;
    }

    /// <summary>The next target is written into it while the last one may still be under way.</summary>
    public void Spray(byte[] datagram, IReadOnlyList<EndPoint> targets)
    {
        var operation = new SocketAsyncEventArgs();
        operation.SetBuffer(datagram);
        foreach (var target in targets)
        {
            operation.RemoteEndPoint = target; //! LCA4005
            socket.SendToAsync(operation); //! LCA1002 //? LCA4005
        }
    }

    public void SprayEach(byte[] datagram, IReadOnlyList<EndPoint> targets)
    {
        foreach (var target in targets)
        {
            var operation = new SocketAsyncEventArgs { RemoteEndPoint = target }; // ok LCA4005: one for each
            operation.SetBuffer(datagram);
            operation.Completed += static (_, e) => e.Dispose();
            if (!socket.SendToAsync(operation)) operation.Dispose();
        }
    }
}
