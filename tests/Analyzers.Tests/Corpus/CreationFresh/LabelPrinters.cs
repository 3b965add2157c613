// Label printers of a warehouse, in the style of ten years ago: Begin/End, SocketAsyncEventArgs, regions.
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fresh.Creation.LabelPrinters
{
    public delegate void PrinterEvent(string printer, string what);

    public class PrinterLine : IDisposable
    {
        #region fields

        private readonly string m_name;
        private readonly EndPoint m_address;
        private readonly byte[] m_status = new byte[256];
        private Socket m_socket;
        private bool m_disposed;

        #endregion

        public event PrinterEvent Happened;

        public PrinterLine(string name, EndPoint address)
        {
            m_name = name;
            m_address = address;
            m_socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        }

        #region without a net

        public void Connect()
        {
            m_socket.BeginConnect(m_address, OnConnected, m_socket);
        }

        private void OnConnected(IAsyncResult ar)
        {
            var socket = (Socket)ar.AsyncState;
            socket.EndConnect(ar); //! LCA1005
            Raise("connected");
            socket.BeginReceive(m_status, 0, m_status.Length, SocketFlags.None, OnStatus, socket);
        }

        private void OnStatus(IAsyncResult ar)
        {
            var socket = (Socket)ar.AsyncState;
            int n;
            try
            {
                n = socket.EndReceive(ar); //! LCA1005
            }
            catch (SocketException e)
            {
                Raise(e.SocketErrorCode.ToString());
                return;
            }

            if (n == 0)
            {
                Raise("gone");
                return;
            }

            Raise(Encoding.ASCII.GetString(m_status, 0, n));
        }

        #endregion

        #region with a net

        public void ConnectCarefully()
        {
            m_socket.BeginConnect(m_address, OnConnectedCarefully, m_socket);
        }

        private void OnConnectedCarefully(IAsyncResult ar)
        {
            var socket = (Socket)ar.AsyncState;
            try
            {
                socket.EndConnect(ar);
                socket.BeginReceive(m_status, 0, m_status.Length, SocketFlags.None, OnStatusCarefully, socket);
            }
            catch (Exception e) when (e is SocketException || e is ObjectDisposedException)
            {
                Raise(e.Message);
            }
        }

        private void OnStatusCarefully(IAsyncResult ar)
        {
            try
            {
                Consume((Socket)ar.AsyncState, ar);
            }
            catch (SocketException e)
            {
                Raise(e.Message);
            }
            catch (ObjectDisposedException)
            {
            }
        }

        private void Consume(Socket socket, IAsyncResult ar)
        {
            var n = socket.EndReceive(ar);
            if (n > 0) Raise(Encoding.ASCII.GetString(m_status, 0, n));
        }

        #endregion

        #region status poll through SocketAsyncEventArgs

        public void Poll()
        {
            var e = new SocketAsyncEventArgs();
            e.SetBuffer(new byte[128], 0, 128);
            e.Completed += OnPolled;
            m_socket.ReceiveAsync(e); //! LCA1002
        }

        public void PollBothWays()
        {
            var e = new SocketAsyncEventArgs();
            e.SetBuffer(new byte[128], 0, 128);
            e.Completed += OnPolled;
            if (!m_socket.ReceiveAsync(e))
                OnPolled(m_socket, e);
        }

        private void OnPolled(object sender, SocketAsyncEventArgs e)
        {
            if (e.SocketError != SocketError.Success || e.BytesTransferred == 0)
            {
                e.Dispose();
                Raise("poll failed");
                return;
            }

            Raise(Encoding.ASCII.GetString(e.Buffer, 0, e.BytesTransferred));
            e.Dispose();
        }

        public void Warm()
        {
            var e = new SocketAsyncEventArgs { RemoteEndPoint = m_address };
            e.Completed += (s, a) =>
            {
                if (a.SocketError != SocketError.Success)
                    throw new SocketException((int)a.SocketError); //! LCA1005
                Raise("warm");
            };
            bool pending = m_socket.ConnectAsync(e);
            if (!pending) Raise("warm at once");
        }

        #endregion

        private void Raise(string what)
        {
            var handler = Happened;
            if (handler != null) handler(m_name, what);
        }

        public void Dispose()
        {
            if (m_disposed) return;
            m_disposed = true;
            m_socket.Close();
        }
    }

    /// <summary>How many printers are being talked to; the sign at the wall shows it.</summary>
    public class PrinterFloor
    {
        private readonly object m_lock = new object();
        private int m_busy;
        private int m_talking;

        public int Busy { get { lock (m_lock) return m_busy; } }

        public int Talking { get { return m_talking; } }

        public void Print(EndPoint printer, byte[] label)
        {
            lock (m_lock) m_busy++; //! LCA1007
            using (var socket = new Socket(printer.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
            {
                socket.Connect(printer);
                if (label.Length == 0) return;
                socket.Send(label);
                socket.Shutdown(SocketShutdown.Both);
            }

            lock (m_lock) m_busy--;
        }

        public void PrintAndSignOff(EndPoint printer, byte[] label)
        {
            Interlocked.Increment(ref m_talking);
            try
            {
                using (var socket = new Socket(printer.AddressFamily, SocketType.Stream, ProtocolType.Tcp))
                {
                    socket.Connect(printer);
                    if (label.Length == 0) return;
                    socket.Send(label);
                }
            }
            finally
            {
                Interlocked.Decrement(ref m_talking);
            }
        }
    }
}
