// A match server of a shooter, written for SocketAsyncEventArgs: acceptor, player links, voice, and the client side of its lobby.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace CreationWorks.MatchServer
{
    public sealed class Acceptor : IDisposable
    {
        private readonly Socket _listener;
        private readonly SocketAsyncEventArgs _args = new();
        private readonly ConcurrentQueue<Socket> _arrived;
        private readonly ILogger _log;

        public Acceptor(IPEndPoint at, ConcurrentQueue<Socket> arrived, ILogger log)
        {
            (_arrived, _log) = (arrived, log);
            _listener = new Socket(at.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(at);
            _listener.Listen(64);
            _args.Completed += OnAccepted;
        }

        // A player who dialled while the server was loading is already in the backlog: Completed never fires.
        public void Start()
        {
            _log.LogInformation("accepting on {EndPoint}", _listener.LocalEndPoint);
            _listener.AcceptAsync(_args); //! LCA1002
        }

        private void OnAccepted(object? sender, SocketAsyncEventArgs e)
        {
            try
            {
                do
                {
                    if (e.SocketError == SocketError.Success) _arrived.Enqueue(e.AcceptSocket!);
                    e.AcceptSocket = null;
                }
                while (!_listener.AcceptAsync(e));
            }
            catch (Exception ex) when (ex is SocketException or ObjectDisposedException)
            {
                _log.LogInformation(ex, "acceptor stopped");
            }
        }

        public void Dispose() => _listener.Dispose();
    }

    public sealed class PlayerLink : IDisposable
    {
        private readonly Socket _socket;
        private readonly SocketAsyncEventArgs _receive = new();
        private readonly Action<ReadOnlyMemory<byte>> _frame;

        public PlayerLink(Socket socket, Action<ReadOnlyMemory<byte>> frame)
        {
            (_socket, _frame) = (socket, frame);
            _receive.SetBuffer(new byte[2048], 0, 2048);
            _receive.Completed += OnReceived;
        }

        // ok LCA1002: false means it is done already
        public void Begin()
        {
            if (!_socket.ReceiveAsync(_receive)) OnReceived(_socket, _receive);
        }

        private void OnReceived(object? sender, SocketAsyncEventArgs e)
        {
            do
            {
                if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
                {
                    _socket.Close();
                    return;
                }

                _frame(e.MemoryBuffer[..e.BytesTransferred]);
            }
            while (!_socket.ReceiveAsync(e)); //! LCA1005
        }

        // Small frames nearly always complete at once; those args are never given back.
        public void Push(byte[] frame)
        {
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(frame, 0, frame.Length);
            args.Completed += static (_, done) => done.Dispose();
            _ = _socket.SendAsync(args); //! LCA1002
        }

        // ok LCA1002: the answer is kept and asked
        public void PushOnce(byte[] frame)
        {
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(frame, 0, frame.Length);
            args.Completed += static (_, done) => done.Dispose();
            var pending = _socket.SendAsync(args);
            if (!pending) args.Dispose();
        }

        public void Dispose() => _socket.Dispose();
    }

    // ok LCA1002 LCA1005: the loop asks, and a closed socket ends it
    public sealed class GuardedPlayerLink : IDisposable
    {
        private readonly Socket _socket;
        private readonly ILogger _log;

        public GuardedPlayerLink(Socket socket, ILogger log) => (_socket, _log) = (socket, log);

        public void Begin()
        {
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(new byte[2048]);
            args.Completed += (_, e) => Drain(e);
            if (!_socket.ReceiveAsync(args)) Drain(args);
        }

        private void Drain(SocketAsyncEventArgs e)
        {
            try
            {
                while (e.SocketError == SocketError.Success && e.BytesTransferred > 0)
                {
                    _log.LogTrace("{Bytes} bytes", e.BytesTransferred);
                    if (_socket.ReceiveAsync(e)) return;
                }
            }
            catch (ObjectDisposedException)
            {
                _log.LogDebug("link closed while receiving");
            }
            catch (SocketException ex)
            {
                _log.LogWarning(ex, "link failed");
            }

            e.Dispose();
        }

        public void Dispose() => _socket.Dispose();
    }

    public static class SocketTaskExtensions
    {
        // The task never ends when the datagram was already there.
        public static Task<int> ReceiveTaskAsync(this Socket socket, byte[] into)
        {
            var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(into);
            args.Completed += (_, e) => done.TrySetResult(e.BytesTransferred);
            socket.ReceiveAsync(args); //! LCA1002
            return done.Task;
        }

        // ok LCA1002: completed at once, answered at once
        public static Task<int> SendTaskAsync(this Socket socket, byte[] data)
        {
            var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(data);
            args.Completed += (_, e) => done.TrySetResult(e.BytesTransferred);
            return socket.SendAsync(args) ? done.Task : Task.FromResult(args.BytesTransferred);
        }

        // ok LCA1002: the caller gets the answer
        public static bool TryReceiveMore(this Socket socket, SocketAsyncEventArgs args, Memory<byte> rest)
        {
            args.SetBuffer(rest);
            return socket.ReceiveAsync(args);
        }
    }

    public sealed class LobbyClient : IDisposable
    {
        private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp);
        private readonly ManualResetEventSlim _connected = new();
        private SocketError _error;

        // Throws where nobody can catch it: the process ends when the lobby is down.
        public void Connect(EndPoint lobby)
        {
            var args = new SocketAsyncEventArgs { RemoteEndPoint = lobby };
            args.Completed += (_, e) =>
            {
                if (e.SocketError != SocketError.Success)
                    throw new SocketException((int)e.SocketError); //! LCA1005
                _connected.Set();
            };
            if (!_socket.ConnectAsync(args)) _connected.Set(); //? LCA1008
        }

        // ok LCA1002 LCA1005: the error is kept and thrown where the caller is
        public void ConnectAndWait(EndPoint lobby, TimeSpan limit)
        {
            var args = new SocketAsyncEventArgs { RemoteEndPoint = lobby };
            args.Completed += (_, e) =>
            {
                _error = e.SocketError;
                _connected.Set();
            };
            if (_socket.ConnectAsync(args)) //? LCA1008
            {
                if (!_connected.Wait(limit))
                {
                    Socket.CancelConnectAsync(args);
                    throw new TimeoutException();
                }
            }
            else
            {
                _error = args.SocketError;
            }

            if (_error != SocketError.Success) throw new SocketException((int)_error);
        }

        public void Leave()
        {
            var args = new SocketAsyncEventArgs { DisconnectReuseSocket = false };
            args.Completed += static (_, e) => e.Dispose();
            _socket.DisconnectAsync(args); //! LCA1002
        }

        public void Dispose()
        {
            _socket.Dispose();
            _connected.Dispose();
        }
    }

    public sealed class VoiceLobby
    {
        private readonly EventHandler<SocketAsyncEventArgs> _joined;

        public VoiceLobby(EventHandler<SocketAsyncEventArgs> joined) => _joined = joined;

        public void Join(IPEndPoint relay)
        {
            var args = new SocketAsyncEventArgs { RemoteEndPoint = relay, UserToken = this };
            args.Completed += _joined;
            //? LCA1008
            Socket.ConnectAsync(SocketType.Stream, ProtocolType.Tcp, args); //! LCA1002
        }
    }

    // ok LCA1002: another library's SendAsync that answers with a bool; there are no event args
    public sealed class SpectatorSession : NetCoreServer.TcpSession
    {
        public void Show(byte[] frame)
        {
            SendAsync(frame);
        }
    }

    // ok LCA1002: awaited, no bool in sight
    public sealed class ReplayReader(Socket socket)
    {
        public async Task<int> ReadAsync(Memory<byte> into, CancellationToken ct)
        {
            var read = 0;
            while (read < into.Length)
            {
                var n = await socket.ReceiveAsync(into[read..], SocketFlags.None, ct);
                if (n == 0) break;
                read += n;
            }

            return read;
        }
    }
}
