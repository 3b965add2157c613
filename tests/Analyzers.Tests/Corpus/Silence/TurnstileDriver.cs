// A driver for turnstiles, C# 6 style: Begin/End with a state object, timers that may fire late, a count that is right.
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fresh.Silence.TurnstileDriver
{
    public interface ITurnstileSink
    {
        void Passed(int gate, string card);
        void Lost(int gate, Exception why);
    }

    public sealed class TurnstileLine : IDisposable
    {
        private sealed class ReceiveState
        {
            public readonly Socket Socket;
            public readonly byte[] Buffer = new byte[128];

            public ReceiveState(Socket socket)
            {
                this.Socket = socket;
            }
        }

        private readonly object _gate = new object();
        private readonly int _number;
        private readonly EndPoint _address;
        private readonly ITurnstileSink _sink;
        private readonly Timer _beat;
        private Socket _socket;
        private bool _disposed;

        public TurnstileLine(int number, EndPoint address, ITurnstileSink sink)
        {
            _number = number;
            _address = address;
            _sink = sink;
            _beat = new Timer(Beat, null, Timeout.Infinite, Timeout.Infinite);
        }

        public void Start()
        {
            var socket = new Socket(_address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.BeginConnect(_address, Connected, socket);
            }
            catch (Exception)
            {
                socket.Close();
                throw;
            }
        }

        private void Connected(IAsyncResult ar)
        {
            var socket = (Socket)ar.AsyncState;
            try
            {
                socket.EndConnect(ar);
                lock (_gate)
                {
                    if (_disposed)
                    {
                        socket.Close();
                        return;
                    }

                    _socket = socket;
                    _beat.Change(5000, 5000);
                }

                var state = new ReceiveState(socket);
                socket.BeginReceive(state.Buffer, 0, state.Buffer.Length, SocketFlags.None, Received, state);
            }
            catch (SocketException e)
            {
                Drop(socket, e);
            }
            catch (ObjectDisposedException e)
            {
                Drop(socket, e);
            }
        }

        private void Received(IAsyncResult ar)
        {
            var state = (ReceiveState)ar.AsyncState;
            try
            {
                var n = state.Socket.EndReceive(ar);
                if (n == 0)
                {
                    Drop(state.Socket, null);
                    return;
                }

                _sink.Passed(_number, Encoding.ASCII.GetString(state.Buffer, 0, n).TrimEnd());
                state.Socket.BeginReceive(state.Buffer, 0, state.Buffer.Length, SocketFlags.None, Received, state);
            }
            catch (Exception e)
            {
                if (!(e is SocketException || e is ObjectDisposedException)) throw;
                Drop(state.Socket, e);
            }
        }

        private void Beat(object ignored)
        {
            lock (_gate)
            {
                if (_disposed || _socket == null) return;
                try
                {
                    _socket.Send(new byte[] { 0x16 });
                }
                catch (SocketException e)
                {
                    _sink.Lost(_number, e);
                    _socket.Close();
                    _socket = null;
                }
            }
        }

        public bool Release(string card)
        {
            Socket socket;
            lock (_gate) socket = _disposed ? null : _socket;
            if (socket == null) return false;
            try
            {
                socket.Send(Encoding.ASCII.GetBytes("OPEN " + card + "\n"));
                return true;
            }
            catch (SocketException e)
            {
                Drop(socket, e);
                return false;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        private void Drop(Socket socket, Exception why)
        {
            lock (_gate)
            {
                if (ReferenceEquals(_socket, socket)) _socket = null;
            }

            socket.Close();
            _sink.Lost(_number, why);
        }

        public void Dispose()
        {
            lock (_gate)
            {
                if (_disposed) return;
                _disposed = true;
                _beat.Dispose();
                if (_socket != null) _socket.Close();
                _socket = null;
            }
        }
    }

    /// <summary>Counts lines that are up; the count goes down with the line, whoever ends it.</summary>
    public sealed class TurnstileHall : IDisposable
    {
        private readonly Dictionary<int, TurnstileLine> _lines = new Dictionary<int, TurnstileLine>();
        private readonly ITurnstileSink _sink;

        public TurnstileHall(ITurnstileSink sink)
        {
            _sink = sink;
        }

        public void Open(int number, EndPoint address)
        {
            var line = new TurnstileLine(number, address, _sink);
            lock (_lines) _lines.Add(number, line);
            line.Start();
        }

        public void Shut(int number)
        {
            TurnstileLine line;
            lock (_lines)
            {
                if (!_lines.TryGetValue(number, out line)) return;
                _lines.Remove(number);
            }

            line.Dispose();
        }

        public void Dispose()
        {
            lock (_lines)
            {
                foreach (var line in _lines.Values) line.Dispose();
                _lines.Clear();
            }
        }
    }
}
