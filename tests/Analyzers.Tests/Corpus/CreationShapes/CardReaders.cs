// The turnstiles of a stadium: operation objects over raw sockets.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Shapes.Creation.CardReaders;

internal sealed class Lane<TToken>(Socket socket, TToken token) where TToken : notnull
{
    public Socket Socket { get; } = socket;
    public TToken Token { get; } = token;
    public int Swipes;
}

public sealed class Turnstiles : IDisposable
{
    private readonly Socket _door = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<string, long> _swipes = new();

    public void Open(int port)
    {
        _door.Bind(new IPEndPoint(IPAddress.Any, port));
        _door.Listen(64);
        var first = new SocketAsyncEventArgs();
        first.Completed += (_, e) => Entered(e); //! LCA1005
        var second = new SocketAsyncEventArgs();
        second.Completed += (_, e) => Entered(e); //! LCA1005
        _door.AcceptAsync(first); //! LCA1002
        Wait(second);
    }

    // ok LCA1002: the loop runs on while operations complete at once
    private void Wait(SocketAsyncEventArgs e)
    {
        do
        {
            e.AcceptSocket = null;
        }
        while (!_door.AcceptAsync(e) && Admit(e));
    }

    private void Entered(SocketAsyncEventArgs e)
    {
        if (Admit(e)) Wait(e);
    }

    private bool Admit(SocketAsyncEventArgs e)
    {
        if (e.SocketError != SocketError.Success) return false;
        var lane = new Lane<Guid>(e.AcceptSocket!, Guid.NewGuid());
        Begin(lane);
        return true;
    }

    private void Begin(Lane<Guid> lane)
    {
        var e = new SocketAsyncEventArgs { UserToken = lane };
        e.SetBuffer(new byte[64]);
        e.Completed += Swiped;
        var pending = lane.Socket.ReceiveAsync(e);
        if (pending is false) Swiped(lane.Socket, e); // ok LCA1002: asked by a pattern
    }

    private void Swiped(object? sender, SocketAsyncEventArgs e)
    {
        var lane = (Lane<Guid>)e.UserToken!;
        do
        {
            if (e.SocketError is not SocketError.Success || e.BytesTransferred is 0)
            {
                lane.Socket.Dispose();
                e.Dispose();
                return;
            }
            lane.Swipes++;
            _swipes.AddOrUpdate(lane.Token.ToString(), 1, (_, n) => n + 1);
        }
        while (lane.Socket.ReceiveAsync(e) == false); // ok LCA1002
    }

    public void Dispose() => _door.Dispose();
}

/// <summary>Answers to the lanes: green, red.</summary>
public sealed class LaneLights(Socket lane)
{
    private readonly byte[] _green = [0x47], _red = [0x52];

    public void Green(EventHandler<SocketAsyncEventArgs> done)
    {
        var e = Args(_green, done);
        _ = lane.SendAsync(e); //! LCA1002
    }

    public void Red(EventHandler<SocketAsyncEventArgs> done)
    {
        var e = Args(_red, done);
        if (!lane.SendAsync(e)) done(lane, e); // ok LCA1002
    }

    public void Flash(EventHandler<SocketAsyncEventArgs> done) => lane.SendAsync(Args(_red, done)); //! LCA1002

    // ok LCA1002: the caller is told
    public bool TryBeginGreen(SocketAsyncEventArgs e) => lane.SendAsync(e);

    public void Blink(EventHandler<SocketAsyncEventArgs> done)
    {
        var e = Args(_green, done);
        bool later = lane.SendAsync(e); //! LCA1002
        Thread.Yield();
    }

    // ok LCA1002: a conditional expression decides
    public Task<int> GreenAsync()
    {
        var told = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        var e = Args(_green, (_, a) => told.TrySetResult(a.BytesTransferred));
        return lane.SendAsync(e) ? told.Task : Task.FromResult(e.BytesTransferred);
    }

    // ok LCA1002: a switch decides
    public void Signal(bool open, EventHandler<SocketAsyncEventArgs> done)
    {
        var e = Args(open ? _green : _red, done);
        switch (lane.SendAsync(e))
        {
            case true:
                break;
            default:
                done(lane, e);
                break;
        }
    }

    private static SocketAsyncEventArgs Args(byte[] what, EventHandler<SocketAsyncEventArgs> done)
    {
        var e = new SocketAsyncEventArgs();
        e.SetBuffer(what);
        e.Completed += done;
        return e;
    }
}

/// <summary>Dials the back office; an event tells how it went.</summary>
public sealed class BackOfficeDial : IDisposable
{
    private readonly SocketAsyncEventArgs _args = new();
    private readonly Socket _line = new(SocketType.Stream, ProtocolType.Tcp);
    private readonly ManualResetEventSlim _done = new();
    private SocketError _outcome;

    public BackOfficeDial(EndPoint where)
    {
        _args.RemoteEndPoint = where;
        _args.Completed += delegate (object? s, SocketAsyncEventArgs e)
        {
            if (e.SocketError != SocketError.Success)
                throw new SocketException((int)e.SocketError); //! LCA1005
            _done.Set();
        };
    }

    public void Start()
    {
        if (_line.ConnectAsync(_args)) return; // ok LCA1002
        _outcome = _args.SocketError;
        _done.Set();
    }

    public void Drop()
    {
        _args.DisconnectReuseSocket = true; //? LCA4005
        _line.DisconnectAsync(_args); //! LCA1002
    }

    public void Send(ReadOnlyMemory<byte> data)
    {
        var e = new SocketAsyncEventArgs();
        e.SetBuffer(MemoryOf(data));
        e.Completed += static (_, a) => a.Dispose();
        ThreadPool.QueueUserWorkItem(_ => _line.SendAsync(e)); //! LCA1002 //? LCA2001
    }

    private static Memory<byte> MemoryOf(ReadOnlyMemory<byte> data) => data.ToArray();

    public SocketError Outcome => _outcome;

    public void Dispose()
    {
        _line.Dispose();
        _args.Dispose();
    }
}
