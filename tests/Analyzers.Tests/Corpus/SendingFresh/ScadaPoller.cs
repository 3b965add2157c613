// A SCADA front end in C# 7: sockets, locks, Connected flags, and catch clauses from another age.
using System.Net.Sockets;
using System.Text;

namespace Fresh.Sending.ScadaPoller
{
    public interface ITrace
    {
        void Write(string text);
    }

    public class StationPoller
    {
        private readonly TcpClient client;
        private readonly ITrace trace;
        private readonly object sync = new object();
        private readonly Timer timer;
        private bool closed;

        public StationPoller(TcpClient client, ITrace trace)
        {
            this.client = client;
            this.trace = trace;
            this.timer = new Timer(this.Poll, null, 1000, 1000);
        }

        private void Poll(object state)
        {
            lock (this.sync)
            {
                if (this.closed)
                {
                    return;
                }

                this.Ask("POLL\r\n");
            }
        }

        private void Ask(string text)
        {
            var bytes = Encoding.ASCII.GetBytes(text);
            this.client.GetStream().Write(bytes, 0, bytes.Length);
        }

        /// <summary>Takes the flag of the last write for the state of the line.</summary>
        public void PollAll(string[] questions)
        {
            foreach (var question in questions)
            {
                if (!this.client.Connected) //! LCA2003
                {
                    this.trace.Write("line is down");
                    return;
                }

                lock (this.sync)
                {
                    this.Ask(question);
                }
            }
        }

        public string Describe()
        {
            return this.client.Connected ? "up" : "down";
        }

        public void Close()
        {
            lock (this.sync)
            {
                this.closed = true;
                this.timer.Dispose();
                if (this.client.Connected)
                {
                    this.client.Client.Shutdown(SocketShutdown.Both);
                }

                this.client.Close();
            }
        }
    }

    public class AlarmForwarder
    {
        private readonly Socket socket;
        private readonly ITrace trace;

        public AlarmForwarder(Socket socket, ITrace trace)
        {
            this.socket = socket;
            this.trace = trace;
        }

        public void Attach(AlarmBoard board)
        {
            board.Raised += this.OnRaised;
            board.Cleared += this.OnCleared;
            board.Acknowledged += delegate(object sender, AlarmEventArgs e) { this.Forward('K', e); };
        }

        private void OnRaised(object sender, AlarmEventArgs e)
        {
            this.trace.Write("raised " + e.Tag);
            this.socket.Send(Encoding.ASCII.GetBytes("R" + e.Tag)); //! LCA2001
        }

        private void OnCleared(object sender, AlarmEventArgs e)
        {
            try
            {
                this.socket.Send(Encoding.ASCII.GetBytes("C" + e.Tag));
            }
            catch //! LCA2005
            {
            }
        }

        // ok LCA2001: what a closing socket throws is caught, and told
        private void Forward(char kind, AlarmEventArgs e)
        {
            try
            {
                this.socket.Send(Encoding.ASCII.GetBytes(kind + e.Tag));
            }
            catch (SocketException error)
            {
                this.trace.Write(error.Message);
            }
            catch (ObjectDisposedException)
            {
                this.trace.Write("late alarm " + e.Tag);
            }
        }

        public void Drain(Queue<byte[]> backlog)
        {
            while (this.socket.Connected && backlog.Count > 0) //! LCA2003
            {
                this.socket.Send(backlog.Dequeue());
            }
        }
    }

    public class AlarmEventArgs : EventArgs
    {
        public AlarmEventArgs(string tag)
        {
            this.Tag = tag;
        }

        public string Tag { get; private set; }
    }

    public class AlarmBoard
    {
        public event EventHandler<AlarmEventArgs> Raised;

        public event EventHandler<AlarmEventArgs> Cleared;

        public event EventHandler<AlarmEventArgs> Acknowledged;

        public void Set(string tag, int state)
        {
            var e = new AlarmEventArgs(tag);
            switch (state)
            {
                case 0:
                    this.Cleared?.Invoke(this, e);
                    break;
                case 1:
                    this.Raised?.Invoke(this, e);
                    break;
                default:
                    this.Acknowledged?.Invoke(this, e);
                    break;
            }
        }
    }

    public class LineWatch
    {
        private readonly object sync = new object();
        private readonly StationLink link;

        public LineWatch(StationLink link)
        {
            this.link = link;
        }

        public void Report(string text)
        {
            bool usable;
            lock (this.sync)
            {
                usable = this.link.IsOpen;
            }

            if (usable)
            {
                this.link.Send(text); //! LCA2002
            }
        }

        public void ReportAtOnce(string text)
        {
            lock (this.sync)
            {
                if (this.link.IsOpen)
                {
                    this.link.Send(text);
                }
            }
        }
    }

    public class StationLink
    {
        private readonly Socket socket;

        public StationLink(Socket socket)
        {
            this.socket = socket;
            this.IsOpen = true;
        }

        public bool IsOpen { get; private set; }

        public void Send(string text)
        {
            if (!this.IsOpen)
            {
                throw new InvalidOperationException("closed");
            }

            this.socket.Send(Encoding.ASCII.GetBytes(text));
        }

        public void Close()
        {
            this.IsOpen = false;
            this.socket.Close();
        }
    }
}
