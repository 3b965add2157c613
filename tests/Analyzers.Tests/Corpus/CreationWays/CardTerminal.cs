// Payment terminals, written in 2009 and kept alive since: Begin/End, Hungarian names, async void at the edges.
#nullable disable
using System.Net.Sockets;
using System.Timers;
using Timer = System.Threading.Timer;

namespace Ways.Terminals
{
    public class CTerminalConnection
    {
        private readonly Socket m_sckTerminal;
        private readonly byte[] m_abBuffer = new byte[512];
        private readonly object m_objLock = new object();
        private volatile bool m_bClosed;
        private Timer m_tmrPoll;

        public event EventHandler<byte[]> FrameReceived;

        public CTerminalConnection(Socket sckTerminal)
        {
            m_sckTerminal = sckTerminal;
        }

        public void StartUnguarded()
        {
            m_sckTerminal.BeginReceive(m_abBuffer, 0, m_abBuffer.Length, SocketFlags.None, new AsyncCallback(OnReceived), null);
        }

        private void OnReceived(IAsyncResult ar)
        {
            int nRead = m_sckTerminal.EndReceive(ar); //! LCA1005
            if (nRead <= 0) { m_bClosed = true; return; }
            var abFrame = new byte[nRead];
            Buffer.BlockCopy(m_abBuffer, 0, abFrame, 0, nRead);
            FrameReceived?.Invoke(this, abFrame);
        }

        public void StartGuarded()
        {
            m_sckTerminal.BeginReceive(m_abBuffer, 0, m_abBuffer.Length, SocketFlags.None, OnReceivedGuarded, null);
        }

        private void OnReceivedGuarded(IAsyncResult ar)
        {
            try
            {
                var nRead = m_sckTerminal.EndReceive(ar);
                if (nRead == 0) { m_bClosed = true; return; }
                m_sckTerminal.BeginReceive(m_abBuffer, 0, m_abBuffer.Length, SocketFlags.None, OnReceivedGuarded, null);
            }
            catch (SocketException) { m_bClosed = true; }
            catch (ObjectDisposedException) { m_bClosed = true; }
        }

        // Only half of what may come is caught: closing throws the other half.
        public void StartHalfGuarded(string strHost, int nPort)
        {
            m_sckTerminal.BeginConnect(strHost, nPort, delegate(IAsyncResult ar)
            {
                try { m_sckTerminal.EndConnect(ar); } //! LCA1005
                catch (SocketException) { m_bClosed = true; }
            }, null);
        }

        public void StartFiltered(string strHost, int nPort)
        {
            m_sckTerminal.BeginConnect(strHost, nPort, delegate(IAsyncResult ar)
            {
                try { m_sckTerminal.EndConnect(ar); }
                catch (Exception ex) when (ex is SocketException || ex is ObjectDisposedException) { m_bClosed = true; }
            }, null);
        }

        public void StartPolling()
        {
            m_tmrPoll = new Timer(_ => PollOnce(), null, 1000, 1000); //! LCA1005
        }

        private void PollOnce()
        {
            lock (m_objLock)
            {
                if (m_bClosed) return;
                FetchStatus();
            }
        }

        private void FetchStatus()
        {
            m_sckTerminal.Receive(m_abBuffer, 0, 1, SocketFlags.None);
        }

        public void StopPolling() { m_bClosed = true; m_tmrPoll?.Dispose(); m_sckTerminal.Close(); }
    }

    public class CTerminalThreads
    {
        private readonly NetworkStream _stm;
        private readonly Thread _thrReader;
        private int _nFrames;

        public CTerminalThreads(NetworkStream stm)
        {
            _stm = stm;
            _thrReader = new Thread(ReadLoop) { IsBackground = true, Name = "terminal" };
        }

        public void Start() => _thrReader.Start();

        private void ReadLoop()
        {
            var abHead = new byte[2];
            for (; ; )
            {
                if (_stm.Read(abHead, 0, 2) < 2) break; //! LCA1005
                _nFrames++;
            }
        }

        public void StartPooled() => ThreadPool.QueueUserWorkItem(static state => ((CTerminalThreads)state).ReadQuietly(), this);

        private void ReadQuietly()
        {
            try
            {
                ReadLoopCore();
            }
            catch (Exception ex) when (ex is IOException or ObjectDisposedException or SocketException)
            {
                _nFrames = -1;
            }
        }

        private void ReadLoopCore()
        {
            var abHead = new byte[2];
            while (_stm.Read(abHead, 0, 2) == 2) _nFrames++;
        }
    }

    public class CTerminalMonitor
    {
        private readonly System.Timers.Timer _tmr = new System.Timers.Timer(5000);
        private readonly NetworkStream _stm;
        private readonly byte[] _abEcho = new byte[1];

        public CTerminalMonitor(NetworkStream stm, bool bCareful)
        {
            _stm = stm;
            if (bCareful) _tmr.Elapsed += OnElapsedCareful;
            else _tmr.Elapsed += OnElapsed;
            _tmr.Elapsed += OnElapsedSync;
        }

        private async void OnElapsed(object sender, ElapsedEventArgs e)
        {
            if (await _stm.ReadAsync(_abEcho, 0, 1) == 0) _tmr.Stop(); //! LCA1005
        }

        private async void OnElapsedCareful(object sender, ElapsedEventArgs e)
        {
            try
            {
                if (await _stm.ReadAsync(_abEcho, 0, 1) == 0) _tmr.Stop();
            }
            catch (Exception)
            {
                _tmr.Stop();
            }
        }

        // System.Timers.Timer swallows what a synchronous handler throws
        private void OnElapsedSync(object sender, ElapsedEventArgs e)
        {
            if (_stm.Read(_abEcho, 0, 1) == 0) _tmr.Stop();
        }
    }
}
