// SocketAsyncEventArgs and their pools, as written for a broker's front end.
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Unseen.Isolation.OperationPools
{
    public sealed class SendPool
    {
        private readonly ConcurrentStack<SocketAsyncEventArgs> _idle = new ConcurrentStack<SocketAsyncEventArgs>();
        private readonly ILogger _log;

        public SendPool(ILogger log)
        {
            _log = log;
        }

        private SocketAsyncEventArgs Rent(EventHandler<SocketAsyncEventArgs> completed)
        {
            if (_idle.TryPop(out var args)) return args;
            args = new SocketAsyncEventArgs();
            args.Completed += completed;
            return args;
        }

        /// <summary>Back in the pool before the socket is done with it.</summary>
        public void SendEarly(Socket socket, byte[] frame)
        {
            var args = Rent(Logged);
            args.SetBuffer(frame, 0, frame.Length);
            if (!socket.SendAsync(args)) Logged(socket, args);
            _idle.Push(args); //! LCA4005
        }

        private void Logged(object? sender, SocketAsyncEventArgs e)
        {
            _log.LogTrace("{Length} sent: {Error}", e.BytesTransferred, e.SocketError);
        }
    }

    public sealed class SteadySendPool
    {
        private readonly ConcurrentStack<SocketAsyncEventArgs> _idle = new ConcurrentStack<SocketAsyncEventArgs>();
        private readonly ILogger _log;

        public SteadySendPool(ILogger log)
        {
            _log = log;
        }

        // ok LCA4005: given back by whichever way the operation completes
        public void Send(Socket socket, byte[] frame)
        {
            if (!_idle.TryPop(out var args))
            {
                args = new SocketAsyncEventArgs();
                args.Completed += Sent;
            }

            args.SetBuffer(frame, 0, frame.Length);
            if (!socket.SendAsync(args)) Sent(socket, args);
        }

        private void Sent(object? sender, SocketAsyncEventArgs e)
        {
            _log.LogTrace("{Length} sent: {Error}", e.BytesTransferred, e.SocketError);
            e.SetBuffer(null, 0, 0);
            _idle.Push(e);
        }
    }

    public sealed class FinallyPool
    {
        private readonly ConcurrentBag<SocketAsyncEventArgs> _idle = new ConcurrentBag<SocketAsyncEventArgs>();
        private readonly Action<SocketError> _sent;

        public FinallyPool(Action<SocketError> sent)
        {
            _sent = sent;
        }

        public void Send(Socket socket, byte[] frame)
        {
            if (!_idle.TryTake(out var args))
            {
                args = new SocketAsyncEventArgs();
                args.Completed += (s, e) => _sent(e.SocketError);
            }

            try
            {
                args.SetBuffer(frame, 0, frame.Length);
                if (!socket.SendAsync(args)) _sent(args.SocketError);
            }
            finally
            {
                _idle.Add(args); //! LCA4005
            }
        }
    }

    public sealed class Acceptor
    {
        private readonly Socket _listener;
        private readonly Action<Socket> _serve;
        private readonly SocketAsyncEventArgs _accept = new SocketAsyncEventArgs();

        public Acceptor(Socket listener, Action<Socket> serve)
        {
            _listener = listener;
            _serve = serve;
            _accept.Completed += (s, e) => Accepted(e);
        }

        public void Start()
        {
            if (!_listener.AcceptAsync(_accept)) Accepted(_accept);
            _accept.AcceptSocket = null; //! LCA4005
        }

        private void Accepted(SocketAsyncEventArgs e)
        {
            if (e.SocketError == SocketError.Success) _serve(e.AcceptSocket!);
        }
    }

    public sealed class OrderlyAcceptor
    {
        private readonly Socket _listener;
        private readonly Action<Socket> _serve;
        private readonly ILogger _log;
        private readonly SocketAsyncEventArgs _accept = new SocketAsyncEventArgs();

        public OrderlyAcceptor(Socket listener, Action<Socket> serve, ILogger log)
        {
            _listener = listener;
            _serve = serve;
            _log = log;
            _accept.Completed += (s, e) => AcceptLoop(e);
        }

        public void Start()
        {
            if (!_listener.AcceptAsync(_accept)) AcceptLoop(_accept); //? LCA4005
        }

        // ok LCA4005: cleared only when the accept that filled it has completed
        private void AcceptLoop(SocketAsyncEventArgs e)
        {
            try
            {
                do
                {
                    if (e.SocketError != SocketError.Success) return;
                    _serve(e.AcceptSocket!);
                    e.AcceptSocket = null;
                }
                while (!_listener.AcceptAsync(e));
            }
            catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException)
            {
                _log.LogInformation(ex, "no longer accepting");
            }
        }
    }

    public sealed class TimedReceiver
    {
        private readonly Socket _socket;
        private readonly ILogger _log;

        public TimedReceiver(Socket socket, ILogger log)
        {
            _socket = socket;
            _log = log;
        }

        /// <summary>After the timeout the receive is still pending.</summary>
        public int Receive(byte[] target, int milliseconds)
        {
            var done = new ManualResetEventSlim();
            var args = new SocketAsyncEventArgs();
            args.Completed += (s, e) => done.Set();
            args.SetBuffer(target, 0, target.Length);
            if (_socket.ReceiveAsync(args) && !done.Wait(milliseconds))
            {
                _log.LogWarning("nothing received");
                args.Dispose(); //! LCA4005
                return -1;
            }

            return args.BytesTransferred;
        }

        // ok LCA4005: waited for, then disposed
        public int ReceiveToTheEnd(byte[] target)
        {
            using var done = new ManualResetEventSlim();
            var args = new SocketAsyncEventArgs();
            args.Completed += (s, e) => done.Set();
            args.SetBuffer(target, 0, target.Length);
            if (_socket.ReceiveAsync(args)) done.Wait();
            var n = args.BytesTransferred;
            args.Dispose();
            return n;
        }

        // ok LCA4005: the task ends in the completion, the using after it
        public async Task<int> ReceiveAsync(byte[] target)
        {
            using var args = new SocketAsyncEventArgs();
            var done = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
            args.Completed += (s, e) => done.TrySetResult(e.BytesTransferred);
            args.SetBuffer(target, 0, target.Length);
            if (!_socket.ReceiveAsync(args)) return args.BytesTransferred;
            return await done.Task;
        }
    }

    public sealed class Correlator
    {
        private readonly ConcurrentDictionary<Guid, SocketError> _results = new ConcurrentDictionary<Guid, SocketError>();

        public void SendTagged(Socket socket, byte[] frame, Guid request)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += (s, e) => Note(e);
            args.SetBuffer(frame, 0, frame.Length);
            if (!socket.SendAsync(args)) Note(args);
            args.UserToken = request; //! LCA4005
        }

        // ok LCA4005: tagged before it starts
        public void SendTaggedFirst(Socket socket, byte[] frame, Guid request)
        {
            var args = new SocketAsyncEventArgs { UserToken = request };
            args.Completed += (s, e) => Note(e);
            args.SetBuffer(frame, 0, frame.Length);
            if (!socket.SendAsync(args)) Note(args);
        }

        /// <summary>One operation object for the request and its answer.</summary>
        public void SendThenReceive(Socket socket, byte[] frame)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += (s, e) => Note(e);
            args.SetBuffer(frame, 0, frame.Length);
            if (!socket.SendAsync(args)) Note(args);
            if (!socket.ReceiveAsync(args)) Note(args); //! LCA4005
        }

        // ok LCA4005: one for each
        public void SendAndReceive(Socket socket, byte[] frame, byte[] answer)
        {
            var sending = new SocketAsyncEventArgs();
            sending.Completed += (s, e) => Note(e);
            sending.SetBuffer(frame, 0, frame.Length);
            var receiving = new SocketAsyncEventArgs();
            receiving.Completed += (s, e) => Note(e);
            receiving.SetBuffer(answer, 0, answer.Length);
            if (!socket.SendAsync(sending)) Note(sending);
            if (!socket.ReceiveAsync(receiving)) Note(receiving);
        }

        private void Note(SocketAsyncEventArgs e)
        {
            if (e.UserToken is Guid request) _results[request] = e.SocketError;
        }
    }
}
