// Declarations of System.IO.Ports, as far as the cases use them.
namespace System.IO.Ports
{
    public class SerialErrorReceivedEventArgs : EventArgs { }
    public delegate void SerialErrorReceivedEventHandler(object sender, SerialErrorReceivedEventArgs e);

    public class SerialPort : System.ComponentModel.Component
    {
        public SerialPort(string portName, int baudRate) { }
        public event SerialErrorReceivedEventHandler? ErrorReceived { add { } remove { } }
        public bool IsOpen => throw null!;
        public int WriteTimeout { get; set; }
        public void Open() => throw null!;
        public void Close() => throw null!;
        public void Write(string text) => throw null!;
        public void Write(byte[] buffer, int offset, int count) => throw null!;
    }
}
