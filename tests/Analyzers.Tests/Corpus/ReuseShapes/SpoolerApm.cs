using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Legacy.Spooling
{
    /// <summary>Sends jobs to a line printer in the old asynchronous manner.</summary>
    public class LinePrinterClient : IDisposable
    {
        private readonly EndPoint _printer;
        private readonly ManualResetEvent _sent = new ManualResetEvent(false);
        private Socket _socket;
        private Exception _failure;

        public LinePrinterClient(EndPoint printer)
        {
            _printer = printer;
        }

        private Socket Line
        {
            get
            {
                if (_socket == null)
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                    try
                    {
                        socket.Connect(_printer);
                    }
                    catch (SocketException)
                    {
                        socket.Close();
                        throw;
                    }

                    _socket = socket;
                }

                return _socket;
            }
        }

        public void Print(string job)
        {
            byte[] bytes = Encoding.ASCII.GetBytes(job);
            _sent.Reset();
            Line.BeginSend(bytes, 0, bytes.Length, SocketFlags.None, OnSent, Line); //! LCA3001
            _sent.WaitOne();
            if (_failure != null) throw new IOException("The printer did not take the job.", _failure);
        }

        private void OnSent(IAsyncResult result)
        {
            try
            {
                ((Socket)result.AsyncState).EndSend(result);
                _failure = null;
            }
            catch (SocketException e)
            {
                _failure = e;
            }
            catch (ObjectDisposedException e)
            {
                _failure = e;
            }

            _sent.Set();
        }

        public void Dispose()
        {
            if (_socket != null) _socket.Close();
            _sent.Close();
        }
    }

    /// <summary>Hangs up after each batch and leaves the field as it was.</summary>
    public class BatchPrinterClient
    {
        private readonly string _host;
        private TcpClient _client;

        public BatchPrinterClient(string host)
        {
            _host = host;
        }

        public void PrintBatch(IEnumerable<string> jobs)
        {
            EnsureClient();
            foreach (string job in jobs)
            {
                byte[] bytes = Encoding.ASCII.GetBytes(job);
                _client.GetStream().Write(bytes, 0, bytes.Length); //! LCA3001
            }
        }

        public void HangUp()
        {
            if (_client != null) _client.Close();
        }

        private void EnsureClient()
        {
            if (_client != null) return;
            _client = new TcpClient(_host, 9100); //? LCA1008
        }
    }

    /// <summary>The same, but hanging up forgets the client, and every failure hangs up.</summary>
    public class ForgetfulPrinterClient
    {
        private readonly string _host;
        private TcpClient _client;

        public ForgetfulPrinterClient(string host)
        {
            _host = host;
        }

        public void PrintBatch(IEnumerable<string> jobs)
        {
            try
            {
                EnsureClient();
                foreach (string job in jobs)
                {
                    byte[] bytes = Encoding.ASCII.GetBytes(job);
                    _client.GetStream().Write(bytes, 0, bytes.Length); // ok LCA3001: a failure hangs up
                }
            }
            catch (Exception)
            {
                HangUp();
                throw;
            }
        }

        public void HangUp()
        {
            TcpClient old = _client;
            _client = null;
            if (old != null) old.Close();
        }

        private void EnsureClient()
        {
            if (_client == null) _client = new TcpClient(_host, 9100); //? LCA1008
        }
    }

    /// <summary>Two printers; one takes over, and the handler of the old one acts on the new.</summary>
    public class FailoverPrinter
    {
        private PrinterSession _current;

        public void Use(PrinterSession next)
        {
            next.Disconnected += new EventHandler(OnDisconnected);
            _current = next; //! LCA3006
        }

        private void OnDisconnected(object sender, EventArgs e)
        {
            _current.Close();
        }
    }

    /// <summary>Asks the sender in the old style.</summary>
    public class CarefulFailoverPrinter
    {
        private PrinterSession _current;

        public void Use(PrinterSession next)
        {
            next.Disconnected += new EventHandler(OnDisconnected);
            _current = next; // ok LCA3006: the sender is asked
        }

        private void OnDisconnected(object sender, EventArgs e)
        {
            if (sender != _current) return;
            _current.Close();
            _current = null;
        }
    }

    public abstract class PrinterSession
    {
        public event EventHandler Disconnected;
        public abstract bool IsConnected { get; }
        public abstract void Send(byte[] job);
        public virtual void Close()
        {
            EventHandler handler = Disconnected;
            if (handler != null) handler(this, EventArgs.Empty);
        }
    }
}
