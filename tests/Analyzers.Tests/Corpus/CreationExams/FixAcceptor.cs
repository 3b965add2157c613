using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace HeldOut.Creation.FixAcceptor
{
    /// <summary>
    /// FIX 4.2 acceptor, written against the Begin/End pattern.
    /// </summary>
    public class FixAcceptor
    {
        private readonly TcpListener m_lstListener;
        private readonly object m_objSync = new object();
        private readonly List<FixSessionState> m_colStates = new List<FixSessionState>();
        private bool m_bStopped;

        public FixAcceptor(IPEndPoint objLocal)
        {
            m_lstListener = new TcpListener(objLocal);
        }

        public void Start()
        {
            m_lstListener.Start();
            m_lstListener.BeginAcceptTcpClient(new AsyncCallback(OnAccept), null);
        }

        private void OnAccept(IAsyncResult ar)
        {
            if (m_bStopped) return;
            TcpClient objClient = m_lstListener.EndAcceptTcpClient(ar); //! LCA1005
            FixSessionState objState = new FixSessionState(objClient);
            lock (m_objSync) m_colStates.Add(objState);
            objState.Begin();
            m_lstListener.BeginAcceptTcpClient(OnAccept, null);
        }

        public void Stop()
        {
            m_bStopped = true;
            m_lstListener.Stop();
        }
    }

    public class FixSessionState
    {
        private readonly TcpClient m_objClient;
        private readonly NetworkStream m_objStream;
        private readonly byte[] m_abBuffer = new byte[8192];

        public FixSessionState(TcpClient objClient)
        {
            m_objClient = objClient;
            m_objStream = objClient.GetStream();
        }

        public event EventHandler<FixMessageEventArgs> MessageReceived;

        public void Begin()
        {
            m_objStream.BeginRead(m_abBuffer, 0, m_abBuffer.Length, OnRead, null);
        }

        // Catches what the network throws and not what Close() throws.
        private void OnRead(IAsyncResult ar)
        {
            try
            {
                int nRead = m_objStream.EndRead(ar); //! LCA1005
                if (nRead == 0)
                {
                    m_objClient.Close();
                    return;
                }
                Raise(Encoding.ASCII.GetString(m_abBuffer, 0, nRead));
                Begin();
            }
            catch (IOException)
            {
                m_objClient.Close();
            }
        }

        private void Raise(string strText)
        {
            EventHandler<FixMessageEventArgs> objHandler = MessageReceived;
            if (objHandler != null) objHandler(this, new FixMessageEventArgs(strText));
        }
    }

    public class FixMessageEventArgs : EventArgs
    {
        public FixMessageEventArgs(string strText) { Text = strText; }
        public string Text { get; private set; }
    }

    public class FixInitiator
    {
        private readonly Socket m_objSocket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        private readonly ManualResetEvent m_evtDone = new ManualResetEvent(false);
        private readonly byte[] m_abIn = new byte[4096];
        private Exception m_exFailure;

        public void Connect(EndPoint objRemote)
        {
            m_objSocket.BeginConnect(objRemote, OnConnect, m_objSocket);
            m_evtDone.WaitOne();
            if (m_exFailure != null) throw new IOException("logon impossible", m_exFailure);
        }

        // ok LCA1005: whatever ends the connect is handed to the waiting thread
        private void OnConnect(IAsyncResult ar)
        {
            try
            {
                ((Socket)ar.AsyncState).EndConnect(ar);
            }
            catch (Exception ex)
            {
                m_exFailure = ex;
            }
            finally
            {
                m_evtDone.Set();
            }
        }

        public void BeginReceive()
        {
            m_objSocket.BeginReceive(m_abIn, 0, m_abIn.Length, SocketFlags.None, delegate(IAsyncResult ar) { Completed(ar); }, null); //! LCA1005
        }

        private void Completed(IAsyncResult ar)
        {
            int nRead = m_objSocket.EndReceive(ar);
            if (nRead > 0) BeginReceive();
        }

        // ok LCA1005: a filter over both kinds, the re-arming inside
        public void BeginReceiveGuarded()
        {
            m_objSocket.BeginReceive(m_abIn, 0, m_abIn.Length, SocketFlags.None, GuardedCompleted, null);
        }

        private void GuardedCompleted(IAsyncResult ar)
        {
            try
            {
                if (m_objSocket.EndReceive(ar) > 0) BeginReceiveGuarded();
            }
            catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException)
            {
                m_exFailure = ex;
            }
        }

        public void Close()
        {
            m_objSocket.Close();
        }
    }

    public class SequenceStore
    {
        private readonly FileStream m_objFile = new FileStream("seq.dat", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 512, true);
        private readonly byte[] m_abNumber = new byte[4];

        // ok LCA1005: a file is no connection
        public void Store()
        {
            m_objFile.BeginWrite(m_abNumber, 0, 4, delegate(IAsyncResult ar) { m_objFile.EndWrite(ar); }, null);
        }
    }

    public class FixMonitor : IDisposable
    {
        private readonly Timer m_tmrPoll;
        private readonly UdpClient m_objUdp = new UdpClient(9878);
        private readonly object m_objLock = new object();
        private bool m_bDisposed;
        private IPEndPoint m_objFrom = new IPEndPoint(IPAddress.Any, 0);

        public FixMonitor()
        {
            m_tmrPoll = new Timer(Poll, null, 1000, Timeout.Infinite);
        }

        private void Poll(object objState)
        {
            try
            {
                if (m_objUdp.Available > 0) m_objUdp.Receive(ref m_objFrom);
            }
            catch (SocketException) { }
            catch (ObjectDisposedException) { return; }
            finally
            {
                lock (m_objLock)
                {
                    if (!m_bDisposed) m_tmrPoll.Change(1000, Timeout.Infinite);
                }
            }
        }

        // ok LCA1005: the flag and the timer change under one lock
        public void Dispose()
        {
            lock (m_objLock)
            {
                m_bDisposed = true;
                m_tmrPoll.Dispose();
            }
            m_objUdp.Close();
        }
    }

    public class RawMonitor : IDisposable
    {
        private readonly Timer m_tmrPoll;
        private readonly UdpClient m_objUdp = new UdpClient(9879);
        private IPEndPoint m_objFrom = new IPEndPoint(IPAddress.Any, 0);

        public RawMonitor()
        {
            m_tmrPoll = new Timer(Poll, null, 1000, Timeout.Infinite);
        }

        private void Poll(object objState)
        {
            try
            {
                while (m_objUdp.Available > 0) m_objUdp.Receive(ref m_objFrom);
            }
            catch (Exception)
            {
            }
            finally
            {
                m_tmrPoll.Change(1000, Timeout.Infinite); //! LCA1005
            }
        }

        public void Dispose()
        {
            m_tmrPoll.Dispose();
            m_objUdp.Close();
        }
    }
}
