// Game server's packet layer: pooled send operations over SocketAsyncEventArgs, a broadcast, an acceptor, a dialler with a deadline.
using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.ObjectPool;

namespace Works.Isolation.GamePackets;

/// <summary>A send with a task for its end; used again and again.</summary>
public sealed class SendOperation : SocketAsyncEventArgs
{
    private TaskCompletionSource<int> _over = new();

    public SendOperation() => Completed += (_, _) => Finish();

    public Task<int> Over => _over.Task;

    public void Prepare(byte[] packet)
    {
        _over = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        SetBuffer(packet, 0, packet.Length);
    }

    public void Finish()
    {
        if (SocketError == SocketError.Success) _over.TrySetResult(BytesTransferred);
        else _over.TrySetException(new SocketException((int)SocketError));
    }
}

public sealed class PlayerPackets(Socket player, ObjectPool<SendOperation> operations, ILogger<PlayerPackets> log)
{
    public Task<int> SendAsync(byte[] packet)
    {
        var operation = operations.Get();
        operation.Prepare(packet);
        var over = operation.Over;
        if (!player.SendAsync(operation)) operation.Finish();
        operations.Return(operation); //! LCA4005
        return over;
    }

    // ok LCA4005: returned when it is over
    public async Task<int> SendToTheEndAsync(byte[] packet)
    {
        var operation = operations.Get();
        operation.Prepare(packet);
        if (!player.SendAsync(operation)) operation.Finish();
        try
        {
            return await operation.Over;
        }
        finally
        {
            operations.Return(operation);
        }
    }

    public async Task<bool> SendSnapshotAsync(byte[] snapshot, TimeSpan tick)
    {
        var operation = operations.Get();
        operation.Prepare(snapshot);
        if (!player.SendAsync(operation)) operation.Finish();
        var first = await Task.WhenAny(operation.Over, Task.Delay(tick)); //? LCA1004
        if (first != operation.Over) log.LogDebug("snapshot takes longer than a tick");
        operations.Return(operation); //! LCA4005
        return first == operation.Over;
    }

    // ok LCA4005: an operation that outlives the tick is not returned but left to itself
    public async Task<bool> SendSnapshotOrDropAsync(byte[] snapshot, TimeSpan tick)
    {
        var operation = operations.Get();
        operation.Prepare(snapshot);
        if (!player.SendAsync(operation)) operation.Finish();
        var first = await Task.WhenAny(operation.Over, Task.Delay(tick)); //? LCA1004
        if (first != operation.Over)
        {
            log.LogDebug("snapshot takes longer than a tick");
            return false;
        }

        operations.Return(operation);
        return true;
    }
}

public sealed class ArenaBroadcast(IReadOnlyList<Socket> players, ILogger<ArenaBroadcast> log)
{
    /// <summary>"One packet, one object": the second player's send finds it in use.</summary>
    public void Announce(byte[] packet)
    {
        var args = new SocketAsyncEventArgs();
        args.Completed += (_, e) => Report(e);
        args.SetBuffer(packet, 0, packet.Length);
        foreach (var player in players)
        {
            if (!player.SendAsync(args)) Report(args); //! LCA4005
        }
    }

    // ok LCA4005: one object for each player
    public void AnnounceToEach(byte[] packet)
    {
        foreach (var player in players)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += (_, e) => Finish(e);
            args.SetBuffer(packet, 0, packet.Length);
            if (!player.SendAsync(args)) Finish(args);
        }

        void Finish(SocketAsyncEventArgs e)
        {
            Report(e);
            e.Dispose();
        }
    }

    // ok LCA4005: the last send is over before the next begins
    public async Task AnnounceInTurnAsync(byte[] packet)
    {
        using var operation = new SendOperation();
        foreach (var player in players)
        {
            operation.Prepare(packet);
            if (!player.SendAsync(operation)) operation.Finish();
            await operation.Over;
        }
    }

    private void Report(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success) log.LogInformation("announcement lost: {Error}", e.SocketError);
    }
}

public sealed class LobbyAcceptor
{
    private readonly Socket _listen;
    private readonly Action<Socket> _welcome;
    private readonly SocketAsyncEventArgs _first = new();

    public LobbyAcceptor(Socket listeningSocket, Action<Socket> welcome)
    {
        _listen = listeningSocket;
        _welcome = welcome;
        _first.Completed += (_, e) => Welcome(e);
    }

    public void AcceptOnce()
    {
        var pending = _listen.AcceptAsync(_first); //? LCA4005
        if (!pending) Welcome(_first);
        _first.AcceptSocket = null; //! LCA4005
    }

    private void Welcome(SocketAsyncEventArgs e)
    {
        if (e is { SocketError: SocketError.Success, AcceptSocket: { } socket }) _welcome(socket);
    }
}

/// <summary>The accept loop as the documentation has it.</summary>
public sealed class LobbyLoop
{
    private readonly Socket _listen;
    private readonly Action<Socket> _welcome;

    public LobbyLoop(Socket listeningSocket, Action<Socket> welcome)
    {
        _listen = listeningSocket;
        _welcome = welcome;
    }

    public void Start()
    {
        var accept = new SocketAsyncEventArgs();
        accept.Completed += (_, e) =>
        {
            Welcome(e);
            AcceptNext(e);
        };
        AcceptNext(accept);
    }

    // ok LCA4005: cleared between two operations, by whoever has seen the end of the first
    private void AcceptNext(SocketAsyncEventArgs e)
    {
        try
        {
            while (true)
            {
                e.AcceptSocket = null;
                if (_listen.AcceptAsync(e)) return;
                Welcome(e);
            }
        }
        catch (Exception x) when (x is SocketException or ObjectDisposedException)
        {
            Console.Error.WriteLine(x.Message);
        }
    }

    private void Welcome(SocketAsyncEventArgs e)
    {
        if (e is { SocketError: SocketError.Success, AcceptSocket: { } socket }) _welcome(socket);
    }
}

public static class ShardDialler
{
    public static Socket? Dial(EndPoint shard, TimeSpan deadline)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var done = new ManualResetEventSlim();
        var args = new SocketAsyncEventArgs { RemoteEndPoint = shard };
        args.Completed += (_, _) => done.Set();
        try
        {
            if (socket.ConnectAsync(args) && !done.Wait(deadline))
            {
                args.Dispose(); //! LCA4005
                socket.Dispose();
                return null;
            }

            if (args.SocketError != SocketError.Success) throw new SocketException((int)args.SocketError);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // ok LCA4005: cancelled, and disposed by the completion that the cancelling brings about
    public static Socket? DialCancellable(EndPoint shard, TimeSpan deadline)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var done = new ManualResetEventSlim();
        var args = new SocketAsyncEventArgs { RemoteEndPoint = shard };
        args.Completed += (_, _) => done.Set();
        try
        {
            if (socket.ConnectAsync(args) && !done.Wait(deadline))
            {
                Socket.CancelConnectAsync(args);
                done.Wait();
                args.Dispose();
                socket.Dispose();
                return null;
            }

            if (args.SocketError != SocketError.Success) throw new SocketException((int)args.SocketError);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
