// Drivers of the shop floor: APM, generics, static helpers, base classes with getters, one-implementation interfaces.
#nullable disable
using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Ports;
using System.Linq;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using System.Threading.Channels;

namespace Field.Fieldbus
{
    public abstract class DriverBase<TTransport> where TTransport : class, IDisposable
    {
        private TTransport _transport;
        protected readonly object Sync = new object();

        protected TTransport Transport
        {
            get
            {
                if (_transport == null) _transport = Open();
                return _transport;
            }
        }

        protected void Reset()
        {
            if (_transport != null) _transport.Dispose();
            _transport = null;
        }

        protected abstract TTransport Open();
    }

    public class ScaleDriver : DriverBase<TcpClient>
    {
        private readonly string _host;

        public ScaleDriver(string host)
        {
            _host = host;
        }

        protected override TcpClient Open()
        {
            return new TcpClient(_host, 4305);
        }

        public string Weigh()
        {
            lock (Sync)
            {
                var stream = Transport.GetStream();
                stream.Write(new byte[] { 0x57, 0x0D }, 0, 2); //! LCA3001
                return new StreamReader(stream).ReadLine();
            }
        }

        public string WeighOrReset()
        {
            lock (Sync)
            {
                try
                {
                    var stream = Transport.GetStream();
                    stream.Write(new byte[] { 0x57, 0x0D }, 0, 2); // ok LCA3001: a failure drops the client
                    return new StreamReader(stream).ReadLine();
                }
                catch (IOException)
                {
                    Reset();
                    throw;
                }
            }
        }
    }

    /// <summary>A port that stays open between two readings.</summary>
    public class BarcodeReader
    {
        private SerialPort _port;

        public string Trigger()
        {
            if (_port == null)
            {
                _port = new SerialPort("COM3", 9600);
                _port.Open();
            }

            _port.WriteLine("T"); //! LCA3001
            return _port.ReadLine();
        }

        public string TriggerOpen()
        {
            if (_port == null) _port = new SerialPort("COM3", 9600);
            if (!_port.IsOpen) _port.Open();
            _port.WriteLine("T"); // ok LCA3001: asked
            return _port.ReadLine();
        }
    }

    public interface IBusLink : IDisposable
    {
        bool IsConnected { get; }
        void Send(byte[] telegram);
        IAsyncResult BeginSend(byte[] telegram, AsyncCallback callback, object state);
        void EndSend(IAsyncResult result);
        event EventHandler Disconnected;
    }

    public interface ILinkProvider
    {
        IBusLink For(int station);
    }

    /// <summary>The only implementation: keeps a link for each station.</summary>
    public sealed class LinkProvider : ILinkProvider
    {
        private readonly Dictionary<int, IBusLink> _links = new Dictionary<int, IBusLink>();
        private readonly Func<int, IBusLink> _open;

        public LinkProvider(Func<int, IBusLink> open)
        {
            _open = open;
        }

        public IBusLink For(int station)
        {
            lock (_links)
            {
                IBusLink link;
                if (!_links.TryGetValue(station, out link))
                {
                    link = _open(station);
                    _links.Add(station, link);
                }

                return link;
            }
        }
    }

    public class Sequencer
    {
        private readonly ILinkProvider _provider;
        private readonly IBusLink[] _byStation = new IBusLink[16];
        private readonly Func<int, IBusLink> _open;

        public Sequencer(ILinkProvider provider, Func<int, IBusLink> open)
        {
            _provider = provider;
            _open = open;
        }

        public void Start(int station)
        {
            _provider.For(station).Send(new byte[] { 1 }); //! LCA3001
        }

        public void StartConnected(int station)
        {
            var link = _provider.For(station);
            if (!link.IsConnected) throw new InvalidOperationException("station " + station + " is not connected");
            link.Send(new byte[] { 1 }); // ok LCA3001: refused when it is not connected
        }

        public void Stop(int station)
        {
            var link = _byStation[station] ?? (_byStation[station] = _open(station));
            link.Send(new byte[] { 2 }); //! LCA3001
        }

        public void StopByEvent(int station)
        {
            var link = _byStation[station];
            if (link == null)
            {
                link = _open(station);
                link.Disconnected += delegate { _byStation[station] = null; };
                _byStation[station] = link;
            }

            link.BeginSend(new byte[] { 2 }, OnSent, link); //! LCA3001
        }

        public void StopChecked(int station)
        {
            var link = _byStation[station];
            if (link == null || !link.IsConnected)
            {
                if (link != null) link.Dispose();
                _byStation[station] = link = _open(station);
            }

            link.Send(new byte[] { 2 }); // ok LCA3001: replaced when it was not connected
        }

        public async Task StopLater(int station)
        {
            var link = _byStation[station];
            if (link == null || !link.IsConnected) return;
            await Task.Delay(500);
            link.Send(new byte[] { 2 }); //! LCA3001
        }

        private static void OnSent(IAsyncResult ar)
        {
            try
            {
                ((IBusLink)ar.AsyncState).EndSend(ar);
            }
            catch (IOException)
            {
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }

    /// <summary>A channel as pool: what is free waits in it.</summary>
    public class LinkPool
    {
        private readonly Channel<IBusLink> _free = Channel.CreateBounded<IBusLink>(8);
        private readonly Func<IBusLink> _open;

        public LinkPool(Func<IBusLink> open)
        {
            _open = open;
        }

        public async Task TellAsync(byte[] telegram)
        {
            var link = await _free.Reader.ReadAsync(); //! LCA3004
            link.Send(telegram);
            await _free.Writer.WriteAsync(link);
        }

        public async Task TellAliveAsync(byte[] telegram)
        {
            var link = await _free.Reader.ReadAsync(); // ok LCA3004: asked, and replaced
            if (!link.IsConnected)
            {
                link.Dispose();
                link = _open();
            }

            link.Send(telegram);
            await _free.Writer.WriteAsync(link);
        }

        public void TellOrReplace(byte[] telegram)
        {
            IBusLink link;
            if (!_free.Reader.TryRead(out link)) link = _open(); // ok LCA3004: what fails is discarded and another taken
            try
            {
                link.Send(telegram);
            }
            catch (IOException)
            {
                link.Dispose();
                link = _open();
                link.Send(telegram); //? LCA3005
            }

            _free.Writer.TryWrite(link);
        }

        public void Drain()
        {
            IBusLink link;
            while (_free.Reader.TryRead(out link)) link.Dispose(); // ok LCA3004: taken out to be closed
        }
    }

    /// <summary>A list of idle links, the last one first.</summary>
    public class ListPool
    {
        private readonly List<IBusLink> _idle = new List<IBusLink>();
        private readonly Func<IBusLink> _open;

        public ListPool(Func<IBusLink> open)
        {
            _open = open;
        }

        public void Broadcast(byte[] telegram)
        {
            IBusLink link = null;
            lock (_idle)
            {
                if (_idle.Any())
                {
                    link = _idle[_idle.Count - 1]; //! LCA3004
                    _idle.RemoveAt(_idle.Count - 1);
                }
            }

            if (link == null) link = _open();
            link.Send(telegram);
            lock (_idle) _idle.Add(link);
        }

        public void BroadcastConnected(byte[] telegram)
        {
            IBusLink link;
            lock (_idle)
            {
                link = _idle.FirstOrDefault(l => l.IsConnected); // ok LCA3004: only a connected one
                if (link != null) _idle.Remove(link);
            }

            link = link ?? _open();
            link.Send(telegram);
            lock (_idle) _idle.Add(link);
        }
    }
}
