// Ported from VB: Begin/End pairs, thread pool work items, timers, and event-based code without nullable.
#nullable disable
using System;
using System.Collections;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Field.Creation.LegacyApm
{
    public class clsPager
    {
        private Socket m_sock;
        private byte[] m_buf = new byte[1024];
        public string LastError;

        public void Open(string sHost, int iPort)
        {
            m_sock = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            m_sock.BeginConnect(sHost, iPort, new AsyncCallback(OnConnect), m_sock);
        }

        private void OnConnect(IAsyncResult ar)
        {
            Socket s = (Socket)ar.AsyncState;
            s.EndConnect(ar); //! LCA1005
            s.BeginReceive(m_buf, 0, m_buf.Length, SocketFlags.None, new AsyncCallback(OnReceive), s);
        }

        // ok LCA1005: both kinds are caught
        private void OnReceive(IAsyncResult ar)
        {
            Socket s = (Socket)ar.AsyncState;
            try
            {
                int n = s.EndReceive(ar);
                if (n == 0) { Close(); return; }
                s.BeginReceive(m_buf, 0, m_buf.Length, SocketFlags.None, OnReceive, s);
            }
            catch (SocketException ex)
            {
                LastError = ex.Message;
                Close();
            }
            catch (ObjectDisposedException)
            {
                LastError = "closed";
            }
        }

        public void Close()
        {
            if (m_sock != null) { m_sock.Close(); m_sock = null; }
        }
    }

    public class clsServer
    {
        private readonly TcpListener m_listener = new TcpListener(IPAddress.Any, 4000);
        private readonly ArrayList m_clients = ArrayList.Synchronized(new ArrayList());

        public void Start()
        {
            m_listener.Start();
            m_listener.BeginAcceptTcpClient(OnAccept, null);
        }

        // Stop disposes the listener: EndAccept throws ObjectDisposedException, which nobody catches.
        private void OnAccept(IAsyncResult ar)
        {
            TcpClient c = null;
            try
            {
                c = m_listener.EndAcceptTcpClient(ar); //! LCA1005
            }
            catch (SocketException)
            {
                return;
            }
            m_clients.Add(c);
            ThreadPool.QueueUserWorkItem(Serve, c);
            m_listener.BeginAcceptTcpClient(OnAccept, null);
        }

        private void Serve(object o)
        {
            TcpClient c = (TcpClient)o;
            StreamReader reader = new StreamReader(c.GetStream(), Encoding.ASCII);
            string line;
            while ((line = reader.ReadLine()) != null) //! LCA1005
            {
                Console.WriteLine(line);
            }
            c.Close();
        }

        public void Stop() { m_listener.Stop(); }
    }

    public class clsPollingReader
    {
        private readonly NetworkStream m_stream;
        private readonly Timer m_timer;
        private readonly byte[] m_buf = new byte[256];
        public int Total;

        public clsPollingReader(NetworkStream stream)
        {
            m_stream = stream;
            m_timer = new Timer(Poll, null, 1000, Timeout.Infinite);
        }

        private void Poll(object state)
        {
            if (m_stream.DataAvailable)
                Total += m_stream.Read(m_buf, 0, m_buf.Length); //! LCA1005
            m_timer.Change(1000, Timeout.Infinite);
        }

        public void Stop() { m_timer.Dispose(); m_stream.Close(); }
    }

    public class clsSafePollingReader
    {
        private readonly NetworkStream m_stream;
        private readonly Timer m_timer;
        private readonly byte[] m_buf = new byte[256];
        public int Total;

        public clsSafePollingReader(NetworkStream stream)
        {
            m_stream = stream;
            m_timer = new Timer(Poll, null, 1000, Timeout.Infinite);
        }

        // ok LCA1005: all of it in a try of both kinds
        private void Poll(object state)
        {
            try
            {
                if (m_stream.DataAvailable) Total += m_stream.Read(m_buf, 0, m_buf.Length);
                m_timer.Change(1000, Timeout.Infinite);
            }
            catch (IOException) { Stop(); }
            catch (ObjectDisposedException) { }
        }

        public void Stop() { m_timer.Dispose(); m_stream.Close(); }
    }

    public class clsReaderThread
    {
        private readonly Socket m_sock;
        private Thread m_thread;

        public clsReaderThread(Socket sock) { m_sock = sock; }

        public void Start()
        {
            m_thread = new Thread(new ThreadStart(Loop)) { IsBackground = true };
            m_thread.Start();
        }

        private void Loop()
        {
            byte[] buf = new byte[512];
            while (true)
            {
                int n = m_sock.Receive(buf); //! LCA1005
                if (n == 0) break;
                Console.WriteLine(n);
            }
        }

        public void Stop() { m_sock.Close(); m_thread.Join(); }
    }

    // ok LCA1005: the swallowing timer, synchronous handler
    public class clsTimersTimer
    {
        private readonly System.Timers.Timer m_timer = new System.Timers.Timer(5000);
        private readonly NetworkStream m_stream;
        public int Last;

        public clsTimersTimer(NetworkStream stream)
        {
            m_stream = stream;
            m_timer.Elapsed += Tick;
            m_timer.Start();
        }

        private void Tick(object sender, System.Timers.ElapsedEventArgs e) { Last = m_stream.ReadByte(); }
    }

    public class clsAsyncTimersTimer
    {
        private readonly System.Timers.Timer m_timer = new System.Timers.Timer(5000);
        private readonly NetworkStream m_stream;
        private readonly byte[] m_buf = new byte[16];
        public int Last;

        public clsAsyncTimersTimer(NetworkStream stream)
        {
            m_stream = stream;
            m_timer.Elapsed += async delegate
            {
                Last = await m_stream.ReadAsync(m_buf, 0, m_buf.Length); //! LCA1005
            };
            m_timer.Start();
        }
    }
}
