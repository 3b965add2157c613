using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace LifecycleAnalyzers.Runtime.Tests.Support;

/// <summary>What is wrong with a peer.</summary>
public enum Peer
{
    /// <summary>Nobody listens.</summary>
    Refused,

    /// <summary>Resets the connection after the first request.</summary>
    Reset,

    /// <summary>Says after the first request that nothing more will come, and goes on receiving.</summary>
    HalfOpen,

    /// <summary>Receives everything and answers nothing.</summary>
    Silent,

    /// <summary>Receives and answers nothing before it is told to.</summary>
    Slow,

    /// <summary>Answers every byte on its own.</summary>
    Fragmenting,

    /// <summary>Sends without being asked and without end, and receives nothing.</summary>
    Flooding,
}

/// <summary>A real server on loopback with a fault; its protocol are requests of four bytes that come back as they are.</summary>
internal sealed class FaultyPeer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly ConcurrentDictionary<Socket, bool> _open = [];
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Peer _kind;
    private int _accepted;
    private long _received;

    public FaultyPeer(Peer kind)
    {
        _kind = kind;

        // Small, so that whoever sends to one that does not read gets stuck soon; accepted sockets inherit it.
        _listener.ReceiveBufferSize = _listener.SendBufferSize = 8192;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        EndPoint = (IPEndPoint)_listener.LocalEndPoint!;
        if (kind != Peer.Refused)
        {
            _listener.Listen(64);
            AcceptAsync().Observe(static _ => { });
        }
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Gets whether it answers at all, late or in pieces.</summary>
    public bool Answers => _kind is Peer.Slow or Peer.Fragmenting;

    /// <summary>Gets or sets whether what it receives goes back.</summary>
    public bool Echoes { get; set; } = true;

    public int Accepted => Volatile.Read(ref _accepted);

    public long Received => Interlocked.Read(ref _received);

    /// <summary>Gets how often each request has come.</summary>
    public ConcurrentDictionary<int, int> Requests { get; } = [];

    public async Task<Socket> ConnectAsync(CancellationToken cancellationToken) => await SafeSocket.ConnectAsync(EndPoint, cancellationToken: cancellationToken);

    /// <summary>Lets a slow one go on.</summary>
    public void Go() => _go.TrySetResult();

    /// <summary>All that a guard has opened to this peer it has closed, says the operating system.</summary>
    public Task NothingLeftAsync() => Until(() => OpenToMe() == 0, "no socket is open");

    public void Dispose()
    {
        _go.TrySetCanceled();
        _listener.Dispose();
        foreach (var socket in _open.Keys)
        {
            socket.Dispose();
        }
    }

    /// <summary>The sockets of this machine that are connected, or connecting, to this peer and not yet closed by their owner.</summary>
    private int OpenToMe() => !File.Exists("/proc/net/tcp") ? 0 : File.ReadLines("/proc/net/tcp").Skip(1).Count(line =>
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var remotePort = int.Parse(fields[2].AsSpan(fields[2].IndexOf(':') + 1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        // Established, connecting, or ended by the peer alone.
        return remotePort == EndPoint.Port && fields[3] is ("01" or "02" or "08");
    });

    private async Task AcceptAsync()
    {
        while (true)
        {
            var socket = await _listener.AcceptAsync();
            _open[socket] = true;
            Interlocked.Increment(ref _accepted);
            ServeAsync(socket).Observe(static _ => { });
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                socket.NoDelay = true;
                if (_kind == Peer.Slow)
                {
                    await _go.Task;
                }

                var buffer = new byte[16 * 1024];
                while (_kind == Peer.Flooding)
                {
                    await socket.SendAsync(Filled(buffer));
                }

                for (var rest = 0; await socket.ReceiveAsync(buffer.AsMemory(rest)) is > 0 and var count;)
                {
                    var bytes = rest + count;
                    for (var at = 0; at + 4 <= bytes; at += 4)
                    {
                        Requests.AddOrUpdate(BitConverter.ToInt32(buffer, at), 1, static (_, n) => n + 1);
                    }

                    Interlocked.Add(ref _received, count);
                    await AnswerAsync(socket, buffer.AsMemory(rest, count));
                    if (_kind == Peer.Reset)
                    {
                        socket.LingerState = new LingerOption(true, 0);
                        return;
                    }

                    rest = bytes % 4;
                    buffer.AsSpan(bytes - rest, rest).CopyTo(buffer);
                }
            }
            finally
            {
                _open.TryRemove(socket, out _);
            }
        }
    }

    private async Task AnswerAsync(Socket socket, ReadOnlyMemory<byte> bytes)
    {
        switch (_kind)
        {
            case Peer.HalfOpen:
                socket.Shutdown(SocketShutdown.Send);
                break;
            case Peer.Slow when Echoes:
                await socket.SendAsync(bytes);
                break;
            case Peer.Fragmenting when Echoes:
                for (var i = 0; i < bytes.Length; i++)
                {
                    await socket.SendAsync(bytes.Slice(i, 1));
                }

                break;
        }
    }

    private static byte[] Filled(byte[] buffer)
    {
        buffer.AsSpan().Fill(0xFF);
        return buffer;
    }
}
