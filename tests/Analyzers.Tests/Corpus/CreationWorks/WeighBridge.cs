// Serial instruments of a weigh bridge: scale heads, a card reader, a printer, in two files (see WeighBridge.Wiring.cs).
using System.IO.Ports;
using Microsoft.Extensions.Logging;

namespace CreationWorks.WeighBridge
{
    public sealed record Weighing(DateTimeOffset At, decimal Kilograms);

    // Attached, but only once frames may already have been lost.
    public sealed class ScaleHead : IDisposable
    {
        private readonly SerialPort _port;
        private readonly AutoResetEvent _bytes = new(false);
        private readonly ILogger _log;

        public ScaleHead(string name, ILogger log)
        {
            _log = log;
            _port = new SerialPort(name, 9600, Parity.Even, 7, StopBits.One) { NewLine = "\r\n" };
            _port.DataReceived += (_, _) => _bytes.Set();
        }

        public void Start()
        {
            _port.Open(); //! LCA1001
            _log.LogInformation("scale head on {Port}", _port.PortName);
            _port.ErrorReceived += OnLineError;
        }

        private void OnLineError(object sender, SerialErrorReceivedEventArgs e) => _log.LogWarning("line error {Error}", e.EventType);

        public void Dispose()
        {
            _port.Dispose();
            _bytes.Dispose();
        }
    }

    // Only the data event: parity and overrun errors vanish.
    public sealed class CardReader : IDisposable
    {
        private readonly SerialPort _port;
        private int _swipes;

        public CardReader(string name)
        {
            _port = new SerialPort(name, 19200);
            _port.DataReceived += delegate { Interlocked.Increment(ref _swipes); };
        }

        public int Swipes => Volatile.Read(ref _swipes);

        public void Open() => _port.Open(); //! LCA1001

        public void Dispose() => _port.Dispose();
    }

    // ok LCA1001: both handlers before the port opens
    public sealed class RemoteDisplay : IDisposable
    {
        private readonly SerialPort _port;

        public RemoteDisplay(string name, ILogger log)
        {
            _port = new SerialPort(name, 2400);
            _port.ErrorReceived += (_, e) => log.LogWarning("display: {Error}", e.EventType);
            _port.Open();
        }

        public void Show(Weighing weighing) => _port.WriteLine($"{weighing.Kilograms,8:0.0} kg");

        public void Dispose() => _port.Dispose();
    }

    public sealed partial class AxleScale : IDisposable
    {
        private readonly SerialPort _front;
        private readonly SerialPort _rear;
        private readonly ILogger _log;

        public AxleScale(string front, string rear, ILogger log)
        {
            _log = log;
            _front = new SerialPort(front, 9600);
            _rear = new SerialPort(rear, 9600);
            Wire();
        }

        // ok LCA1001: wired in the other part
        public void StartFront() => _front.Open();

        public void StartRear() => _rear.Open(); //! LCA1001

        public void Dispose()
        {
            _front.Dispose();
            _rear.Dispose();
        }
    }

    // ok LCA1001: the base class, in the other file, attaches
    public sealed class TruckScale(string name, ILogger log) : InstrumentPort(name, 9600, log)
    {
        public void Start()
        {
            Port.ReadTimeout = 500;
            Port.Open();
        }

        public string ReadFrame() => Port.ReadLine();
    }

    public sealed class TrafficLight(string name) : BareInstrument(name)
    {
        public void Start()
        {
            Port.WriteTimeout = 250;
            Port.Open(); //! LCA1001
        }

        public void Red() => Port.WriteLine("R");
    }

    public sealed class Site : IDisposable
    {
        private readonly List<InstrumentPort> _instruments = [];

        // ok LCA1001: the extension attaches before the port opens, and answers the port
        public void AddPrinter(string name, ILogger log)
        {
            var printer = new SerialPort(name, 9600).ReportingTo(log);
            try
            {
                printer.Open();
            }
            catch
            {
                printer.Dispose();
                throw;
            }

            _printers.Add(printer);
        }

        public void Add(InstrumentPort instrument) => _instruments.Add(instrument);

        private readonly List<SerialPort> _printers = [];

        public void Dispose()
        {
            foreach (var instrument in _instruments) instrument.Dispose();
            foreach (var printer in _printers) printer.Dispose();
        }
    }
}
