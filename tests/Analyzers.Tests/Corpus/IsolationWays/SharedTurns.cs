// Controllers of a conveyor: exchanges over generic channels, leases, monitors and per-connection objects.
using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;

namespace Ways.Conveyors;

public interface IExchange<in TRequest, TReply>
{
    ValueTask<TReply> AskAsync(TRequest request, CancellationToken cancel = default);
}

public abstract class ConveyorExchange<TRequest, TReply>(NetworkStream stream) : IExchange<TRequest, TReply> where TReply : notnull
{
    private readonly SemaphoreSlim _turn = new(1, 1);

    protected abstract ReadOnlyMemory<byte> Encode(TRequest request);

    protected abstract TReply Decode(ReadOnlySpan<byte> reply);

    public async ValueTask<TReply> AskAsync(TRequest request, CancellationToken cancel = default)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var reply = new byte[4];
            await stream.WriteAsync(Encode(request));
            await stream.ReadExactlyAsync(reply);
            return Decode(reply);
        }
        finally
        {
            _turn.Release();
        }
    }
}

public abstract class OpenExchange<TRequest, TReply>(NetworkStream stream) : IExchange<TRequest, TReply> where TReply : notnull
{
    protected abstract ReadOnlyMemory<byte> Encode(TRequest request);

    protected abstract TReply Decode(ReadOnlySpan<byte> reply);

    public async ValueTask<TReply> AskAsync(TRequest request, CancellationToken cancel = default)
    {
        var reply = new byte[4];
        await stream.WriteAsync(Encode(request), cancel); //! LCA4006
        await stream.ReadExactlyAsync(reply, cancel);
        return Decode(reply);
    }
}

public sealed class SynchronousConveyor(Socket socket)
{
    private readonly Lock _turn = new();

    public int Ask(ReadOnlySpan<byte> request)
    {
        Span<byte> reply = stackalloc byte[4];
        using (_turn.EnterScope())
        {
            socket.Send(request);
            socket.Receive(reply);
        }

        return BitConverter.ToInt32(reply);
    }
}

/// <summary>Made for one connection each, by the server's accept loop.</summary>
internal sealed class Conversation
{
    private readonly Socket _peer;
    private byte[] _last = [];

    public Conversation(Socket peer) => _peer = peer;

    public async Task RunAsync(CancellationToken stop)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(512);
        try
        {
            while (await _peer.ReceiveAsync(buffer.AsMemory(), stop) is var read and > 0)
            {
                _last = buffer[..read];
                await _peer.SendAsync(_last, stop);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            _peer.Dispose();
        }
    }
}

public sealed class ConveyorServer(Socket listener)
{
    private readonly ConcurrentDictionary<int, Task> _conversations = new();
    private Socket? _latest;
    private int _next;

    public async Task RunAsync(CancellationToken stop)
    {
        while (true)
        {
            var peer = await listener.AcceptAsync(stop);
            _conversations[_next++] = new Conversation(peer).RunAsync(stop);
        }
    }

    public async Task RunSharedAsync(CancellationToken stop)
    {
        while (true)
        {
            _latest = await listener.AcceptAsync(stop); //! LCA4002
            _conversations[_next++] = Greet();
        }

        async Task Greet()
        {
            await Task.Yield();
            await _latest.SendAsync("HELLO"u8.ToArray(), stop);
        }
    }

    public Task WhenAllAsync() => Task.WhenAll(_conversations.Values);
}

public sealed class Packer
{
    private readonly Socket _socket;
    private readonly ConcurrentBag<SocketAsyncEventArgs> _free = [];
    private readonly Encoding _encoding;

    public Packer(Socket socket, Encoding? encoding = null) => (_socket, _encoding) = (socket, encoding ?? Encoding.ASCII);

    private SocketAsyncEventArgs Take()
    {
        if (_free.TryTake(out var args)) return args;
        args = new SocketAsyncEventArgs();
        args.Completed += (_, done) => Finish(done);
        return args;
    }

    private void Finish(SocketAsyncEventArgs args)
    {
        if (args.UserToken is byte[] buffer) ArrayPool<byte>.Shared.Return(buffer);
        args.UserToken = null;
        _free.Add(args);
    }

    public void Pack(string text)
    {
        var args = Take();
        var buffer = ArrayPool<byte>.Shared.Rent(_encoding.GetMaxByteCount(text.Length));
        args.UserToken = buffer;
        args.SetBuffer(buffer, 0, _encoding.GetBytes(text, buffer));
        if (!_socket.SendAsync(args)) Finish(args);
    }

    public void PackHastily(string text)
    {
        var args = Take();
        args.SetBuffer(_encoding.GetBytes(text));
        var pending = _socket.SendAsync(args);
        _free.Add(args); //! LCA4005
        if (!pending) args.UserToken = null;
    }

    public async ValueTask PackAsync(string text, CancellationToken cancel)
    {
        using var owner = MemoryPool<byte>.Shared.Rent(_encoding.GetMaxByteCount(text.Length));
        var length = _encoding.GetBytes(text, owner.Memory.Span);
        for (var sent = 0; sent < length;)
            sent += await _socket.SendAsync(owner.Memory[sent..length], cancel).ConfigureAwait(false);
    }

    public ValueTask<int> PackUnawaited(string text, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(_encoding.GetMaxByteCount(text.Length));
        var sending = _socket.SendAsync(buffer.AsMemory(0, _encoding.GetBytes(text, buffer)), cancel);
        ArrayPool<byte>.Shared.Return(buffer); //! LCA4004
        return sending;
    }
}
