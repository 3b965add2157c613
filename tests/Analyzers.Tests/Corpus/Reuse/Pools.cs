// Pools: what comes out of them unchecked is LCA3004's to say, not LCA3001's.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Corpus.Reuse.Pools;

public interface IPooledSession : IDisposable
{
    bool IsOpen { get; }
    byte[] Request(byte[] question);
    Task SendAsync(byte[] message, CancellationToken stop);
}

public sealed class BagOfSessions(Func<IPooledSession> open)
{
    private readonly ConcurrentBag<IPooledSession> _idle = [];

    public byte[] Ask(byte[] question)
    {
        if (!_idle.TryTake(out var session)) session = open();
        var answer = session.Request(question); //? LCA3001
        _idle.Add(session);
        return answer;
    }

    // ok LCA3001: taken out until one is open
    public byte[] AskOpen(byte[] question)
    {
        IPooledSession? session;
        while (_idle.TryTake(out session) && !session.IsOpen) session.Dispose();
        session ??= open();
        byte[] answer;
        try
        {
            answer = session.Request(question);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _idle.Add(session);
        return answer;
    }
}

public sealed class StackOfSockets(EndPoint server)
{
    private readonly Stack<Socket> _free = new();

    private Socket Rent()
    {
        lock (_free)
        {
            while (_free.TryPop(out var socket))
            {
                if (!socket.Poll(0, SelectMode.SelectRead)) return socket;
                socket.Dispose();
            }
        }

        var fresh = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            fresh.Connect(server);
            return fresh;
        }
        catch
        {
            fresh.Dispose();
            throw;
        }
    }

    // ok LCA3001: Rent polls, and what failed does not go back
    public void Send(byte[] line)
    {
        var socket = Rent();
        try
        {
            socket.Send(line);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        lock (_free) _free.Push(socket);
    }
}

public sealed class ChannelOfSessions
{
    private readonly Channel<IPooledSession> _sessions;

    public ChannelOfSessions(Func<IPooledSession> open, int size)
    {
        _sessions = Channel.CreateBounded<IPooledSession>(size);
        for (var i = 0; i < size; i++) _sessions.Writer.TryWrite(open());
    }

    public async Task SendAsync(byte[] message, CancellationToken stop)
    {
        var session = await _sessions.Reader.ReadAsync(stop);
        try
        {
            await session.SendAsync(message, stop); //? LCA3001
        }
        finally
        {
            await _sessions.Writer.WriteAsync(session, CancellationToken.None);
        }
    }
}
