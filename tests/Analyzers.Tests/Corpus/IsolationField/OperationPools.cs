// SocketAsyncEventArgs by the hundred, and one that is still out when it is used again.
#nullable disable
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Field.Operations
{
    public sealed class ArgsPool
    {
        private readonly Stack<SocketAsyncEventArgs> _free = new Stack<SocketAsyncEventArgs>();

        public SocketAsyncEventArgs Pop()
        {
            lock (_free) return _free.Count > 0 ? _free.Pop() : new SocketAsyncEventArgs();
        }

        public void Push(SocketAsyncEventArgs args)
        {
            if (args == null) throw new ArgumentNullException("args");
            lock (_free) _free.Push(args);
        }
    }

    public sealed class Session
    {
        public Socket Socket;
        public string Name;
    }

    public class PushServer
    {
        private readonly ArgsPool _pool = new ArgsPool();
        private readonly ConcurrentBag<SocketAsyncEventArgs> _bag = new ConcurrentBag<SocketAsyncEventArgs>();
        private readonly SocketAsyncEventArgs _shared = new SocketAsyncEventArgs();
        private Socket _listener;

        /// <summary>Put back as soon as the send was begun.</summary>
        public void Push(Session session, byte[] message)
        {
            var args = _pool.Pop();
            args.SetBuffer(message, 0, message.Length);
            args.UserToken = session;
            if (!session.Socket.SendAsync(args)) OnSent(session.Socket, args);
            _pool.Push(args); //! LCA4005
        }

        public void PushAndWait(Session session, byte[] message)
        {
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(message, 0, message.Length);
            args.UserToken = session;
            args.Completed += OnSent;
            if (!session.Socket.SendAsync(args)) OnSent(session.Socket, args); // ok LCA4005: given back where it completed
        }

        private void OnSent(object sender, SocketAsyncEventArgs args)
        {
            if (args.SocketError != SocketError.Success) ((Session)args.UserToken).Socket.Close();
            args.UserToken = null; // ok LCA4005: completed
            args.Completed -= OnSent;
            _pool.Push(args);
        }

        /// <summary>Back only when it was done at once.</summary>
        public void PushIntoBag(Session session, byte[] message)
        {
            SocketAsyncEventArgs args;
            if (!_bag.TryTake(out args))
            {
                args = new SocketAsyncEventArgs();
                args.Completed += (s, e) => _bag.Add(e);
            }

            args.SetBuffer(message, 0, message.Length);
            bool pending = session.Socket.SendAsync(args);
            if (!pending) _bag.Add(args); // ok LCA4005: nothing is pending
        }

        public void PushIntoBagTwice(Session session, byte[] message)
        {
            SocketAsyncEventArgs args;
            if (!_bag.TryTake(out args)) args = new SocketAsyncEventArgs();
            args.SetBuffer(message, 0, message.Length);
            bool pending = session.Socket.SendAsync(args);
            if (pending) _bag.Add(args); //! LCA4005
        }

        /// <summary>One object for everybody: the token of the second is seen by the first's completion.</summary>
        public void Broadcast(IEnumerable<Session> sessions, byte[] message)
        {
            foreach (var session in sessions)
            {
                _shared.UserToken = session; //! LCA4005
                _shared.SetBuffer(message, 0, message.Length);
                if (!session.Socket.SendAsync(_shared)) OnSent(session.Socket, _shared);
            }
        }

        public void BroadcastEach(IEnumerable<Session> sessions, byte[] message)
        {
            foreach (var session in sessions)
            {
                var args = _pool.Pop();
                args.UserToken = session; // ok LCA4005: another object for each
                args.SetBuffer(message, 0, message.Length);
                args.Completed += OnSent;
                if (!session.Socket.SendAsync(args)) OnSent(session.Socket, args);
            }
        }

        public void Listen(EndPoint endpoint)
        {
            _listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                _listener.Bind(endpoint);
                _listener.Listen(128);
            }
            catch
            {
                _listener.Close();
                throw;
            }

            var args = new SocketAsyncEventArgs();
            args.Completed += (s, e) => Accepted(e);
            Accept(args);
        }

        private void Accept(SocketAsyncEventArgs args)
        {
            do
            {
                args.AcceptSocket = null; // ok LCA4005: the last accept has ended
            }
            while (!_listener.AcceptAsync(args) && Take(args));
        }

        private void Accepted(SocketAsyncEventArgs args)
        {
            if (Take(args)) Accept(args);
        }

        private bool Take(SocketAsyncEventArgs args)
        {
            if (args.SocketError != SocketError.Success) return false;
            Push(new Session { Socket = args.AcceptSocket }, new byte[] { 1 });
            return true;
        }
    }

    public class Receiver
    {
        private readonly Socket _socket;
        private readonly byte[] _buffer = new byte[8192];

        public Receiver(Socket socket)
        {
            _socket = socket;
        }

        /// <summary>The using ends with the method, the receive does not.</summary>
        public void ReceiveOnce(EventHandler<SocketAsyncEventArgs> completed)
        {
            using (var args = new SocketAsyncEventArgs()) //! LCA4005
            {
                args.SetBuffer(_buffer, 0, _buffer.Length);
                args.Completed += completed;
                if (!_socket.ReceiveAsync(args)) completed(_socket, args);
            }
        }

        public void ReceiveBlocking()
        {
            using (var done = new ManualResetEventSlim())
            using (var args = new SocketAsyncEventArgs()) // ok LCA4005: waited for
            {
                args.SetBuffer(_buffer, 0, _buffer.Length);
                args.Completed += (s, e) => done.Set();
                if (_socket.ReceiveAsync(args)) done.Wait();
                Console.WriteLine(args.BytesTransferred);
            }
        }

        /// <summary>Waits for a while, and disposes what may still be pending.</summary>
        public int ReceiveWithin(int milliseconds)
        {
            var done = new ManualResetEventSlim();
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(_buffer, 0, _buffer.Length);
            args.Completed += (s, e) => done.Set();
            if (_socket.ReceiveAsync(args) && !done.Wait(milliseconds))
            {
                args.Dispose(); //! LCA4005
                return -1;
            }

            var n = args.BytesTransferred;
            args.Dispose(); // ok LCA4005: completed
            return n;
        }

        /// <summary>Two operations with one object.</summary>
        public void Start(EventHandler<SocketAsyncEventArgs> completed, byte[] greeting)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += completed;
            args.SetBuffer(greeting, 0, greeting.Length);
            if (!_socket.SendAsync(args)) completed(_socket, args);
            args.UserToken = this; //! LCA4005
        }

        public void StartSeparately(EventHandler<SocketAsyncEventArgs> completed, byte[] greeting)
        {
            var send = new SocketAsyncEventArgs();
            send.Completed += completed;
            send.UserToken = this; // ok LCA4005: before it is begun
            send.SetBuffer(greeting, 0, greeting.Length);
            if (!_socket.SendAsync(send)) completed(_socket, send);

            var receive = new SocketAsyncEventArgs();
            receive.Completed += completed;
            receive.SetBuffer(_buffer, 0, _buffer.Length);
            if (!_socket.ReceiveAsync(receive)) completed(_socket, receive);
        }
    }

    public class Dialer
    {
        private readonly ArgsPool _pool;

        public Dialer(ArgsPool pool)
        {
            _pool = pool;
        }

        public bool Dial(Socket socket, EndPoint target, EventHandler<SocketAsyncEventArgs> completed)
        {
            var args = _pool.Pop();
            args.RemoteEndPoint = target;
            args.Completed += completed;
            try
            {
                return socket.ConnectAsync(args);
            }
            finally
            {
                _pool.Push(args); //! LCA4005
            }
        }

        public bool DialOrPutBack(Socket socket, EndPoint target, EventHandler<SocketAsyncEventArgs> completed)
        {
            var args = _pool.Pop();
            args.RemoteEndPoint = target;
            args.Completed += completed;
            try
            {
                return socket.ConnectAsync(args);
            }
            catch (SocketException)
            {
                args.Completed -= completed;
                _pool.Push(args); // ok LCA4005: it was not begun
                throw;
            }
        }
    }
}
