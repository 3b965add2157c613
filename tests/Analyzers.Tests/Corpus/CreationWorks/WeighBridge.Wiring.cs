// The second file of the weigh bridge: base classes and the other part of the axle scale.
using System.IO.Ports;
using Microsoft.Extensions.Logging;

namespace CreationWorks.WeighBridge
{
    public abstract class InstrumentPort : IDisposable
    {
        private readonly ILogger _log;

        protected InstrumentPort(string name, int baudRate, ILogger log)
        {
            _log = log;
            Port = new SerialPort(name, baudRate);
            Port.ErrorReceived += OnErrorReceived;
        }

        protected SerialPort Port { get; }

        private void OnErrorReceived(object sender, SerialErrorReceivedEventArgs e) =>
            _log.LogWarning("{Port}: {Error}", Port.PortName, e.EventType);

        public virtual void Dispose() => Port.Dispose();
    }

    public abstract class BareInstrument(string name) : IDisposable
    {
        protected SerialPort Port { get; } = new(name, 1200);

        public virtual void Dispose() => Port.Dispose();
    }

    public sealed partial class AxleScale
    {
        private int _errors;

        public int Errors => _errors;

        private void Wire()
        {
            _front.ErrorReceived += OnError;
            _front.DataReceived += (_, _) => _log.LogTrace("front axle");
            _rear.DataReceived += (_, _) => _log.LogTrace("rear axle");
        }

        private void OnError(object sender, SerialErrorReceivedEventArgs e)
        {
            Interlocked.Increment(ref _errors);
            _log.LogWarning("axle: {Error}", e.EventType);
        }
    }

    public static class SerialPortExtensions
    {
        public static SerialPort ReportingTo(this SerialPort port, ILogger log)
        {
            port.ErrorReceived += (_, e) => log.LogWarning("{Port}: {Error}", port.PortName, e.EventType);
            return port;
        }
    }

    public sealed class LineTap
    {
        private readonly SerialPort _port;

        // ok LCA1001: somebody else's port, opened by whoever owns it; this one only listens
        public LineTap(SerialPort port, Action<string> heard)
        {
            _port = port;
            _port.DataReceived += (_, _) => heard("data");
        }

        public string Name => _port.PortName;
    }
}
