// A PLC driver that has grown for fifteen years: BeginXxx first, SocketAsyncEventArgs since 2012, a serial port for the old line.
using System.Buffers.Binary;
using System.IO.Ports;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Unseen.Creation.PlcDriver
{
    public sealed class RackPoller : IDisposable
    {
        private readonly Socket _socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        private readonly byte[] _frame = new byte[1024];
        private readonly ILogger _log;
        private int _received;

        public RackPoller(ILogger log)
        {
            _log = log;
        }

        public void Start(EndPoint rack)
        {
            _socket.BeginConnect(rack, OnConnected, null); //? LCA1008
        }

        private void OnConnected(IAsyncResult ar)
        {
            _socket.EndConnect(ar); //! LCA1005
            _log.LogInformation("rack connected");
            _socket.BeginReceive(_frame, 0, _frame.Length, SocketFlags.None, OnReceived, null);
        }

        private void OnReceived(IAsyncResult ar)
        {
            try
            {
                int n = _socket.EndReceive(ar);
                if (n == 0) return;
                _received += n;
                _socket.BeginReceive(_frame, 0, _frame.Length, SocketFlags.None, OnReceived, null);
            }
            catch (SocketException ex)
            {
                _log.LogWarning(ex, "rack lost");
            }
            catch (ObjectDisposedException)
            {
                _log.LogDebug("poller stopped");
            }
        }

        public int Received { get { return _received; } }

        public void Dispose()
        {
            _socket.Dispose();
        }
    }

    public sealed class DrivePoller : IDisposable
    {
        private readonly TcpClient _tcp;
        private readonly NetworkStream _stream;
        private readonly byte[] _header = new byte[12];
        private readonly ILogger _log;

        public DrivePoller(TcpClient tcp, ILogger log)
        {
            _tcp = tcp;
            _stream = tcp.GetStream();
            _log = log;
        }

        public void Listen()
        {
            _stream.BeginRead(_header, 0, _header.Length, HeaderRead, null);
        }

        /// <summary>A lost line is foreseen, a disposed stream is not.</summary>
        private void HeaderRead(IAsyncResult ar)
        {
            try
            {
                int n = _stream.EndRead(ar); //! LCA1005
                _log.LogTrace("{Length} bytes of header", n);
            }
            catch (IOException ex)
            {
                _log.LogWarning(ex, "drive lost");
            }
        }

        public void Dispose()
        {
            _tcp.Dispose();
        }
    }

    public sealed class CellServer : IDisposable
    {
        private readonly Socket _listener;
        private readonly ILogger _log;
        private readonly Action<Socket> _serve;

        public CellServer(Socket listener, Action<Socket> serve, ILogger log)
        {
            _listener = listener;
            _serve = serve;
            _log = log;
        }

        public void Start()
        {
            _listener.BeginAccept(Accepted, _listener);
        }

        private void Accepted(IAsyncResult ar)
        {
            Socket listener = (Socket)ar.AsyncState!;
            Finish(listener, ar); //! LCA1005
        }

        private void Finish(Socket listener, IAsyncResult ar)
        {
            Socket cell = listener.EndAccept(ar);
            _serve(cell);
            listener.BeginAccept(Accepted, listener);
        }

        public void Dispose()
        {
            _listener.Dispose();
            _log.LogInformation("cell server stopped");
        }
    }

    public sealed class SafeCellServer : IDisposable
    {
        private readonly Socket _listener;
        private readonly ILogger _log;
        private readonly Action<Socket> _serve;

        public SafeCellServer(Socket listener, Action<Socket> serve, ILogger log)
        {
            _listener = listener;
            _serve = serve;
            _log = log;
        }

        public void Start()
        {
            _listener.BeginAccept(Accepted, null);
        }

        // ok LCA1005: the filter names both
        private void Accepted(IAsyncResult ar)
        {
            try
            {
                Socket cell = _listener.EndAccept(ar);
                _serve(cell);
                _listener.BeginAccept(Accepted, null);
            }
            catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException)
            {
                _log.LogInformation(ex, "no longer accepting");
            }
        }

        public void Dispose()
        {
            _listener.Dispose();
        }
    }

    public sealed class FastPoller : IDisposable
    {
        private readonly Socket _socket;
        private readonly ILogger _log;
        private readonly SocketAsyncEventArgs _receive = new SocketAsyncEventArgs();

        public FastPoller(Socket socket, ILogger log)
        {
            _socket = socket;
            _log = log;
            _receive.SetBuffer(new byte[4096], 0, 4096);
            _receive.Completed += ReceiveCompleted;
        }

        public void Start()
        {
            _socket.ReceiveAsync(_receive); //! LCA1002
        }

        private void ReceiveCompleted(object? sender, SocketAsyncEventArgs e)
        {
            if (e.SocketError != SocketError.Success)
                throw new SocketException((int)e.SocketError); //! LCA1005
            _log.LogTrace("{Length} bytes", e.BytesTransferred);
        }

        public void Dispose()
        {
            _socket.Dispose();
            _log.LogDebug("fast poller stopped");
        }
    }

    public sealed class SteadyPoller : IDisposable
    {
        private readonly Socket _socket;
        private readonly ILogger _log;
        private readonly SocketAsyncEventArgs _receive = new SocketAsyncEventArgs();

        public SteadyPoller(Socket socket, ILogger log)
        {
            _socket = socket;
            _log = log;
            _receive.SetBuffer(new byte[4096], 0, 4096);
            _receive.Completed += (s, e) => Process(e);
        }

        // ok LCA1002: a receive that is complete already is processed here
        public void Start()
        {
            if (!_socket.ReceiveAsync(_receive)) Process(_receive); //? LCA4005
        }

        private void Process(SocketAsyncEventArgs e)
        {
            try
            {
                do
                {
                    if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
                    {
                        _log.LogInformation("line ended: {Error}", e.SocketError);
                        return;
                    }
                }
                while (!_socket.ReceiveAsync(e));
            }
            catch (ObjectDisposedException)
            {
                _log.LogDebug("poller stopped");
            }
            catch (SocketException ex)
            {
                _log.LogInformation(ex, "line ended");
            }
        }

        public void Dispose()
        {
            _socket.Dispose();
        }
    }

    public sealed class SaeaDialer
    {
        private readonly ILogger _log;

        public SaeaDialer(ILogger log)
        {
            _log = log;
        }

        public void Dial(Socket socket, EndPoint remote, Action<Socket> connected)
        {
            var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
            //? LCA1008
            if (!socket.ConnectAsync(args)) Done(args); //! LCA1001
            args.Completed += (s, e) => Done(e);

            void Done(SocketAsyncEventArgs e)
            {
                if (e.SocketError == SocketError.Success) connected(socket);
                else _log.LogWarning("{Remote}: {Error}", remote, e.SocketError);
            }
        }

        // ok LCA1001 LCA1002: attached first, and the bool decides
        public void DialInOrder(Socket socket, EndPoint remote, Action<Socket> connected)
        {
            var args = new SocketAsyncEventArgs { RemoteEndPoint = remote };
            args.Completed += (s, e) => Done(e);
            bool pending = socket.ConnectAsync(args); //? LCA1008
            if (!pending) Done(args);

            void Done(SocketAsyncEventArgs e)
            {
                if (e.SocketError == SocketError.Success) connected(socket);
                else _log.LogWarning("{Remote}: {Error}", remote, e.SocketError);
            }
        }

        // ok LCA1002: the caller is told
        public static bool Begin(Socket socket, SocketAsyncEventArgs args)
        {
            return socket.ReceiveAsync(args);
        }

        public static void Probe(Socket socket, Action<SocketError> result)
        {
            var args = new SocketAsyncEventArgs();
            args.SetBuffer(new byte[1], 0, 1);
            args.Completed += (s, e) => result(e.SocketError);
            _ = socket.ReceiveAsync(args); //! LCA1002
        }

        public static void AcceptOne(Socket listener, Action<Socket?> accepted)
        {
            var args = new SocketAsyncEventArgs();
            args.Completed += (s, e) => accepted(e.AcceptSocket);
            listener.AcceptAsync(args); //! LCA1002
        }
    }

    public sealed class OldLine : IDisposable
    {
        private readonly SerialPort _port;
        private readonly ILogger _log;

        public OldLine(string name, ILogger log)
        {
            _port = new SerialPort(name, 19200);
            _log = log;
        }

        public void Open()
        {
            _port.Open(); //! LCA1001
            _log.LogInformation("line open");
        }

        public short Temperature()
        {
            var bytes = new byte[2];
            _port.Read(bytes, 0, 2);
            return BinaryPrimitives.ReadInt16BigEndian(bytes);
        }

        public void Dispose()
        {
            _port.Dispose();
        }
    }

    public sealed class WatchedLine : IDisposable
    {
        private readonly SerialPort _port;

        // ok LCA1001: framing errors are logged from the first byte on
        public WatchedLine(string name, ILogger log)
        {
            _port = new SerialPort(name, 19200);
            _port.ErrorReceived += (s, e) => log.LogWarning("line error {Type}", e.EventType);
            _port.Open();
        }

        public int Waiting { get { return _port.BytesToRead; } }

        public void Dispose()
        {
            _port.Dispose();
        }
    }
}
