// TCP gateway on SocketAsyncEventArgs: pooled arguments, a receive loop, sends from the application.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Works.Isolation.SaeaGateway
{
    /// <summary>Arguments for sends; whoever pops one pushes it when its operation has completed.</summary>
    internal sealed class ArgsPool
    {
        private readonly ConcurrentStack<SocketAsyncEventArgs> _free = new ConcurrentStack<SocketAsyncEventArgs>();

        public ArgsPool(int count, EventHandler<SocketAsyncEventArgs> completed)
        {
            for (var i = 0; i < count; i++)
            {
                var args = new SocketAsyncEventArgs();
                args.Completed += completed;
                _free.Push(args);
            }
        }

        public SocketAsyncEventArgs Pop() => _free.TryPop(out var args) ? args : throw new InvalidOperationException("no send arguments left");

        public void Push(SocketAsyncEventArgs args)
        {
            args.UserToken = null;
            _free.Push(args);
        }
    }

    public sealed class GatewaySession
    {
        private readonly Socket _socket;
        private readonly ArgsPool _sends;
        private readonly Action<Exception> _onFault;
        private long _sent;

        public GatewaySession(Socket socket, Action<Exception> onFault)
        {
            _socket = socket;
            _onFault = onFault;
            _sends = new ArgsPool(16, (_, e) => Count(e));
        }

        public void Send(byte[] packet)
        {
            var args = _sends.Pop();
            args.SetBuffer(packet, 0, packet.Length);
            if (!_socket.SendAsync(args)) Count(args);
            _sends.Push(args); //! LCA4005
        }

        public void SendGuarded(byte[] packet)
        {
            var args = _sends.Pop();
            try
            {
                args.SetBuffer(packet, 0, packet.Length);
                if (!_socket.SendAsync(args)) Count(args);
            }
            catch (ObjectDisposedException e)
            {
                _onFault(e);
            }
            finally
            {
                _sends.Push(args); //! LCA4005
            }
        }

        public void SendTagged(byte[] packet, object tag)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += (_, e) => Count(e);
            args.SetBuffer(packet, 0, packet.Length);
            if (!_socket.SendAsync(args)) Count(args);
            args.UserToken = tag; //! LCA4005
        }

        // ok LCA4005: tagged before the operation begins
        public void SendTaggedFirst(byte[] packet, object tag)
        {
            var args = new SocketAsyncEventArgs { UserToken = tag };
            args.Completed += (_, e) => Count(e);
            args.SetBuffer(packet, 0, packet.Length);
            if (!_socket.SendAsync(args)) Count(args);
        }

        public bool SendWithin(byte[] packet, TimeSpan limit)
        {
            using var done = new ManualResetEventSlim();
            var args = new SocketAsyncEventArgs();
            args.Completed += (_, e) => Signal(e);
            args.SetBuffer(packet, 0, packet.Length);
            if (!_socket.SendAsync(args)) Signal(args);
            var inTime = done.Wait(limit);
            args.Dispose(); //! LCA4005
            return inTime;

            void Signal(SocketAsyncEventArgs e)
            {
                Count(e);
                done.Set();
            }
        }

        // ok LCA4005: waits without limit, so the operation is over when the arguments are disposed
        public SocketError SendAndWait(byte[] packet)
        {
            using var done = new ManualResetEventSlim();
            var args = new SocketAsyncEventArgs();
            args.Completed += (_, _) => done.Set();
            args.SetBuffer(packet, 0, packet.Length);
            if (_socket.SendAsync(args)) done.Wait();
            var error = args.SocketError;
            args.Dispose();
            return error;
        }

        private void Count(SocketAsyncEventArgs args)
        {
            if (args.SocketError == SocketError.Success) Interlocked.Add(ref _sent, args.BytesTransferred);
            else _onFault(new SocketException((int)args.SocketError));
        }
    }

    /// <summary>The same session; the completion gives the arguments back.</summary>
    public sealed class CompletingSession
    {
        private readonly Socket _socket;
        private readonly ArgsPool _sends;
        private long _sent;

        public CompletingSession(Socket socket)
        {
            _socket = socket;
            _sends = new ArgsPool(16, (_, e) => Complete(e));
        }

        // ok LCA4005: pushed by the completion, and where the operation never began
        public void Send(byte[] packet)
        {
            var args = _sends.Pop();
            bool pending;
            try
            {
                args.SetBuffer(packet, 0, packet.Length);
                pending = _socket.SendAsync(args);
            }
            catch (ObjectDisposedException)
            {
                _sends.Push(args);
                throw;
            }

            if (!pending) Complete(args);
        }

        // ok LCA4005: awaited, then pushed
        public async Task<int> ReceiveAsync(byte[] buffer)
        {
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            using var args = new SocketAsyncEventArgs();
            args.Completed += (_, _) => over.SetResult();
            args.SetBuffer(buffer, 0, buffer.Length);
            if (_socket.ReceiveAsync(args)) await over.Task;
            if (args.SocketError != SocketError.Success) throw new SocketException((int)args.SocketError);
            return args.BytesTransferred;
        }

        private void Complete(SocketAsyncEventArgs args)
        {
            Interlocked.Add(ref _sent, args.BytesTransferred);
            _sends.Push(args);
        }
    }

    public sealed class GatewayAcceptor
    {
        private readonly Socket _listen;
        private readonly Action<Socket> _onAccepted;
        private readonly SocketAsyncEventArgs _accept = new SocketAsyncEventArgs();

        public GatewayAcceptor(Socket listeningSocket, Action<Socket> onAccepted)
        {
            _listen = listeningSocket;
            _onAccepted = onAccepted;
            _accept.Completed += (_, e) => OnAccepted(e);
        }

        public void Start(int parallel)
        {
            for (var i = 0; i < parallel; i++)
            {
                if (!_listen.AcceptAsync(_accept)) OnAccepted(_accept); //! LCA4005
            }
        }

        // ok LCA4005: each accept has arguments of its own
        public void StartSeparately(int parallel)
        {
            for (var i = 0; i < parallel; i++)
            {
                var accept = new SocketAsyncEventArgs();
                accept.Completed += (_, e) => OnAccepted(e);
                if (!_listen.AcceptAsync(accept)) OnAccepted(accept);
            }
        }

        private void OnAccepted(SocketAsyncEventArgs e)
        {
            if (e.SocketError == SocketError.Success) _onAccepted(e.AcceptSocket!);
        }
    }

    /// <summary>One receive after the other on one object: each begins when the last has completed.</summary>
    public sealed class ReceiveLoop
    {
        private readonly Socket _socket;
        private readonly Action<ReadOnlyMemory<byte>> _onData;
        private readonly SocketAsyncEventArgs _receive = new SocketAsyncEventArgs();

        public ReceiveLoop(Socket socket, Action<ReadOnlyMemory<byte>> onData)
        {
            _socket = socket;
            _onData = onData;
            _receive.SetBuffer(new byte[8192], 0, 8192);
            _receive.Completed += (_, e) => Run(e, completed: true);
        }

        public void Start() => Run(_receive, completed: false);

        // ok LCA4005: touched only between operations
        private void Run(SocketAsyncEventArgs e, bool completed)
        {
            try
            {
                while (true)
                {
                    if (!completed && _socket.ReceiveAsync(e)) return;
                    completed = false;
                    if (e.SocketError != SocketError.Success || e.BytesTransferred == 0) break;
                    _onData(e.MemoryBuffer[..e.BytesTransferred]);
                }
            }
            catch (Exception x) when (x is SocketException or ObjectDisposedException)
            {
                Console.Error.WriteLine(x.Message);
            }

            e.Dispose();
        }
    }
}
